"""Writes small AEDAT4 files in plain Python, flatbuffers included."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import lz4.frame
import numpy as np
import numpy.typing as npt
import zstandard

COMPRESSIONS = ("NONE", "LZ4", "LZ4_HIGH", "ZSTD", "ZSTD_HIGH")
EVENT = np.dtype([("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "u1"), ("pad", "V3")])


@dataclass(frozen=True)
class Stream:
    """One stream of the file's header."""

    id: int
    type: str = "EVTS"
    width: int | None = 64
    height: int | None = 48
    source: str = "TestCamera_1"


def _xml(streams: Sequence[Stream]) -> bytes:
    nodes = ""
    for stream in streams:
        size = "" if stream.width is None else _attr("sizeX", stream.width) + _attr("sizeY", stream.height)
        info = f'<node name="info" path="/outInfo/{stream.id}/info/">{size}{_attr("source", stream.source)}</node>'
        kind = _attr("typeIdentifier", stream.type)
        nodes += f'<node name="{stream.id}" path="/outInfo/{stream.id}/">{kind}{info}</node>\n'
    return f'<dv version="2.0"><node name="outInfo" path="/outInfo/">{nodes}</node></dv>'.encode()


def _attr(key: str, value: object) -> str:
    return f'<attr key="{key}" type="string">{value}</attr>'


def _prefixed(body: bytes) -> bytes:
    return struct.pack("<I", len(body)) + body


def header(streams: Sequence[Stream], compression: int, table_at: int) -> bytes:
    """Make the file's magic and header: vtable at 8, table at 20, the XML behind it."""
    xml = _xml(streams)
    vtable = struct.pack("<HHHHHH", 10, 20, 4, 8, 16, 0)
    table = struct.pack("<iiqI", 12, compression, table_at, 4)
    body = struct.pack("<I4s", 20, b"IOHE") + vtable + table + struct.pack("<I", len(xml)) + xml + b"\0"
    return b"#!AER-DAT4.0\r\n" + _prefixed(body)


def event_payload(events: npt.NDArray[np.void], identifier: bytes = b"EVTS") -> bytes:
    """Make a packet's flatbuffer from a structured array with t, x, y, p."""
    structs = np.zeros(len(events), EVENT)
    for name in ("t", "x", "y", "p"):
        structs[name] = events[name]
    vtable = struct.pack("<HHHH", 6, 8, 4, 0)
    table = struct.pack("<iI", 8, 4)
    body = struct.pack("<I4s", 16, identifier) + vtable + table + struct.pack("<I", len(structs)) + structs.tobytes()
    return _prefixed(body)


def compress(payload: bytes, compression: int) -> bytes:
    """Compress as the number in the header says."""
    if compression == 0:
        return payload
    if compression in (1, 2):
        return lz4.frame.compress(payload, compression_level=0 if compression == 1 else 9)
    return zstandard.ZstdCompressor(level=3 if compression == 3 else 19).compress(payload)


@dataclass
class Writer:
    """Collects packets, then gives the file.

    Attributes:
        boundaries: bytes at which a packet ends and the next may begin, the header's end first.
    """

    streams: Sequence[Stream] = (Stream(0),)
    compression: int = 1
    packets: list[bytes] = field(default_factory=list)

    def add(self, stream_id: int, payload: bytes) -> "Writer":
        """Append one packet, compressed."""
        data = compress(payload, self.compression)
        self.packets.append(struct.pack("<ii", stream_id, len(data)) + data)
        return self

    def add_events(self, stream_id: int, events: npt.NDArray[np.void]) -> "Writer":
        """Append one packet of events."""
        return self.add(stream_id, event_payload(events))

    @property
    def boundaries(self) -> list[int]:
        """Give the bytes at which packets end, the header's end first."""
        ends = [len(header(self.streams, self.compression, -1))]
        for packet in self.packets:
            ends.append(ends[-1] + len(packet))
        return ends

    def to_bytes(self, *, table: bool = True) -> bytes:
        """Give the file; without a table it is one whose recorder was killed."""
        body = b"".join(self.packets)
        if not table:
            return header(self.streams, self.compression, -1) + body
        table_at = self.boundaries[-1]
        trailer = compress(_prefixed(struct.pack("<I4s", 8, b"FTAB") + b"\0" * 24), self.compression)
        return header(self.streams, self.compression, table_at) + body + trailer
