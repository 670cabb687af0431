"""Framed datagrams in plain Python, as docs/udp.md describes them."""

import struct
from collections.abc import Sequence

Event = tuple[int, int, int, int]  # t µs, x, y, p
HEADER_BYTES = 40


def crc32c(data: bytes) -> int:
    """Compute CRC-32C bit by bit (RFC 3720, appendix B.4)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def datagram(
    events: Sequence[Event],
    *,
    seq: int,
    first_event: int,
    session: int = 1,
    size: tuple[int, int] = (640, 480),
    t0_us: int = 0,
    flags: int = 0,
    version: int = 1,
    checksum: int | None = None,
) -> bytes:
    """Make one datagram; times count from t0_us in it."""
    records = b"".join(struct.pack("<IHH", t - t0_us, x, y | p << 15) for t, x, y, p in events)
    front = struct.pack("<HHBBH", 0x4541, 0xFFFF, version, flags, len(events))
    back = struct.pack("<IIHHQQ", session, seq, *size, first_event, t0_us)
    crc = crc32c(front + back + records) if checksum is None else checksum
    return front + struct.pack("<I", crc) + back + records
