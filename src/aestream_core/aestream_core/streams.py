"""Packet streams: what every source gives and every sink takes."""

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, TypeVar, runtime_checkable

from aestream_core import _core
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events

_StreamT = TypeVar("_StreamT", bound="PacketStream")


class PacketStream:
    """An iterator over packets of events, pulled one by one through a native chain of coroutines.

    Use it as a context manager, or call `close()`; closing from another thread ends a waiting iteration.
    A damaged recording delivers every packet before the fault and then raises `DamagedRecordingError`.

    Attributes:
        width: sensor width in pixels.
        height: sensor height in pixels.
    """

    _stream: "_core.Stream | None" = None

    def __init__(self, stream: "_core.Stream", *, width: int, height: int) -> None:
        """Wrap a native stream."""
        self._stream = stream
        self.width = width
        self.height = height

    def __iter__(self) -> Iterator[Events]:
        """Iterate over the packets that are left."""
        return self

    def __next__(self) -> Events:
        """Pull the next packet; the interpreter lock is free meanwhile."""
        assert self._stream is not None, "a stream without a native one says itself what comes next"
        packet = self._stream.next()
        if packet is None:
            raise StopIteration
        return Events(packet)

    def close(self) -> None:
        """End the stream. Safe to call from any thread, and more than once."""
        if self._stream is not None:
            self._stream.stop()

    def as_native(self) -> "_core.Stream | None":
        """Give the native stream behind this one, for further native stages; None where packets come out of Python."""
        return self._stream if type(self).__next__ is PacketStream.__next__ else None

    def __enter__(self: _StreamT) -> _StreamT:
        """Enter a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the stream."""
        self.close()


@runtime_checkable
class Packets(Protocol):
    """Packets of one sensor: a stream, or an input."""

    @property
    def width(self) -> int:
        """Sensor width in pixels."""

    @property
    def height(self) -> int:
        """Sensor height in pixels."""

    def __iter__(self) -> Iterator[Events]:
        """Iterate over the packets that are left."""

    def close(self) -> None:
        """End the iteration, from any thread."""


def native_stream(source: Packets) -> "_core.Stream":
    """Give the native end of a source: its own, or one that asks Python for a packet at a time."""
    as_native = getattr(source, "as_native", None)
    native: _core.Stream | None = None if as_native is None else as_native()
    return _core.python_stream(events._packet for events in source) if native is None else native


def check_slicing(*, packet_us: int | None, packet_events: int | None, speed: float | None) -> None:
    """Refuse impossible packet sizes and speeds before a stream is opened.

    Raises:
        InvalidArgumentError: names the argument, its value and what is allowed.
    """
    for name, limit in (("packet_us", packet_us), ("packet_events", packet_events)):
        if limit is not None and limit < 1:
            raise InvalidArgumentError(f"{name} is {limit}; it must be 1 or more")
    if speed is not None and not speed > 0:
        raise InvalidArgumentError(f"speed is {speed}; it must be above 0 (1 is real time), or None for no pacing")
