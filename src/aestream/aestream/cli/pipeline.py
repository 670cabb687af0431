"""From one source to the sinks: the loop of `aestream input`, its progress bar and its summary."""

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TextIO

from aestream.cli.filters.base import Filter
from aestream.cli.interrupt import closing_on_interrupt
from aestream.cli.sinks.base import Sink
from aestream.cli.sources.base import OpenedSource
from aestream.progress import ProgressBar
from aestream_core.errors import AestreamError
from aestream_core.events import Events


class SinkError(AestreamError):
    """A sink could not write."""


@dataclass
class Totals:
    """What went through.

    Attributes:
        events: number of events that went out.
        events_read: number of events before the filters.
        first_us: sensor time of the first event in µs; None where there was none.
        last_us: sensor time of the last event in µs.
    """

    events: int = 0
    events_read: int = 0
    first_us: int | None = None
    last_us: int = 0

    def add(self, events: Events) -> None:
        """Count a packet."""
        if not len(events):
            return
        self.events += len(events)
        self.first_us = events.first_us if self.first_us is None else self.first_us
        self.last_us = events.last_us

    @property
    def duration_s(self) -> float:
        """Sensor time from the first to the last event in seconds."""
        return 0.0 if self.first_us is None else (self.last_us - self.first_us) / 1e6


def run_pipeline(
    source: OpenedSource, sinks: Sequence[Sink], *, filters: Sequence[Filter] = (), report: TextIO
) -> Totals:
    """Write what the filters leave of every packet of a source to every sink, then close the sinks and report.

    Where the source fails or the user interrupts, everything before that still goes out and is reported.

    Args:
        source: an open source.
        sinks: where to write; all are closed at the end, whatever happens.
        filters: what each packet goes through first, in this order.
        report: stream for people: the progress bar where it is a terminal, and the summary.

    Returns:
        What went through.

    Raises:
        AestreamError: the source failed, or a sink could not write.
    """
    totals = Totals()
    start_s = time.perf_counter()
    try:
        _pump(source, filters, sinks, totals, report)
    except BrokenPipeError:
        _close(sinks)
        raise
    except AestreamError:
        # Where nothing went through, there is nothing to report but the error.
        _finish(source, sinks, totals, start_s, report if totals.events_read else io.StringIO())
        raise
    except KeyboardInterrupt:
        _finish(source, sinks, totals, start_s, report)
        raise
    _finish(source, sinks, totals, start_s, report)
    return totals


def summarise(totals: Totals, wall_s: float) -> str:
    """Say in one line what went through."""
    rate = totals.events_read / max(wall_s, 1e-9) / 1e6
    of = f" of {totals.events_read:,}" if totals.events_read != totals.events else ""
    return f"{totals.events:,}{of} events, {totals.duration_s:.3f} s of sensor time in {wall_s:.3f} s, {rate:.3g} Mev/s"


def _pump(
    source: OpenedSource, filters: Sequence[Filter], sinks: Sequence[Sink], totals: Totals, report: TextIO
) -> None:
    prints = any(sink.prints for sink in sinks)
    with ProgressBar(source.description, report=report, prints=prints) as bar, closing_on_interrupt(source.stream):
        for events in source.stream:
            kept = reduce(lambda packet, apply: apply(packet), filters, events)
            for sink in sinks:
                _write(sink, kept)
            totals.add(kept)
            totals.events_read += len(events)
            bar.update(source.fraction(events), totals.events_read)


def _write(sink: Sink, events: Events) -> None:
    try:
        sink.write(events)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise SinkError(f"output {sink.name} failed: {error.strerror or error}") from error


def _finish(source: OpenedSource, sinks: Sequence[Sink], totals: Totals, start_s: float, report: TextIO) -> None:
    lines = [*_close(sinks), source.losses(), summarise(totals, time.perf_counter() - start_s)]
    report.writelines(f"{line}\n" for line in lines if line)


def _close(sinks: Sequence[Sink]) -> list[str]:
    """Close every sink, the rest also where one fails, and collect what they say."""
    lines: list[str] = []
    fault: OSError | AestreamError | None = None
    for sink in sinks:
        try:
            lines.append(sink.close())
        except (OSError, AestreamError) as error:
            fault = fault or error
    if isinstance(fault, BrokenPipeError | AestreamError):
        raise fault
    if fault is not None:
        raise SinkError(f"an output could not be completed: {fault.strerror or fault}") from fault
    return lines
