"""The encodings of ROS messages in plain Python, record by record: the slow twins of the native codecs."""

from collections.abc import Callable, Sequence
from struct import pack, unpack_from

Event = tuple[int, int, int, int]  # t µs, x, y, p


def decode_libcaer(data: bytes, time_base_ns: int) -> list[Event]:
    """Decode 8-byte records; the clock rolls over where it falls by more than half its 31 bits."""
    events = []
    last, roll = None, 0
    for at in range(0, len(data) - 7, 8):
        word, clock = unpack_from("<II", data, at)
        if not word & 1:
            continue
        clock &= (1 << 31) - 1
        if last is not None and abs(clock - last) > 1 << 30:
            roll = 1 << 31 if clock < last else 0
        last = clock
        events.append((time_base_ns // 1000 + roll + clock, word >> 17, word >> 2 & 0x7FFF, word >> 1 & 1))
    return events


def encode_libcaer(events: Sequence[Event], time_base_us: int) -> bytes:
    """Encode events whose times lie at or after the base."""
    return b"".join(
        pack("<II", 1 | p << 1 | y << 2 | x << 17, (t - time_base_us) & 0x7FFF_FFFF) for t, x, y, p in events
    )


def decode_libcaer_cmp(data: bytes, time_base_ns: int) -> list[Event]:
    """Decode 16-bit words."""
    events = []
    high = low = x = y = p = 0
    for at in range(0, len(data) - 1, 2):
        (word,) = unpack_from("<H", data, at)
        kind, payload = word >> 12, word & 0xFFF
        t = time_base_ns // 1000 + (high << 12 | low)
        if kind == 0:
            high = payload
        elif kind == 1:
            low = payload
        elif kind == 2:
            x = payload & 0x7FF
        elif kind == 3:
            events.append((t, x, payload & 0x7FF, payload >> 11))
        elif kind == 4:
            y, p = payload & 0x7FF, payload >> 11
        elif kind == 5:
            events += [(t, x, y + bit, p) for bit in range(8) if payload >> bit & 1]
            y += 8
    return events


def decode_mono(data: bytes, time_base_ns: int) -> list[Event]:
    """Decode 64-bit words."""
    events = []
    for at in range(0, len(data) - 7, 8):
        dt, x, yp = unpack_from("<IHH", data, at)
        events.append(((time_base_ns + dt) // 1000, x, yp & 0x7FFF, yp >> 15))
    return events


def encode_mono(events: Sequence[Event], time_base_us: int) -> bytes:
    """Encode events, and triggers as (t, 0, id, edge)."""
    return b"".join(pack("<IHH", (t - time_base_us) * 1000, x, y | p << 15) for t, x, y, p in events)


def encode_event_array(events: Sequence[Event], *, ros1: bool) -> bytes:
    """Lay events out as ROS 1 does, or as CDR does from an address that is a multiple of 4."""
    data = b""
    for t, x, y, p in events:
        if not ros1:
            data += bytes(-len(data) % 2)
        data += pack("<HH", x, y)
        if not ros1:
            data += bytes(-len(data) % 4)
        data += pack("<II?", t // 10**6, t % 10**6 * 1000, p)
    return data


def decode_event_array(data: bytes, *, ros1: bool) -> list[Event]:
    """Decode what encode_event_array lays out; a partial event at the end is left out."""
    events = []
    at = 0
    while True:
        at += 0 if ros1 else at % 2
        time_at = at + 4 if ros1 else at + 4 + -(at + 4) % 4
        if time_at + 9 > len(data):
            return events
        x, y = unpack_from("<HH", data, at)
        s, ns, p = unpack_from("<IIB", data, time_at)
        events.append((s * 10**6 + ns // 1000, x, y, int(p != 0)))
        at = time_at + 9


TWINS: dict[str, Callable[[bytes, int], list[Event]]] = {
    "libcaer": decode_libcaer,
    "libcaer_cmp": decode_libcaer_cmp,
    "mono": decode_mono,
    "event_array": lambda data, _: decode_event_array(data, ros1=False),
    "event_array_ros1": lambda data, _: decode_event_array(data, ros1=True),
}
"""The slow twin of each encoding, by its name: bytes and time base in ns to events."""
