"""From one source to the sinks: what `aestream input` lays around the engine, its progress bar and its summary."""

import io
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from aestream.cli.filters.base import Filter
from aestream.cli.interrupt import closing_on_interrupt
from aestream.cli.sinks.base import Sink
from aestream.cli.sources.base import OpenedSource
from aestream.progress import ProgressBar
from aestream_core.engine import Pipeline, Progress
from aestream_core.errors import AestreamError
from aestream_core.events import Events

if TYPE_CHECKING:
    from aestream_core import _core


class SinkError(AestreamError):
    """A sink could not write."""


class _Outlet:
    """A sink as the engine sees it: says which one failed, and keeps what closing it had to say or raised."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.line = ""
        self.fault: OSError | AestreamError | None = None

    def open_native(self) -> "_core.Sink | None":
        open_native = getattr(self._sink, "open_native", None)
        with self._named():
            return None if open_native is None else open_native()

    def write(self, events: Events) -> None:
        with self._named():
            self._sink.write(events)

    def close(self) -> None:
        try:
            self.line = self._sink.close()
        except (OSError, AestreamError) as error:
            self.fault = error

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise SinkError(f"output {self._sink.name} failed: {error.strerror or error}") from error


def run_pipeline(
    source: OpenedSource, sinks: Sequence[Sink], *, filters: Sequence[Filter] = (), report: TextIO
) -> Progress:
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
    outlets = [_Outlet(sink) for sink in sinks]
    bar = ProgressBar(source.description, report=report, prints=any(sink.prints for sink in sinks))
    pipeline = Pipeline(
        source.stream,
        filters=filters,
        sinks=outlets,
        on_progress=lambda now: bar.update(source.fraction(now), now.events_read),
    )
    start_s = time.perf_counter()
    try:
        with bar, closing_on_interrupt(source.stream):
            pipeline.run()
    except BrokenPipeError:
        _closing_lines(outlets)
        raise
    except AestreamError:
        # Where nothing went through, there is nothing to report but the error.
        _finish(source, outlets, pipeline, start_s, report if pipeline.progress().packets else io.StringIO())
        raise
    except KeyboardInterrupt:
        _finish(source, outlets, pipeline, start_s, report)
        raise
    return _finish(source, outlets, pipeline, start_s, report)


def summarise(totals: Progress, wall_s: float) -> str:
    """Say in one line what went through."""
    rate = totals.events_read / max(wall_s, 1e-9) / 1e6
    of = f" of {totals.events_read:,}" if totals.events_read != totals.events else ""
    return f"{totals.events:,}{of} events, {totals.duration_s:.3f} s of sensor time in {wall_s:.3f} s, {rate:.3g} Mev/s"


def _finish(
    source: OpenedSource, outlets: Sequence[_Outlet], pipeline: Pipeline, start_s: float, report: TextIO
) -> Progress:
    wall_s = time.perf_counter() - start_s
    totals = pipeline.progress()
    lines = [*_closing_lines(outlets), source.losses(), summarise(totals, wall_s)]
    report.writelines(f"{line}\n" for line in lines if line)
    return totals


def _closing_lines(outlets: Sequence[_Outlet]) -> list[str]:
    """Give what the closed sinks had to say; raise what the first that failed raised."""
    fault = next((each.fault for each in outlets if each.fault is not None), None)
    if isinstance(fault, BrokenPipeError | AestreamError):
        raise fault
    if fault is not None:
        raise SinkError(f"an output could not be completed: {fault.strerror or fault}") from fault
    return [each.line for each in outlets]
