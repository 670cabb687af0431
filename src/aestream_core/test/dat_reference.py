"""DAT in plain Python, record by record: the slow twin of the native codec."""

from collections.abc import Sequence

Event = tuple[int, int, int, int]  # t µs, x, y, p

RANGE = 1 << 32
LATE = RANGE >> 12


def record(t: int, x: int, y: int, p: int) -> bytes:
    """Make one record; of the time only the low 32 bits are in it."""
    return (t % RANGE).to_bytes(4, "little") + (p << 28 | y << 14 | x).to_bytes(4, "little")


def dat_bytes(rows: Sequence[Event], *lines: str, kind: int = 0x0C, size: int = 8) -> bytes:
    """Make a whole file."""
    text = "".join(f"% {line}\n" for line in (lines or ("Version 2", "Width 1280", "Height 720")))
    return text.encode() + bytes([kind, size]) + b"".join(record(*row) for row in rows)


def dat_events(records: bytes, *, t0_us: int = 0) -> list[Event]:
    """Decode whole records."""
    events: list[Event] = []
    turn, last = t0_us // RANGE * RANGE, None
    for at in range(0, len(records) - 7, 8):
        t = int.from_bytes(records[at : at + 4], "little")
        place = int.from_bytes(records[at + 4 : at + 8], "little")
        if last is not None and last - t > RANGE // 2:
            turn += RANGE
        elif last is not None and t - last >= RANGE - LATE and turn > 0:
            turn -= RANGE
        last = t
        events.append((turn + t, place & 0x3FFF, place >> 14 & 0x3FFF, int(place >> 28 != 0)))
    return events
