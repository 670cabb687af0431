"""EVT3, EVT2, EVT2.1 and DAT."""

import struct
from collections.abc import Iterable

import evt3_reference as evt3

from seeds.events import Event, Seeds, some_events


def raw_header(*lines: str) -> bytes:
    """Make the text header of a Prophesee file."""
    return "".join(f"% {line}\n" for line in (*lines, "end")).encode()


def evt3_seeds() -> Seeds:
    """EVT3: single events, vectors, triggers, wraps of the clock, an odd byte, headers of several ages."""
    header = raw_header("evt 3.0", "geometry 64x48")
    word = evt3.word
    time = [word(evt3.TIME_HIGH, 1), word(evt3.TIME_LOW, 5), word(evt3.ADDR_Y, 10)]
    vector = [*time, word(evt3.VECT_BASE_X, 0x800 | 20), word(evt3.VECT_12, 0xFFF), word(evt3.VECT_8, 0xA5)]
    wraps = [word(evt3.TIME_HIGH, high) for high in (0, 2047, 4094, 1, 0, 4095, 0)]
    single = word(evt3.ADDR_X, 0x803)
    yield "events", header + evt3.encode(some_events(12))
    yield "vectors", header + evt3.to_bytes([*vector, *vector])
    yield "vector_over_the_edge", header + evt3.to_bytes([*time, word(evt3.VECT_BASE_X, 58), word(evt3.VECT_12, 0xFFF)])
    yield "wraps", header + evt3.to_bytes(each for high in wraps for each in (high, *time[1:], single))
    yield (
        "triggers",
        header + evt3.to_bytes([*time, word(evt3.EXT_TRIGGER, 0x101), word(evt3.EXT_TRIGGER, 0x100), single]),
    )
    yield (
        "others",
        header + evt3.to_bytes([single, *time, word(0xE, 3), word(0x7, 1), word(0xF, 9), word(0x9, 1), single]),
    )
    yield "outside", header + evt3.to_bytes([*time, word(evt3.ADDR_Y, 500), single, word(evt3.ADDR_X, 2000)])
    yield "odd_byte", header + evt3.encode(some_events(3)) + b"\x01"
    yield "format_line", raw_header("format EVT3;height=48;width=64") + evt3.encode(some_events(3))
    yield "camera_named", b"% evt 3.0\n% plugin_name hal_plugin_gen31_fx3\n" + evt3.encode(some_events(3))
    yield "no_sensor", b"% evt 3.0\r\n" + evt3.encode(some_events(3))


def evt2_word(kind: int, time: int, x: int = 0, y: int = 0) -> int:
    """Make one 32-bit word of an event."""
    return kind << 28 | (time & 63) << 22 | x << 11 | y


def evt2_words(events: Iterable[Event]) -> bytes:
    """Encode as EVT2, TIME_HIGH before every event."""
    words: list[int] = []
    for t, x, y, p in events:
        words += [8 << 28 | t >> 6 & 0xFFFFFFF, evt2_word(p, t, x, y)]
    return struct.pack(f"<{len(words)}I", *words)


def evt2_seeds() -> Seeds:
    """EVT2: events, triggers, other words, a wrap, an odd byte."""
    header = raw_header("evt 2.0", "geometry 64x48")
    trigger = struct.pack("<II", 8 << 28 | 20, 0xA << 28 | 3 << 22 | 1 << 8 | 1)
    yield "events", header + evt2_words(some_events(12))
    yield "triggers", header + trigger + evt2_words(some_events(2))
    yield "others", header + evt2_words(some_events(1)) + struct.pack("<III", 0xE0000001, 0xF0000002, 0x70000003)
    yield "outside", header + evt2_words([(1000, 2047, 2047, 1), (1001, 3, 3, 0)])
    yield "wrap", header + evt2_words([((1 << 34) - 5, 1, 2, 1), ((1 << 34) + 9, 3, 4, 0), ((1 << 34) - 1, 5, 6, 1)])
    yield "odd_bytes", header + evt2_words(some_events(2)) + b"\x01\x02\x03"
    yield "format_line", raw_header("format EVT2;height=48;width=64") + evt2_words(some_events(3))


def evt21_words(events: Iterable[Event], *, legacy: bool, mask: int = 0x80000401) -> bytes:
    """Encode as EVT2.1, TIME_HIGH before every vector; legacy words have their halves swapped."""
    halves: list[tuple[int, int]] = []
    for t, x, y, p in events:
        halves += [(8 << 28 | t >> 6 & 0xFFFFFFF, 0), (evt2_word(p, t, x & ~31, y), mask)]
    halves.append((0xA << 28 | 3 << 22, 1 << 8 | 1))
    return b"".join(struct.pack("<II", *(pair if legacy else pair[::-1])) for pair in halves)


def evt21_seeds() -> Seeds:
    """EVT2.1: both word orders, named and to be guessed."""
    lines = "format EVT21;height=48;width=64"
    yield "current", raw_header("evt 2.1", lines) + evt21_words(some_events(6), legacy=False)
    yield "legacy", raw_header("evt 2.1", lines + ";endianness=legacy") + evt21_words(some_events(6), legacy=True)
    yield "order_not_said", raw_header("evt 2.1", "geometry 64x48") + evt21_words(some_events(6), legacy=True)
    yield "full_masks", raw_header("evt 2.1") + evt21_words(some_events(3), legacy=False, mask=0xFFFFFFFF)
    yield "outside", raw_header(lines) + evt21_words([(1000, 2047, 2047, 1)], legacy=False)
    yield "odd_bytes", raw_header(lines) + evt21_words(some_events(2), legacy=False) + b"\x01\x02\x03\x04\x05"


def dat_records(events: Iterable[Event]) -> bytes:
    """Lay events out as DAT does."""
    return b"".join(struct.pack("<II", t & 0xFFFFFFFF, p << 28 | y << 14 | x) for t, x, y, p in events)


def dat_seeds() -> Seeds:
    """DAT: both type bytes, with and without a sensor size, a wrap of the clock, other types."""
    header = b"% Data file containing CD events.\n% Version 2\n% Width 64\n% Height 48\n"
    yield "events", header + b"\x0c\x08" + dat_records(some_events(12))
    yield "old_type", b"% Data file containing CD events.\n% Version 1\n\x00\x08" + dat_records(some_events(6))
    yield "no_header", b"\x0c\x08" + dat_records(some_events(6))
    yield "wrap", header + b"\x0c\x08" + dat_records([((1 << 32) - 3, 1, 2, 1), (1 << 32 | 4, 3, 4, 0)])
    yield "outside", header + b"\x0c\x08" + dat_records([(5, 16383, 16383, 1)])
    yield "other_type", header + b"\x0e\x08" + dat_records(some_events(2))
    yield "cut", header + b"\x0c\x08" + dat_records(some_events(2))[:-3]
