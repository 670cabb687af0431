"""MCAP files (.mcap), the storage that rosbag2 uses unless told otherwise. The format: mcap.dev/spec.

Read from front to end, so that a file without its index, as a recorder leaves it that was killed, reads too.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from struct import Struct

from aestream_core.errors import FormatError
from aestream_core.formats.bags.decompress import Chunk, ChunkError
from aestream_core.formats.bags.storage import LONGEST_RECORD_BYTES, ByteSource, Faults, FileBytes, Topic, ros2_type

MAGIC = b"\x89MCAP0\r\n"
SCHEMA, CHANNEL, MESSAGE, CHUNK, DATA_END, FOOTER = 0x03, 0x04, 0x05, 0x06, 0x0F, 0x02
MESSAGE_HEADER = Struct("<HIQQ")
RECORD_HEADER = Struct("<BQ")

_CHUNK_SIZES = Struct("<QQQI")
_U16 = Struct("<H")
_U32 = Struct("<I")
_U64 = Struct("<Q")
_FOOTER_BYTES = RECORD_HEADER.size + 20 + len(MAGIC)
_READ_AHEAD_BYTES = 1 << 20


class McapBag:
    """One .mcap file."""

    def __init__(self, path: Path) -> None:
        """Look at its first bytes.

        Raises:
            FormatError: it is something else.
        """
        self._path = path
        self._size_bytes = path.stat().st_size
        self._schemas: dict[int, str] = {}
        self._channels: dict[int, Topic] = {}
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise FormatError(f"'{path}' is named like a bag (.mcap) but does not begin like one")

    def topics(self) -> list[Topic]:
        """List the topics: from the summary at the end where there is one, else from the whole file."""
        for begin in (self._summary_begin(), len(MAGIC)):
            if begin and not self._channels:
                for _ in self._read(begin, Faults(self._path, skip_errors=True), wanted=""):
                    pass
        return list(dict.fromkeys(self._channels.values()))

    def messages(self, topic: str, faults: Faults) -> Iterator[tuple[bytes, int]]:
        """Give the messages of a topic in the order they were recorded in."""
        return self._read(len(MAGIC), faults, wanted=topic)

    def _summary_begin(self) -> int:
        with self._path.open("rb") as file:
            file.seek(max(0, self._size_bytes - _FOOTER_BYTES))
            end = file.read()
        if len(end) < _FOOTER_BYTES or not end.endswith(MAGIC) or end[0] != FOOTER:
            return 0
        begin = int(_U64.unpack_from(end, RECORD_HEADER.size)[0])
        return begin if begin < self._size_bytes else 0

    def _read(self, begin: int, faults: Faults, *, wanted: str) -> Iterator[tuple[bytes, int]]:
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
                    elif (data := self._take(file, kind, size_bytes, wanted)) is not None:
                        yield data, at_byte
                except (ChunkError, struct.error, UnicodeDecodeError) as error:
                    faults.met(at_byte, str(error))
                    return

    def _read_chunk(self, file: FileBytes, size_bytes: int, wanted: str, faults: Faults) -> Iterator[tuple[bytes, int]]:
        """Give the messages of a chunk. Where it is not compressed its records follow as if there were no chunk."""
        at_byte = file.tell()
        file.skip(_CHUNK_SIZES.size)
        compression = str(_read_exact(file, _U32.unpack(_read_exact(file, 4))[0]), "utf-8")
        (records_bytes,) = _U64.unpack(_read_exact(file, 8))
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

    def _read_records(self, chunk: Chunk, wanted: str, at_byte: int) -> Iterator[tuple[bytes, int]]:
        while (record := _next_record(chunk)) is not None:
            data = self._take(chunk, *record, wanted)
            if data is not None:
                yield data, at_byte

    def _take(self, source: ByteSource, kind: int, size_bytes: int, wanted: str) -> bytes | None:
        """Read one record; the payload where it is a message of the topic."""
        if kind == MESSAGE:
            header = _read_exact(source, MESSAGE_HEADER.size)
            channel = self._channels.get(_U16.unpack_from(header)[0])
            if channel is not None and channel.name == wanted:
                return _read_exact(source, size_bytes - MESSAGE_HEADER.size)
            size_bytes -= MESSAGE_HEADER.size
        elif kind == SCHEMA:
            self._take_schema(_read_exact(source, size_bytes))
            return None
        elif kind == CHANNEL:
            self._take_channel(_read_exact(source, size_bytes))
            return None
        source.skip(max(0, size_bytes))
        return None

    def _take_schema(self, record: bytes) -> None:
        (number,) = _U16.unpack_from(record)
        self._schemas[number] = _string(record, 2)[0]

    def _take_channel(self, record: bytes) -> None:
        number, schema = Struct("<HH").unpack_from(record)
        topic, at = _string(record, 4)
        encoding, _ = _string(record, at)
        self._channels[number] = Topic(topic, ros2_type(self._schemas.get(schema, "")), ros1=encoding == "ros1")


def _next_record(source: ByteSource) -> tuple[int, int] | None:
    """Read the head of a record: what it is, and how long the rest; None at the end."""
    head = source.read(RECORD_HEADER.size)
    if not head:
        return None
    if len(head) < RECORD_HEADER.size:
        raise ChunkError("it ends inside a record")
    kind, size_bytes = RECORD_HEADER.unpack(head)
    if kind in (SCHEMA, CHANNEL, MESSAGE) and size_bytes > LONGEST_RECORD_BYTES:
        raise ChunkError(f"a record claims to be {size_bytes} bytes long; {LONGEST_RECORD_BYTES} is the most")
    return kind, size_bytes


def _read_exact(source: ByteSource, size_bytes: int) -> bytes:
    data = source.read(max(0, size_bytes))
    if len(data) < size_bytes:
        raise ChunkError("it ends inside a record")
    return data


def _string(record: bytes, at: int) -> tuple[str, int]:
    (size_bytes,) = _U32.unpack_from(record, at)
    end = at + 4 + size_bytes
    return str(record[at + 4 : end], "utf-8"), end
