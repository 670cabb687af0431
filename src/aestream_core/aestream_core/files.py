"""Recordings: what a file is, its events as a stream or as one packet, and its undecoded bytes.

The table of formats is native (one row per format); `FILE_FORMATS` shows it.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events, check_sensor
from aestream_core.streams import PacketStream, check_slicing

FilePath = str | os.PathLike[str]


@dataclass(frozen=True)
class FileFormat:
    """One row of the format table.

    Attributes:
        name: how messages and the command call the format.
        extensions: file name endings, lower case, with the dot.
        raw: whether its undecoded bytes are a camera's wire format, so that `open_raw_file` reads it.
    """

    name: str
    extensions: tuple[str, ...]
    raw: bool


FILE_FORMATS: Mapping[str, FileFormat] = MappingProxyType(
    {name: FileFormat(name, extensions, raw) for name, extensions, raw in _core.file_formats()}
)
"""The formats that are read, by name."""


@dataclass(frozen=True)
class FileInfo:
    """What a recording's header says.

    Attributes:
        format: name in `FILE_FORMATS`.
        width: sensor width in pixels.
        height: sensor height in pixels.
        sensor_assumed: whether the header does not say the sensor's size, so that it is a guess.
        size_bytes: size of the file.
        data_begin: byte at which the header ends.
        details: what else the format has: camera, serial number, compression, ...
    """

    format: str
    width: int
    height: int
    sensor_assumed: bool
    size_bytes: int
    data_begin: int
    details: Mapping[str, str]


class FileStream(PacketStream):
    """The packets of a recording, with counters of what was read and what was lost.

    Attributes:
        info: what the header says.
    """

    def __init__(self, stream: "_core.Stream", info: FileInfo, counters: "_core.ReadCounters") -> None:
        """Wrap what `open_file` opened."""
        super().__init__(stream, width=info.width, height=info.height)
        self.info = info
        self._counters = counters

    def counters(self) -> dict[str, int]:
        """Count what was read so far; from any thread.

        Returns:
            `bytes` after the header and `events` decoded, and what was not delivered: events `outside_sensor`,
            `triggers`, `skipped_words` before the first time word, `unknown_words`, `skipped_packets` of other streams.
        """
        return self._counters.get()


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


def file_info(path: FilePath) -> FileInfo:
    """Read a recording's header.

    Args:
        path: the file; its extension names the format, its content must agree.

    Raises:
        InvalidArgumentError: the file cannot be read, or its extension is unknown.
        FormatError: the file is empty, or holds something else than its name says.
        DamagedRecordingError: the file ends inside its header, or the header is broken.
    """
    return _info(_core.file_info(os.fspath(path)))


def open_file(
    path: FilePath,
    *,
    packet_us: int | None = None,
    packet_events: int | None = None,
    speed: float | None = None,
    width: int | None = None,
    height: int | None = None,
) -> FileStream:
    """Open a recording as a stream of packets.

    Args:
        path: the file; its extension names the format, its content must agree.
        packet_us: cut packets at multiples of this sensor time; None for packets as they are read.
        packet_events: cut packets after this many events; with `packet_us`, whichever comes first.
        speed: hold packets back until they are due, 1 for real time; None for as fast as possible.
        width: sensor width in pixels instead of the header's; with `height`.
        height: sensor height in pixels instead of the header's; with `width`.

    Raises:
        InvalidArgumentError: the file cannot be read, its extension is unknown, or an argument is not allowed.
        FormatError: the file is empty, or holds something else than its name says.
        DamagedRecordingError: the header is cut or broken. Damage further on is raised by the stream, after every
            event before it.
    """
    check_slicing(packet_us=packet_us, packet_events=packet_events, speed=speed)
    _check_size(width, height)
    stream, info, counters = _core.open_file(os.fspath(path), packet_us, packet_events, speed, width, height)
    return FileStream(stream, _info(info), counters)


def read_file(path: FilePath, *, width: int | None = None, height: int | None = None) -> Events:
    """Read a whole recording into one packet.

    Args:
        path: the file; its extension names the format, its content must agree.
        width: sensor width in pixels instead of the header's; with `height`.
        height: sensor height in pixels instead of the header's; with `width`.

    Raises:
        InvalidArgumentError: the file cannot be read, its extension is unknown, an argument is not allowed, or the
            recording spans more than 2^32 µs (71.6 minutes).
        FormatError: the file is empty, or holds something else than its name says.
        DamagedRecordingError: the recording is cut or broken; `open_file` gives the events before the fault.
    """
    _check_size(width, height)
    return Events(_core.read_whole_file(os.fspath(path), width, height))


def open_raw_file(
    path: FilePath, *, packet_us: int = 1000, max_bytes: int = 200_000, speed: float | None = None
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
        FormatError: the file is empty, holds something else than its name says, or is no camera's wire format.
        DamagedRecordingError: raised by the stream, after every byte, where the file ends inside a word.
    """
    check_slicing(packet_us=packet_us, packet_events=None, speed=speed)
    if max_bytes < 64:
        raise InvalidArgumentError(f"max_bytes is {max_bytes}; it must be 64 or more")
    stream, info = _core.open_raw_file(os.fspath(path), packet_us, max_bytes, speed)
    return RawStream(stream, _info(info))


def _check_size(width: int | None, height: int | None) -> None:
    if width is None and height is None:
        return
    if width is None or height is None:
        raise InvalidArgumentError(f"width is {width} and height is {height}; give both or none")
    check_sensor(width, height)


def _info(native: "_core.FileInfo") -> FileInfo:
    names: tuple[str, ...] = ("format", "width", "height", "sensor_assumed", "size_bytes", "data_begin")
    values: dict[str, Any] = {name: getattr(native, name) for name in names}
    return FileInfo(**values, details=MappingProxyType(dict(native.details)))
