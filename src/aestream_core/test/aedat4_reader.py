"""Reads AEDAT4 files in plain Python, packet by packet: the slow twin of the reader, and a judge of the writer."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import lz4.frame
import numpy as np
import numpy.typing as npt
import zstandard
from aedat4_writer import EVENT

MAGIC = b"#!AER-DAT4.0\r\n"


@dataclass(frozen=True)
class FlatTable:
    """One table of a flatbuffer that is trusted."""

    data: bytes
    at: int

    @classmethod
    def root(cls, prefixed: bytes) -> "FlatTable":
        """Give the root table of a size-prefixed buffer."""
        return cls(prefixed[4:], struct.unpack_from("<I", prefixed, 4)[0])

    def place(self, field: int) -> int:
        """Give where a field's value lies; 0 where it is absent."""
        vtable = self.at - int(struct.unpack_from("<i", self.data, self.at)[0])
        size = struct.unpack_from("<H", self.data, vtable)[0]
        entry = 4 + 2 * field
        offset = int(struct.unpack_from("<H", self.data, vtable + entry)[0]) if entry < size else 0
        return self.at + offset if offset else 0

    def number(self, field: int, code: str, fallback: int = 0) -> int:
        """Give a number of that struct code."""
        at = self.place(field)
        return int(struct.unpack_from("<" + code, self.data, at)[0]) if at else fallback

    def vector(self, field: int) -> tuple[int, int]:
        """Give where a vector's items begin and how many there are."""
        at = self.place(field)
        if not at:
            return 0, 0
        vector = at + int(struct.unpack_from("<I", self.data, at)[0])
        return vector + 4, int(struct.unpack_from("<I", self.data, vector)[0])


@dataclass(frozen=True)
class Packet:
    """One packet, decompressed; at_byte is where its head begins."""

    at_byte: int
    stream_id: int
    size_bytes: int
    data: bytes

    @property
    def events(self) -> npt.NDArray[np.void]:
        """Give the structs of a packet of events."""
        table = FlatTable.root(self.data)
        at, count = table.vector(0)
        return np.frombuffer(table.data, EVENT, count, at)


@dataclass(frozen=True)
class TableEntry:
    """One entry of the data table, as it is written: at_byte is where the payload begins."""

    at_byte: int
    stream_id: int
    size_bytes: int
    elements: int
    first_us: int
    last_us: int


class Aedat4File:
    """A whole file in memory."""

    def __init__(self, path: Path) -> None:
        """Read the file and its header."""
        self.data = path.read_bytes()
        assert self.data.startswith(MAGIC)
        size = 4 + int(struct.unpack_from("<I", self.data, len(MAGIC))[0])
        self.data_begin = len(MAGIC) + size
        self.header = FlatTable.root(self.data[len(MAGIC) : self.data_begin])
        self.compression = self.header.number(0, "i")
        self.table_at = self.header.number(1, "q", -1)

    @property
    def xml(self) -> str:
        """Give the text of the info node."""
        at, count = self.header.vector(2)
        return self.header.data[at : at + count].decode()

    def attributes(self) -> dict[str, str]:
        """Give the attributes of the info node, as if there were one stream."""
        return dict(re.findall(r'<attr key="(\w+)" type="\w+">([^<]*)</attr>', self.xml))

    def decompress(self, payload: bytes) -> bytes:
        """Decompress as the header says."""
        if self.compression == 0:
            return payload
        if self.compression in (1, 2):
            return bytes(lz4.frame.decompress(payload))
        return bytes(zstandard.ZstdDecompressor().decompressobj().decompress(payload))

    def packets(self) -> Iterator[Packet]:
        """Give every packet up to the data table."""
        at, end = self.data_begin, self.table_at if self.table_at > 0 else len(self.data)
        while at < end:
            stream_id, size = struct.unpack_from("<ii", self.data, at)
            yield Packet(at, stream_id, size, self.decompress(self.data[at + 8 : at + 8 + size]))
            at += 8 + size

    def events(self, stream_id: int = 0) -> npt.NDArray[np.void]:
        """Give all structs of a stream of events."""
        parts = [packet.events for packet in self.packets() if packet.stream_id == stream_id]
        return np.concatenate([np.empty(0, EVENT), *parts])

    def table(self) -> list[TableEntry]:
        """Give the data table."""
        root = FlatTable.root(self.decompress(self.data[self.table_at :]))
        first, count = root.vector(0)
        entries = []
        for at in range(first, first + 4 * count, 4):
            entry = FlatTable(root.data, at + int(struct.unpack_from("<I", root.data, at)[0]))
            stream_id, size = struct.unpack_from("<ii", root.data, entry.place(1))
            numbers = [entry.number(field, "q") for field in (0, 2, 3, 4)]
            entries.append(TableEntry(numbers[0], stream_id, size, *numbers[1:]))
        return entries
