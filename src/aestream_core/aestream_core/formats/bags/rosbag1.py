"""Bags of ROS 1 (.bag). The format: wiki.ros.org/Bags/Format/2.0. Read from front to end, without the index."""

from collections.abc import Iterator
from pathlib import Path
from struct import Struct

from aestream_core.errors import FormatError
from aestream_core.formats.bags.decompress import Chunk, ChunkError
from aestream_core.formats.bags.storage import LONGEST_RECORD_BYTES, ByteSource, Faults, FileBytes, Topic, ros2_type

MAGIC = b"#ROSBAG V2.0\n"

_MESSAGE, _CHUNK, _CONNECTION = b"\x02", b"\x05", b"\x07"
_U32 = Struct("<I")
_LONGEST_HEADER_BYTES = 1 << 20
_READ_AHEAD_BYTES = 1 << 20

Fields = dict[bytes, bytes]


class Rosbag1:
    """One .bag file."""

    def __init__(self, path: Path) -> None:
        """Look at its first bytes.

        Raises:
            FormatError: it is something else, or of an older version.
        """
        self._path = path
        self._size_bytes = path.stat().st_size
        self._connections: dict[bytes, Topic] = {}
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise FormatError(
                    f"'{path}' is named like a bag of ROS 1 (.bag) but does not begin with '#ROSBAG V2.0'"
                )

    def topics(self) -> list[Topic]:
        """List the topics: from the index at the end where there is one, else from the whole file."""
        for begin in (self._index_begin(), len(MAGIC)):
            if begin and not self._connections:
                for _ in self._read(begin, Faults(self._path, skip_errors=True), wanted=""):
                    pass
        return list(dict.fromkeys(self._connections.values()))

    def messages(self, topic: str, faults: Faults) -> Iterator[tuple[bytes, int]]:
        """Give the messages of a topic in the order they were recorded in."""
        return self._read(len(MAGIC), faults, wanted=topic)

    def _index_begin(self) -> int:
        with self._path.open("rb") as raw:
            raw.seek(len(MAGIC))
            try:
                record = _next_record(FileBytes(raw, self._size_bytes))
            except ChunkError:
                return 0
        begin = int.from_bytes((record[0] if record else {}).get(b"index_pos", b""), "little")
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
                        return
                    fields, size_bytes = record
                    if fields.get(b"op") == _CHUNK:
                        yield from self._read_chunk(file, fields, size_bytes, wanted, faults)
                    elif (data := self._take(file, fields, size_bytes, wanted)) is not None:
                        yield data, at_byte
                except ChunkError as error:
                    faults.met(at_byte, str(error))
                    return

    def _read_chunk(
        self, file: FileBytes, fields: Fields, size_bytes: int, wanted: str, faults: Faults
    ) -> Iterator[tuple[bytes, int]]:
        compression = str(fields.get(b"compression", b"none"), "ascii", "replace")
        if compression == "none":  # its records follow as if there were no chunk
            return
        at_byte = file.tell()
        data = file.read(size_bytes)
        try:
            chunk = Chunk(compression, data)
            while (record := _next_record(chunk)) is not None:
                message = self._take(chunk, *record, wanted)
                if message is not None:
                    yield message, at_byte
        except ChunkError as error:
            if len(data) < size_bytes:
                raise ChunkError("it ends inside a chunk") from None
            faults.met(at_byte, str(error))
        if len(data) < size_bytes:
            raise ChunkError("it ends inside a chunk")

    def _take(self, source: ByteSource, fields: Fields, size_bytes: int, wanted: str) -> bytes | None:
        kind = fields.get(b"op")
        connection = self._connections.get(fields.get(b"conn", b""))
        if kind == _CONNECTION:
            self._add(fields, _fields(_read_exact(source, size_bytes)))
        elif kind == _MESSAGE and connection is not None and connection.name == wanted:
            return _read_exact(source, size_bytes)
        else:
            source.skip(size_bytes)
        return None

    def _add(self, fields: Fields, details: Fields) -> None:
        topic = str(fields.get(b"topic", b""), "utf-8", "replace")
        kind = str(details.get(b"type", b""), "utf-8", "replace")
        self._connections[fields.get(b"conn", b"")] = Topic(topic, ros2_type(kind), ros1=True)


def _next_record(source: ByteSource) -> tuple[Fields, int] | None:
    """Read the head of a record: its fields, and how long its data are; None at the end."""
    head = source.read(4)
    if not head:
        return None
    header_bytes = _size(head, _LONGEST_HEADER_BYTES)
    fields = _fields(_read_exact(source, header_bytes))
    longest = 1 << 62 if fields.get(b"op") == _CHUNK else LONGEST_RECORD_BYTES
    return fields, _size(source.read(4), longest)


def _size(data: bytes, most: int) -> int:
    if len(data) < 4:
        raise ChunkError("it ends inside a record")
    size_bytes = int(_U32.unpack(data)[0])
    if size_bytes > most:
        raise ChunkError(f"a record claims to be {size_bytes} bytes long; {most} is the most")
    return size_bytes


def _read_exact(source: ByteSource, size_bytes: int) -> bytes:
    data = source.read(size_bytes)
    if len(data) < size_bytes:
        raise ChunkError("it ends inside a record")
    return data


def _fields(header: bytes) -> Fields:
    fields: Fields = {}
    at = 0
    while at + 4 <= len(header):
        end = at + 4 + int(_U32.unpack_from(header, at)[0])
        name, _, value = header[at + 4 : end].partition(b"=")
        fields[name] = value
        at = end
    return fields
