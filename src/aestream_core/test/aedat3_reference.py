"""Slow twin of AEDAT 3.0 and 3.1 as an encoder, straight from the layouts of packets and of libcaer's events.

docs.inivation.com, "AEDAT 3.1".
"""

import struct
from collections.abc import Iterable

SPECIAL, POLARITY, FRAME, IMU6, IMU9 = range(5)
SIZES = {SPECIAL: 8, POLARITY: 8, IMU6: 36, IMU9: 48}


def header(*sources: str, version: str = "3.1", packets: str = "RAW") -> bytes:
    """Give a text header."""
    lines = [f"#!AER-DAT{version}", f"#Format: {packets}"]
    lines += [f"#Source {number}: {name}" for number, name in enumerate(sources, start=1)]
    lines += ["#Start-Time: 2015-12-03 14:47:00 (TZ+0100)"]
    if version == "3.1":
        lines.append("#!END-HEADER")
    return "".join(line + "\r\n" for line in lines).encode()


def packet(kind: int, events: Iterable[bytes], *, overflows: int = 0, size: int | None = None, room: int = 0) -> bytes:
    """Give a packet of events of one kind, with room for more."""
    rows = list(events)
    event_bytes = size if size is not None else len(rows[0]) if rows else SIZES[kind]
    head = struct.pack("<hhiiiiii", kind, 1, event_bytes, 4, overflows, len(rows) + room, len(rows), len(rows))
    return head + b"".join(rows) + bytes(room * event_bytes)


def polarity(t_us: int, x: int, y: int, on: int, *, valid: int = 1) -> bytes:
    """Give a pixel event; the time is what is left of it after the overflows of a 31-bit clock."""
    return struct.pack("<Ii", valid | on << 1 | y << 2 | x << 17, t_us & 0x7FFFFFFF)


def special(t_us: int, kind: int) -> bytes:
    """Give a special event: 2 rising edge, 3 falling edge, 4 pulse at the first input; 6, 7, 8 at the second."""
    return struct.pack("<Ii", 1 | kind << 1, t_us & 0x7FFFFFFF)


def imu(t_us: int, acceleration: list[float], rate: list[float], temperature: float, field: list[float]) -> bytes:
    """Give an inertial sample of six axes, or of nine with a magnetic field."""
    return struct.pack(f"<Ii{7 + len(field)}f", 1, t_us, *acceleration, *rate, temperature, *field)


def frame(start_us: int, end_us: int, width: int, height: int, channels: int, samples: list[int]) -> bytes:
    """Give a frame, its exposure from start to end, at x=5 and y=6."""
    info = 1 | channels << 1
    head = struct.pack("<Iiiiiiiii", info, start_us - 1, end_us + 1, start_us, end_us, width, height, 5, 6)
    return head + struct.pack(f"<{len(samples)}H", *samples)
