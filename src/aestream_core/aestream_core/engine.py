"""The engine: a source, filters and sinks as one native loop, for the command and for programs.

    with open_file("in.raw") as stream:
        filters = parse_filters(["hot_pixels"], width=stream.width, height=stream.height).filters
        Pipeline(stream, filters=filters, sinks=[create_file("out.aedat4", width=..., height=...)]).run()

Packets are pulled: the next is asked for only when every sink has taken the one before. Where source, filters and sinks
are native, no packet meets the interpreter or its lock; each part that is written in Python takes the lock for one
packet at a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aestream_core import _core
from aestream_core.events import Events
from aestream_core.filter_streams import native_filter
from aestream_core.streams import Packets, native_stream

PROGRESS_S = 0.1
"""Host time between two reports of progress, at least."""


class Sink(Protocol):
    """Takes packets.

    One with a method `open_native() -> _core.Sink | None`, called for the first packet, may have packets go straight to
    a native sink; `close` then closes that.
    """

    def write(self, events: Events) -> None:
        """Take one packet, which may be empty."""

    def close(self) -> object:
        """Complete what was begun."""


@dataclass(frozen=True)
class Progress:
    """What went through so far. Times are sensor times in µs; None where no event came.

    Attributes:
        packets: packets that went all the way, those that filters left empty too.
        events_read: events before the filters.
        events: events that went out.
        first_read_us: time of the first event that was read.
        last_read_us: time of the last one.
        first_us: time of the first event that went out.
        last_us: time of the last one.
    """

    packets: int = 0
    events_read: int = 0
    events: int = 0
    first_read_us: int | None = None
    last_read_us: int | None = None
    first_us: int | None = None
    last_us: int | None = None

    @property
    def duration_s(self) -> float:
        """Sensor time from the first to the last event that went out, in seconds."""
        return 0.0 if self.first_us is None or self.last_us is None else (self.last_us - self.first_us) / 1e6


class Pipeline:
    """Pulls packets from a source through filters and writes each to every sink."""

    def __init__(
        self,
        source: Packets,
        *,
        filters: Sequence[Callable[[Events], Events]] = (),
        sinks: Sequence[Sink] = (),
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        """Put a pipeline together; nothing is read yet.

        Args:
            source: a stream or an input.
            filters: what each packet goes through first, in this order: filters, or callables that give what is left.
            sinks: where packets go, in this order.
            on_progress: told every `PROGRESS_S` while packets come, and at the end.
        """
        report = None if on_progress is None else (lambda: on_progress(self.progress()))
        self._native = _core.Pipeline(
            native_stream(source),
            [native_filter(each) for each in filters],
            [_native_sink(sink) for sink in sinks],
            report,
            round(PROGRESS_S * 1000),
        )

    def run(self) -> Progress:
        """Run to the end of the source, once; the interpreter lock is free meanwhile.

        Where the source, a filter or a sink raises, everything before that has gone out. Every sink is closed, whatever
        happens. Closing the source from another thread ends the run.

        Raises:
            BaseException: what the source, a filter or a sink raised first, as it is; KeyboardInterrupt at Ctrl-C.
        """
        self._native.run()
        return self.progress()

    def progress(self) -> Progress:
        """Say what went through so far; from any thread."""
        now = self._native.progress()
        return Progress(**{name: getattr(now, name) for name in Progress.__dataclass_fields__})


def _native_sink(sink: Sink) -> "_core.Sink":
    return _core.PythonSink(
        open=getattr(sink, "open_native", None), write=lambda packet: sink.write(Events(packet)), close=sink.close
    )
