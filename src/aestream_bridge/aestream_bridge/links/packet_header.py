"""The 64 bytes that stand before a packet's records on every link: what they are, and what came before them.

Little-endian, no padding; docs/links.md shows it as a table. The records behind it are those of ADR 1.
"""

import struct
from dataclasses import dataclass

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.events import MAX_SIDE, RECORD_BYTES, Events

MAGIC = b"AEV1"
HEADER_BYTES = 64
MAX_PACKET_EVENTS = 1 << 22
"""Largest packet that is read, 32 MiB of records: a damaged count must not take the machine's memory."""

END = 1
"""Flag: the stream ends here; the packet has no records, and its counts are those of the whole stream."""

_LAYOUT = struct.Struct("<4sHHQQQQQIHHQ")
_MAX_US = 1 << 62


@dataclass(frozen=True, slots=True)
class PacketHeader:
    """What is said of a packet.

    Attributes:
        stream: number drawn when the sender began; a sender that started again is another stream.
        seq: packets that the stream had before this one.
        events_before: events that the stream had before this one, so that lost ones are counted and not guessed.
        t0_us: sensor time in µs that the records' times count from.
        stamp_ns: host time of the sender in ns since the epoch; 0 where it is not known.
        count: records behind the header.
        width: sensor width in pixels.
        height: sensor height in pixels.
        flags: `END`, or 0.
    """

    stream: int
    seq: int
    events_before: int
    t0_us: int
    stamp_ns: int
    count: int
    width: int
    height: int
    flags: int = 0

    @property
    def ends(self) -> bool:
        """Whether the stream ends here."""
        return bool(self.flags & END)

    @property
    def record_bytes(self) -> int:
        """Bytes of the records behind the header."""
        return self.count * RECORD_BYTES

    def pack(self) -> bytes:
        """Give the 64 bytes."""
        counts = (self.stream, self.seq, self.events_before, self.t0_us, self.stamp_ns)
        return _LAYOUT.pack(MAGIC, HEADER_BYTES, self.flags, *counts, self.count, self.width, self.height, 0)


class PacketNumbering:
    """Makes the headers of one stream: numbers its packets and counts its events."""

    def __init__(self, stream: int, *, width: int, height: int) -> None:
        """Begin a stream; `stream` tells it from others."""
        self._stream = stream
        self._size = (width, height)
        self.packets = self.events = 0

    def header(self, events: Events, *, stamp_ns: int) -> PacketHeader:
        """Make the header of the next packet."""
        made = self._make(events.t0_us, stamp_ns, len(events), events.width, events.height)
        self.packets += 1
        self.events += len(events)
        return made

    def end(self, *, stamp_ns: int) -> PacketHeader:
        """Make the header that ends the stream."""
        return self._make(0, stamp_ns, 0, *self._size, flags=END)

    def _make(self, t0_us: int, stamp_ns: int, count: int, width: int, height: int, *, flags: int = 0) -> PacketHeader:
        return PacketHeader(self._stream, self.packets, self.events, t0_us, stamp_ns, count, width, height, flags)


def parse_header(data: bytes | memoryview) -> PacketHeader:
    """Read a header.

    Args:
        data: at least its 64 bytes.

    Raises:
        FormatError: the bytes are no header, or say what cannot be; the message says which.
    """
    if len(data) < HEADER_BYTES:
        raise FormatError(f"a packet of {len(data)} bytes has no header; it takes {HEADER_BYTES}")
    magic, header_bytes, flags, *numbers = _LAYOUT.unpack_from(data)
    if magic != MAGIC or header_bytes != HEADER_BYTES:
        raise FormatError(f"a packet begins with {bytes(data[:6]).hex(' ')}; it must begin with {_EXPECTED.hex(' ')}")
    stream, seq, events_before, t0_us, stamp_ns, count, width, height, _ = numbers
    header = PacketHeader(stream, seq, events_before, t0_us, stamp_ns, count, width, height, flags)
    _check(header)
    return header


def check_packet_events(count: int) -> None:
    """Refuse packet sizes that no receiver takes.

    Raises:
        InvalidArgumentError: the count is not within 1 to `MAX_PACKET_EVENTS`.
    """
    if not 1 <= count <= MAX_PACKET_EVENTS:
        raise InvalidArgumentError(f"packet_events is {count}; it must be 1 to {MAX_PACKET_EVENTS}")


_EXPECTED = MAGIC + HEADER_BYTES.to_bytes(2, "little")


def _check(header: PacketHeader) -> None:
    limits = {"width": (1, MAX_SIDE), "height": (1, MAX_SIDE), "count": (0, MAX_PACKET_EVENTS), "t0_us": (0, _MAX_US)}
    for name, (low, high) in limits.items():
        value = getattr(header, name)
        if not low <= value <= high:
            raise FormatError(f"a packet says {name} {value}; it must be {low} to {high}")
