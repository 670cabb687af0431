"""MCAP files (.mcap), the storage that rosbag2 uses unless told otherwise. The format: mcap.dev/spec.

Read from front to end, so that a file without its index, as a recorder leaves it that was killed, reads too.
"""

import struct
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from struct import Struct

from aestream_core.errors import FormatError
from aestream_core.formats.bags.decompress import Chunk, ChunkError, decompressed
from aestream_core.formats.bags.storage import (
    LONGEST_RECORD_BYTES,
    BagSummary,
    ByteSource,
    Faults,
    FileBytes,
    StoredMessage,
    Topic,
    ros2_type,
)

MAGIC = b"\x89MCAP0\r\n"
SCHEMA, CHANNEL, MESSAGE, CHUNK, STATISTICS, DATA_END, FOOTER = 0x03, 0x04, 0x05, 0x06, 0x0B, 0x0F, 0x02
MESSAGE_HEADER = Struct("<HIQQ")
RECORD_HEADER = Struct("<BQ")

_CHUNK_SIZES = Struct("<QQQI")
_STATISTICS = Struct("<QHIIIIQQI")
_COUNT = Struct("<HQ")
_U16 = Struct("<H")
_U32 = Struct("<I")
_U64 = Struct("<Q")
_FOOTER_BYTES = RECORD_HEADER.size + 20 + len(MAGIC)
_READ_AHEAD_BYTES = 1 << 20


@dataclass(frozen=True)
class _Schema:
    type: str = ""
    kind: str = ""
    definition: str = ""


@dataclass(frozen=True)
class _Wanted:
    """Which messages to give.

    Attributes:
        topics: by name; None for all.
        start_ns: none that were recorded before.
    """

    topics: Collection[str] | None
    start_ns: int = 0

    def has(self, topic: Topic) -> bool:
        return self.topics is None or topic.name in self.topics


