"""The undecoded bytes of a recording: what a camera's driver publishes, for nodes that need no events."""

import os
from collections.abc import Iterator
from types import TracebackType

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.errors import InvalidArgumentError
from aestream_core.formats.base import FileInfo
from aestream_core.formats.native import to_info
from aestream_core.streams import check_slicing


class RawPacket:
    """Undecoded bytes of a recording with the sensor time they belong to.

    Attributes:
        encoding: name of the codec as event_camera_msgs has it, "evt3".
        base_us: unwrapped sensor time in µs of the packet's first time word.
        last_us: latest sensor time in µs seen up to its end.
        width: sensor width in pixels.
        height: sensor height in pixels.
        seq: position of the packet in its stream, counted from 0.
        data: the bytes, (N,) uint8, a read-only view that keeps them alive. No copy.
    """

    __slots__ = ("base_us", "data", "encoding", "height", "last_us", "seq", "width")

    def __init__(self, packet: "_core.RawPacket") -> None:
        """Wrap a native packet."""
        self.encoding: str = packet.encoding
        self.base_us: int = packet.base_us
        self.last_us: int = packet.last_us
        self.width: int = packet.width
        self.height: int = packet.height
        self.seq: int = packet.seq
        self.data: npt.NDArray[np.uint8] = packet.data()

    def __repr__(self) -> str:
        """Show encoding, size and time span."""
        return f"RawPacket({self.encoding}, {len(self.data)} bytes, {self.base_us}..{self.last_us} us)"


class RawStream:
    """An iterator over the undecoded bytes of a recording. Use it as a context manager, or call `close()`.

    Attributes:
        info: what the header says.
    """

    def __init__(self, stream: "_core.RawStream", info: FileInfo) -> None:
        """Wrap what `open_raw_file` opened."""
        self._stream = stream
        self.info = info

    def __iter__(self) -> Iterator[RawPacket]:
        """Iterate over the packets that are left."""
        return self

    def __next__(self) -> RawPacket:
        """Pull the next packet; the interpreter lock is free meanwhile."""
        packet = self._stream.next()
        if packet is None:
            raise StopIteration
        return RawPacket(packet)

    def close(self) -> None:
        """End the stream. Safe to call from any thread, and more than once."""
        self._stream.stop()

    def __enter__(self) -> "RawStream":
        """Enter a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the stream."""
        self.close()


def open_raw_file(
    path: str | os.PathLike[str], *, packet_us: int = 1000, max_bytes: int = 200_000, speed: float | None = None
) -> RawStream:
    """Open a recording as a stream of undecoded bytes: what a camera's driver publishes.

    The packets in a row are the file's bytes after the header exactly. They are cut where a decoder can start.

    Args:
        path: the file, of a format whose `FileFormat.raw` is true.
        packet_us: sensor time that a packet spans, about.
        max_bytes: largest packet, 64 or more.
        speed: hold packets back until they are due, 1 for real time; None for as fast as possible.

    Raises:
        InvalidArgumentError: the file cannot be read, its extension is unknown, or an argument is not allowed.
        FormatError: the file is empty, holds something else than its name says, or is of a format
            whose undecoded bytes are not handed on.
        DamagedRecordingError: raised by the stream, after every byte, where the file ends inside a word.
    """
    check_slicing(packet_us=packet_us, packet_events=None, speed=speed)
    if max_bytes < 64:
        raise InvalidArgumentError(f"max_bytes is {max_bytes}; it must be 64 or more")
    stream, info = _core.open_raw_file(os.fspath(path), packet_us, max_bytes, speed)
    return RawStream(stream, to_info(info))
