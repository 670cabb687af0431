"""Writes MCAP files as rosbag2 does: messages in chunks, an index of them at the end. The format: mcap.dev/spec."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from struct import pack
from typing import Any

from aestream_core.errors import InvalidArgumentError
from aestream_core.formats.bags import mcap
from aestream_core.formats.bags.event_packet import DEFINITION, TYPE, TYPE_HASH
from aestream_core.formats.optional import optional_module

CHUNK_BYTES = 1 << 20

_HEADER, _MESSAGE_INDEX, _CHUNK_INDEX, _STATISTICS = 0x01, 0x07, 0x08, 0x0B
_CHANNEL_ID = _SCHEMA_ID = 1


@dataclass(frozen=True)
class _ChunkIndex:
    """Where a chunk lies, for the end of the file."""

    start_ns: int
    end_ns: int
    at_byte: int
    chunk_bytes: int
    index_bytes: int
    stored_bytes: int
    records_bytes: int


class McapWriter:
    """One .mcap file with one topic."""

    def __init__(self, path: Path, *, topic: str, compression: str) -> None:
        """Create the file.

        Raises:
            InvalidArgumentError: the compression is unknown.
            MissingDependencyError: the library for it is not installed.
            OSError: the file cannot be written.
        """
        self._compression = "" if compression == "none" else compression
        self._compress = _compressor(compression)
        self._channel = (
            pack("<HH", _CHANNEL_ID, _SCHEMA_ID)
            + _string(topic)
            + _string("cdr")
            + _map({"topic_type_hash": TYPE_HASH, "offered_qos_profiles": ""})
        )
        self._schema = pack("<H", _SCHEMA_ID) + _string(TYPE) + _string("ros2msg") + _string(DEFINITION)
        self._parts: list[Any] = []
        self._times: list[tuple[int, int]] = []
        self._waiting_bytes = 0
        self._chunks: list[_ChunkIndex] = []
        self._messages = 0
        self._file = path.open("wb")
        self._file.write(mcap.MAGIC + _record(_HEADER, _string("ros2") + _string("aestream")))
        self._file.write(self._described())

    def add(self, time_ns: int, parts: list[Any]) -> None:
        """Append a message whose serialised bytes are `parts` in a row; they are kept until the chunk is full."""
        size_bytes = sum(len(part) for part in parts) + mcap.MESSAGE_HEADER.size
        head = mcap.RECORD_HEADER.pack(mcap.MESSAGE, size_bytes)
        head += mcap.MESSAGE_HEADER.pack(_CHANNEL_ID, self._messages & 0xFFFFFFFF, time_ns, time_ns)
        self._times.append((time_ns, self._waiting_bytes))
        self._parts += [head, *parts]
        self._waiting_bytes += mcap.RECORD_HEADER.size + size_bytes
        self._messages += 1
        if self._waiting_bytes >= CHUNK_BYTES:
            self._write_chunk()

    def size_bytes(self) -> int:
        """Say how long the file is so far."""
        return self._file.tell() + self._waiting_bytes

    def flush(self) -> None:
        """Complete the chunk and hand it to the operating system."""
        self._write_chunk()
        self._file.flush()

    def close(self, metadata: str) -> None:
        """Complete the file. What rosbag2 has to say about a bag stands in its own records."""
        self._write_chunk()
        self._file.write(_record(mcap.DATA_END, pack("<I", 0)))
        summary_begin = self._file.tell()
        self._file.write(self._described())
        self._file.write(_record(_STATISTICS, self._statistics()))
        for chunk in self._chunks:
            self._file.write(_record(_CHUNK_INDEX, self._chunk_index(chunk)))
        self._file.write(_record(mcap.FOOTER, pack("<QQI", summary_begin, 0, 0)) + mcap.MAGIC)
        self._file.close()

    def _described(self) -> bytes:
        return _record(mcap.SCHEMA, self._schema) + _record(mcap.CHANNEL, self._channel)

    def _write_chunk(self) -> None:
        if not self._parts:
            return
        parts = self._parts if self._compress is None else [self._compress(b"".join(self._parts))]
        stored_bytes = self._waiting_bytes if self._compress is None else len(parts[0])
        start_ns, end_ns = min(self._times)[0], max(self._times)[0]
        head = pack("<QQQI", start_ns, end_ns, self._waiting_bytes, 0) + _string(self._compression)
        head += pack("<Q", stored_bytes)
        at_byte = self._file.tell()
        self._file.write(mcap.RECORD_HEADER.pack(mcap.CHUNK, len(head) + stored_bytes) + head)
        self._file.writelines(parts)
        index_at = self._file.tell()
        self._file.write(_record(_MESSAGE_INDEX, self._message_index()))
        index_bytes = self._file.tell() - index_at
        self._chunks.append(
            _ChunkIndex(start_ns, end_ns, at_byte, index_at - at_byte, index_bytes, stored_bytes, self._waiting_bytes)
        )
        self._parts, self._times, self._waiting_bytes = [], [], 0

    def _message_index(self) -> bytes:
        entries = b"".join(pack("<QQ", *each) for each in self._times)
        return pack("<HI", _CHANNEL_ID, len(entries)) + entries

    def _chunk_index(self, chunk: _ChunkIndex) -> bytes:
        offsets = pack("<HQ", _CHANNEL_ID, chunk.at_byte + chunk.chunk_bytes)
        return (
            pack("<QQQQ", chunk.start_ns, chunk.end_ns, chunk.at_byte, chunk.chunk_bytes)
            + pack("<I", len(offsets))
            + offsets
            + pack("<Q", chunk.index_bytes)
            + _string(self._compression)
            + pack("<QQ", chunk.stored_bytes, chunk.records_bytes)
        )

    def _statistics(self) -> bytes:
        start_ns = min((chunk.start_ns for chunk in self._chunks), default=0)
        end_ns = max((chunk.end_ns for chunk in self._chunks), default=0)
        counts = pack("<HQ", _CHANNEL_ID, self._messages)
        return (
            pack("<QHIIIIQQ", self._messages, 1, 1, 0, 0, len(self._chunks), start_ns, end_ns)
            + pack("<I", len(counts))
            + counts
        )


def _compressor(name: str) -> Callable[[bytes], bytes] | None:
    if name not in _COMPRESSORS:
        raise InvalidArgumentError(f"compression is {name!r}; it must be one of {', '.join(_COMPRESSORS)}")
    return _COMPRESSORS[name]()


def _lz4() -> Callable[[bytes], bytes]:
    compress: Callable[[bytes], bytes] = optional_module("lz4.frame", package="lz4", why="a bag of lz4 chunks").compress
    return compress


def _zstd() -> Callable[[bytes], bytes]:
    zstandard = optional_module("zstandard", package="zstandard", why="a bag of zstd chunks")
    compress: Callable[[bytes], bytes] = zstandard.ZstdCompressor(level=1).compress
    return compress


_COMPRESSORS: Mapping[str, Callable[[], Callable[[bytes], bytes] | None]] = {
    "none": lambda: None,
    "lz4": _lz4,
    "zstd": _zstd,
}


def _record(kind: int, content: bytes) -> bytes:
    return mcap.RECORD_HEADER.pack(kind, len(content)) + content


def _string(text: str) -> bytes:
    data = text.encode()
    return pack("<I", len(data)) + data


def _map(entries: Mapping[str, str]) -> bytes:
    content = b"".join(_string(key) + _string(value) for key, value in entries.items())
    return pack("<I", len(content)) + content
