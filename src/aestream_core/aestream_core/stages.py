"""Stages of streams beside cutting, pacing and filtering: a thread of its own, and several streams as one.

camera = buffered(stream, packets=256, when_full="drop")
both = merged(open_file("left.raw"), open_file("right.raw"))
"""

from dataclasses import dataclass
from typing import Literal

from aestream_core import _core
from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_core.streams import Packets, PacketStream, native_stream

WhenFull = Literal["hold", "drop"]
"""What to do with a packet that there is no room for: hold its source back, or drop and count it."""
_WHEN_FULL = ("hold", "drop")
DEFAULT_PACKETS = 64


@dataclass(frozen=True)
class HandOverCounters:
    """What went into a buffered stream; the source gave the sum of both.

    Attributes:
        packets: packets that were handed over.
        events: events in them.
        dropped_packets: packets that there was no room for.
        dropped_events: events in them.
    """

    packets: int
    events: int
    dropped_packets: int
    dropped_events: int


class BufferedStream(PacketStream):
    """A stream whose source runs on a thread of its own. Make it with `buffered`."""

    def __init__(self, source: Packets, *, packets: int, when_full: WhenFull) -> None:
        """Take over a source; its thread begins with the first packet that is asked for."""
        native, self._counters = _core.buffered_stream(native_stream(source), packets, when_full == "drop")
        super().__init__(native, width=source.width, height=source.height)
        self.path = str(getattr(source, "path", ""))
        self._source = source

    def counters(self) -> HandOverCounters:
        """Count what was handed over and what was dropped so far; from any thread."""
        return HandOverCounters(*self._counters.get())

    def close(self) -> None:
        """End the stream. Safe to call from any thread, and more than once."""
        super().close()
        self._source.close()


def buffered(source: Packets, *, packets: int = DEFAULT_PACKETS, when_full: WhenFull = "hold") -> BufferedStream:
    """Let a source run on a thread of its own, up to some packets ahead of whoever takes them.

    That uses a second core, and a live source does not wait while a sink is busy for a moment. A fault of the source
    comes behind every packet before it.

    Args:
        source: a stream or an input; closing the result closes it, and it must not be read elsewhere meanwhile.
        packets: how many packets may wait, rounded up to a power of two.
        when_full: "hold" makes the source wait for room; "drop" leaves out what comes meanwhile and counts it.

    Raises:
        InvalidArgumentError: `packets` is less than 1.
        UnknownNameError: `when_full` is neither.
    """
    if packets < 1:
        raise InvalidArgumentError(f"packets is {packets}; it must be 1 or more")
    if when_full not in _WHEN_FULL:
        raise UnknownNameError("when_full", when_full, _WHEN_FULL)
    return BufferedStream(source, packets=packets, when_full=when_full)


class MergedStream(PacketStream):
    """Several streams as one. Make it with `merged`."""

    def __init__(self, sources: tuple[Packets, ...]) -> None:
        """Take over the sources."""
        native = _core.merged_stream([native_stream(source) for source in sources])
        super().__init__(native, width=sources[0].width, height=sources[0].height)
        self._sources = sources

    def close(self) -> None:
        """End the stream. Safe to call from any thread, and more than once."""
        super().close()
        for source in self._sources:
            source.close()


def merged(*sources: Packets) -> MergedStream:
    """Merge streams event by event in the order of their sensor times; each one's own order is kept.

    A stream that is silent holds the others back, since its next event may be the earliest. A fault of one comes behind
    everything that the others had before it.

    Args:
        sources: streams or inputs of sensors of one size; closing the result closes them.

    Raises:
        InvalidArgumentError: there are none, or their sensors differ in size.
    """
    if not sources:
        raise InvalidArgumentError("there is nothing to merge; give one stream or more")
    sizes = [(source.width, source.height) for source in sources]
    if len(set(sizes)) > 1:
        shown = ", ".join(f"{width}x{height}" for width, height in sizes)
        raise InvalidArgumentError(f"sensors are {shown}; streams to merge must be of one size")
    return MergedStream(sources)