class McapBag:
    """One .mcap file."""

    def __init__(self, path: Path) -> None:
        """Look at its first bytes.

        Raises:
            FormatError: it is something else.
        """
        self._path = path
        self._size_bytes = path.stat().st_size
        self._schemas: dict[int, _Schema] = {}
        self._channels: dict[int, Topic] = {}
        self._summary: BagSummary | None = None
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise FormatError(f"'{path}' is named like a bag (.mcap) but does not begin like one")

    def topics(self) -> list[Topic]:
        """List the topics: from the summary at the end where there is one, else from the whole file."""
        for begin in (self._summary_begin(), len(MAGIC)):
            if begin and not self._channels:
                self._look_through(begin)
        return list(dict.fromkeys(self._channels.values()))

    def summary(self) -> BagSummary | None:
        """Count the messages as the end of the file says; None where it was not finished."""
        if self._summary is None and (begin := self._summary_begin()):
            self._look_through(begin)
        return self._summary

    def messages(self, topic: str, faults: Faults) -> Iterator[tuple[bytes, int]]:
        """Give the messages of a topic in the order they were recorded in."""
        return ((each.data, each.at_byte) for each in self._read(len(MAGIC), faults, _Wanted((topic,))))

    def all_messages(
        self, faults: Faults, *, topics: Collection[str] | None = None, start_ns: int = 0
    ) -> Iterator[StoredMessage]:
        """Give the messages of all topics, or of those named; chunks that end before `start_ns` are gone over."""
        if start_ns:
            self.topics()  # they may be told of in a chunk that is gone over
        return self._read(len(MAGIC), faults, _Wanted(topics, start_ns))

    def _look_through(self, begin: int) -> None:
        for _ in self._read(begin, Faults(self._path, skip_errors=True), _Wanted(())):
            pass

    def _summary_begin(self) -> int:
        with self._path.open("rb") as file:
            file.seek(max(0, self._size_bytes - _FOOTER_BYTES))
            end = file.read()
        if len(end) < _FOOTER_BYTES or not end.endswith(MAGIC) or end[0] != FOOTER:
            return 0
        begin = int(_U64.unpack_from(end, RECORD_HEADER.size)[0])
        return begin if begin < self._size_bytes else 0

    def _read(self, begin: int, faults: Faults, wanted: _Wanted) -> Iterator[StoredMessage]:
        with self._path.open("rb", buffering=_READ_AHEAD_BYTES) as raw:
            raw.seek(begin)
            file = FileBytes(raw, self._size_bytes)
            while True:
                at_byte = file.tell()
                try:
                    record = _next_record(file)
                    if record is None:
                        raise ChunkError("it ends without an end record")
                    kind, size_bytes = record
                    if kind in (DATA_END, FOOTER):
                        return
                    if kind == CHUNK:
                        yield from self._read_chunk(file, size_bytes, wanted, faults)
                    elif (message := self._take(file, record, wanted, at_byte)) is not None:
                        yield message
                except (ChunkError, struct.error, UnicodeDecodeError) as error:
                    faults.met(at_byte, str(error))
                    return

    def _read_chunk(self, file: FileBytes, size_bytes: int, wanted: _Wanted, faults: Faults) -> Iterator[StoredMessage]:
        """Give the messages of a chunk. Where it is not compressed its records follow as if there were no chunk."""
        at_byte = file.tell()
        _, end_ns, _, _ = _CHUNK_SIZES.unpack(_read_exact(file, _CHUNK_SIZES.size))
        compression = str(_read_exact(file, _U32.unpack(_read_exact(file, 4))[0]), "utf-8")
        (records_bytes,) = _U64.unpack(_read_exact(file, 8))
        if end_ns < wanted.start_ns:
            file.skip(records_bytes)
            return
        if not compression:
            return
        data = file.read(records_bytes)
        try:
            yield from self._read_records(Chunk(compression, data), wanted, at_byte)
        except ChunkError as error:
            if len(data) < records_bytes:
                raise ChunkError("it ends inside a chunk") from None
            faults.met(at_byte, str(error))
        if len(data) < records_bytes:
            raise ChunkError("it ends inside a chunk")

    def _read_records(self, chunk: Chunk, wanted: _Wanted, at_byte: int) -> Iterator[StoredMessage]:
        while (record := _next_record(chunk)) is not None:
            message = self._take(chunk, record, wanted, at_byte)
            if message is not None:
                yield message

    def _take(self, source: ByteSource, record: tuple[int, int], wanted: _Wanted, at_byte: int) -> StoredMessage | None:
        """Read one record; what it holds where it is a message that is wanted."""
        kind, size_bytes = record
        if kind == MESSAGE:
            number, _, time_ns, _ = MESSAGE_HEADER.unpack(_read_exact(source, MESSAGE_HEADER.size))
            size_bytes -= MESSAGE_HEADER.size
            topic = self._channels.get(number)
            if topic is not None and time_ns >= wanted.start_ns and wanted.has(topic):
                return StoredMessage(topic, time_ns, decompressed(_read_exact(source, size_bytes)), at_byte)
        elif kind in _TAKERS:
            _TAKERS[kind](self, _read_exact(source, size_bytes))
            return None
        source.skip(max(0, size_bytes))
        return None

    def _take_schema(self, record: bytes) -> None:
        (number,) = _U16.unpack_from(record)
        name, at = _string(record, 2)
        kind, at = _string(record, at)
        self._schemas[number] = _Schema(name, kind, str(_blob(record, at)[0], "utf-8", "replace"))

    def _take_channel(self, record: bytes) -> None:
        number, schema_number = Struct("<HH").unpack_from(record)
        topic, at = _string(record, 4)
        encoding, at = _string(record, at)
        schema, notes = self._schemas.get(schema_number, _Schema()), _map(record, at)
        self._channels[number] = Topic(
            topic,
            ros2_type(schema.type),
            ros1=encoding == "ros1",
            definition=schema.definition,
            definition_kind=schema.kind,
            type_hash=notes.get("topic_type_hash", ""),
            qos=notes.get("offered_qos_profiles", ""),
        )

    def _take_statistics(self, record: bytes) -> None:
        *_, start_ns, end_ns, counts_bytes = _STATISTICS.unpack_from(record)
        counts = dict.fromkeys(self._channels.values(), 0)
        for number, count in _COUNT.iter_unpack(record[_STATISTICS.size :][:counts_bytes]):
            if number in self._channels:
                counts[self._channels[number]] += count
        self._summary = BagSummary(counts, start_ns, end_ns)


_TAKERS: Mapping[int, Callable[[McapBag, bytes], None]] = {
    SCHEMA: McapBag._take_schema,
    CHANNEL: McapBag._take_channel,
    STATISTICS: McapBag._take_statistics,
}


def _next_record(source: ByteSource) -> tuple[int, int] | None:
    """Read the head of a record: what it is, and how long the rest; None at the end."""
    head = source.read(RECORD_HEADER.size)
    if not head:
        return None
    if len(head) < RECORD_HEADER.size:
        raise ChunkError("it ends inside a record")
    kind, size_bytes = RECORD_HEADER.unpack(head)
    if (kind == MESSAGE or kind in _TAKERS) and size_bytes > LONGEST_RECORD_BYTES:
        raise ChunkError(f"a record claims to be {size_bytes} bytes long; {LONGEST_RECORD_BYTES} is the most")
    return kind, size_bytes


def _read_exact(source: ByteSource, size_bytes: int) -> bytes:
    data = source.read(max(0, size_bytes))
    if len(data) < size_bytes:
        raise ChunkError("it ends inside a record")
    return data


def _string(record: bytes, at: int) -> tuple[str, int]:
    data, end = _blob(record, at)
    return str(data, "utf-8"), end


def _blob(record: bytes, at: int) -> tuple[bytes, int]:
    (size_bytes,) = _U32.unpack_from(record, at)
    end = at + 4 + size_bytes
    return record[at + 4 : end], end


def _map(record: bytes, at: int) -> dict[str, str]:
    if at == len(record):
        return {}
    (size_bytes,) = _U32.unpack_from(record, at)
    at += 4
    end, entries = at + size_bytes, {}
    while at < end:
        key, at = _string(record, at)
        entries[key], at = _string(record, at)
    return entries
