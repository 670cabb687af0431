"""Writes MCAP files as rosbag2 does: messages in chunks, an index of them at the end. The format: mcap.dev/spec."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from struct import pack
from typing import Any

from aestream_core.errors import InvalidArgumentError
from aestream_core.formats.bags import mcap
from aestream_core.formats.bags.append_file import AppendFile
from aestream_core.formats.bags.storage import Tally, Topic
from aestream_core.formats.optional import optional_module

CHUNK_BYTES = 1 << 20

_HEADER, _MESSAGE_INDEX, _CHUNK_INDEX, _STATISTICS = 0x01, 0x07, 0x08, 0x0B


@dataclass(frozen=True)
class _ChunkIndex:
    """Where a chunk lies, for the end of the file."""

    start_ns: int
    end_ns: int
    at_byte: int
    chunk_bytes: int
    index_places: Mapping[int, int]
    index_bytes: int
    stored_bytes: int
    records_bytes: int


class McapWriter:
    """One .mcap file."""

    def __init__(self, path: Path, *, compression: str = "none") -> None:
        """Create the file.

        Raises:
            InvalidArgumentError: the compression is unknown.
            MissingDependencyError: the library for it is not installed.
            OSError: the file cannot be written.
        """
        self._compression = "" if compression == "none" else compression
        self._compress = _compressor(compression)
        self._schemas: dict[str, bytes] = {}
        self._channels: list[bytes] = []
        self.tally = Tally()
        self._chunks: list[_ChunkIndex] = []
        self._begin_chunk()
        self._file = AppendFile(path)
        self._file.append([mcap.MAGIC, _record(_HEADER, _string("ros2") + _string("aestream"))])

    def add_topic(self, topic: Topic) -> int:
        """Tell of a topic; give the number by which to add its messages."""
        schema = b"" if topic.type in self._schemas else self._add_schema(topic)
        number = len(self._channels) + 1
        notes = {"topic_type_hash": topic.type_hash, "offered_qos_profiles": topic.qos}
        content = pack("<HH", number, list(self._schemas).index(topic.type) + 1) + _string(topic.name)
        self._channels.append(_record(mcap.CHANNEL, content + _string("cdr") + _map(notes)))
        self._file.append([schema, self._channels[-1]])
        return number

    def add(self, number: int, time_ns: int, parts: Sequence[Any], *, sent_ns: int | None = None) -> None:
        """Append a message whose serialised bytes are `parts` in a row; they are kept until the chunk is full.

        Args:
            number: that of the topic.
            time_ns: when it was recorded.
            parts: buffers of bytes.
            sent_ns: when it was sent; None where nobody knows.
        """
        size_bytes = sum(len(part) for part in parts) + mcap.MESSAGE_HEADER.size
        times = self._times.setdefault(number, [])
        count = self.tally.counts.get(number, 0) + len(times)
        head = mcap.RECORD_HEADER.pack(mcap.MESSAGE, size_bytes)
        head += mcap.MESSAGE_HEADER.pack(number, count & 0xFFFFFFFF, time_ns, time_ns if sent_ns is None else sent_ns)
        times.append((time_ns, self._waiting_bytes))
        self._parts += [head, *parts]
        self._waiting_bytes += mcap.RECORD_HEADER.size + size_bytes
        if self._waiting_bytes >= CHUNK_BYTES:
            self._write_chunk()

    def size_bytes(self) -> int:
        """Say how long the file is so far."""
        return self._file.size_bytes + self._waiting_bytes

    def flush(self) -> None:
        """Complete the chunk and hand it to the operating system."""
        self._write_chunk()

    def close(self, metadata: str = "") -> None:
        """Complete the file. What rosbag2 has to say about a bag stands in its own records."""
        try:
            self._write_chunk()
            end = _record(mcap.DATA_END, pack("<I", 0))
            summary_begin = self._file.size_bytes + len(end)
            summary = [*self._schemas.values(), *self._channels, _record(mcap.STATISTICS, self._statistics())]
            summary += [_record(_CHUNK_INDEX, self._chunk_index(chunk)) for chunk in self._chunks]
            footer = _record(mcap.FOOTER, pack("<QQI", summary_begin, 0, 0))
            self._file.append([end, b"".join(summary), footer, mcap.MAGIC])
        finally:
            self._file.close()

    def drop_waiting(self) -> None:
        """Forget the chunk that is not complete, because it could not be written."""
        self._begin_chunk()

    def _add_schema(self, topic: Topic) -> bytes:
        content = pack("<H", len(self._schemas) + 1) + _string(topic.type)
        content += _string(topic.definition_kind) + _string(topic.definition)
        self._schemas[topic.type] = _record(mcap.SCHEMA, content)
        return self._schemas[topic.type]

    def _begin_chunk(self) -> None:
        self._parts: list[Any] = []
        self._times: dict[int, list[tuple[int, int]]] = {}
        self._waiting_bytes = 0

    def _write_chunk(self) -> None:
        if not self._parts:
            return
        parts = self._parts if self._compress is None else [self._compress(b"".join(self._parts))]
        stored_bytes = self._waiting_bytes if self._compress is None else len(parts[0])
        start_ns = min(min(times)[0] for times in self._times.values())
        end_ns = max(max(times)[0] for times in self._times.values())
        head = pack("<QQQI", start_ns, end_ns, self._waiting_bytes, 0) + _string(self._compression)
        head += pack("<Q", stored_bytes)
        begin = mcap.RECORD_HEADER.pack(mcap.CHUNK, len(head) + stored_bytes) + head
        at_byte, chunk_bytes = self._file.size_bytes, len(begin) + stored_bytes
        index, places = self._message_indexes(at_byte + chunk_bytes)
        self._file.append([begin, *parts, index])
        sizes = (chunk_bytes, places, len(index), stored_bytes, self._waiting_bytes)
        self._chunks.append(_ChunkIndex(start_ns, end_ns, at_byte, *sizes))
        for number, times in self._times.items():
            self.tally.add(number, len(times), min(times)[0], max(times)[0])
        self._begin_chunk()

    def _message_indexes(self, at_byte: int) -> tuple[bytes, dict[int, int]]:
        """Say where in the chunk the messages of each topic are, and where in the file that is said."""
        index, places = b"", {}
        for number, times in self._times.items():
            places[number] = at_byte + len(index)
            entries = b"".join(pack("<QQ", *each) for each in times)
            index += _record(_MESSAGE_INDEX, pack("<HI", number, len(entries)) + entries)
        return index, places

    def _chunk_index(self, chunk: _ChunkIndex) -> bytes:
        offsets = b"".join(pack("<HQ", *each) for each in chunk.index_places.items())
        return (
            pack("<QQQQ", chunk.start_ns, chunk.end_ns, chunk.at_byte, chunk.chunk_bytes)
            + pack("<I", len(offsets))
            + offsets
            + pack("<Q", chunk.index_bytes)
            + _string(self._compression)
            + pack("<QQ", chunk.stored_bytes, chunk.records_bytes)
        )

    def _statistics(self) -> bytes:
        tally = self.tally
        counts = b"".join(pack("<HQ", *each) for each in tally.counts.items())
        kinds = (len(self._schemas), len(self._channels), 0, 0, len(self._chunks))
        head = pack("<QHIIIIQQ", tally.messages, *kinds, tally.start_ns, tally.end_ns)
        return head + pack("<I", len(counts)) + counts


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
