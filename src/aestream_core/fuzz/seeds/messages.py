"""The encodings of ROS messages, as the fuzzing program of messages reads them: a time base, and a topic's bytes."""

import struct
from collections.abc import Callable, Iterable

import evt3_reference as evt3
import message_reference as plain

from seeds.events import Event, Seeds, some_events
from seeds.prophesee import evt2_words, evt21_words

BASE_US = 1_702_309_120_000_000


def topic(data: bytes, *, base_ns: int = 1000 * BASE_US) -> bytes:
    """Lay one topic out as the fuzzing program reads it."""
    return struct.pack("<Q", base_ns) + data


def later(events: Iterable[Event]) -> list[Event]:
    """Move events behind the time base."""
    return [(t + BASE_US, x, y, p) for t, x, y, p in events]


def evt3_messages() -> Seeds:
    """EVT3: with and without a time base, vectors, an edge, a wrap, an odd byte."""
    time = [evt3.word(evt3.TIME_HIGH, 4095), evt3.word(evt3.TIME_LOW, 5), evt3.word(evt3.ADDR_Y, 10)]
    vector = [evt3.word(evt3.VECT_BASE_X, 0x800 | 20), evt3.word(evt3.VECT_12, 0xFFF), evt3.word(evt3.VECT_8, 0xA5)]
    wrap = [evt3.word(evt3.TIME_HIGH, 0), *vector]
    yield "events", topic(evt3.encode(some_events(12)))
    yield "no_base", topic(evt3.encode(some_events(12)), base_ns=0)
    yield "vectors", topic(evt3.to_bytes([*time, *vector, *wrap]))
    yield "edge", topic(evt3.to_bytes([*time, evt3.word(evt3.EXT_TRIGGER, 0x101), *vector]))
    yield "odd_byte", topic(evt3.encode(some_events(3)) + b"\x01")


def evt2_messages() -> Seeds:
    """EVT2: with and without a time base, a wrap, outside, odd bytes."""
    wrap = [((1 << 34) - 5, 1, 2, 1), ((1 << 34) + 9, 3, 4, 0)]
    yield "events", topic(evt2_words(some_events(12)))
    yield "no_base", topic(evt2_words(some_events(12)), base_ns=0)
    yield "wrap", topic(evt2_words(wrap), base_ns=((1 << 34) - 9) * 1000)
    yield "outside", topic(evt2_words([(1000, 2047, 2047, 1), (1001, 3, 3, 0)]))
    yield "odd_bytes", topic(evt2_words(some_events(2)) + b"\x01\x02\x03")


def evt21_messages() -> Seeds:
    """EVT2.1: with and without a time base, both word orders, odd bytes."""
    yield "events", topic(evt21_words(some_events(6), legacy=False))
    yield "no_base", topic(evt21_words(some_events(6), legacy=False), base_ns=0)
    yield "halves_swapped", topic(evt21_words(some_events(6), legacy=True))
    yield "odd_bytes", topic(evt21_words(some_events(2), legacy=False) + b"\x01\x02\x03\x04\x05")


def libcaer_messages() -> Seeds:
    """Records of libcaer: valid and not, a roll-over of the clock, outside, cut."""
    events = later(some_events(8))
    rolls = [(BASE_US + (1 << 31) - 5, 1, 2, 1), (BASE_US + (1 << 31) + 5, 3, 4, 0)]
    invalid = bytes([0xFE, *plain.encode_libcaer(events[:1], BASE_US)[1:]])
    yield "events", topic(plain.encode_libcaer(events, BASE_US))
    yield "invalid", topic(invalid + plain.encode_libcaer(events, BASE_US))
    yield "roll_over", topic(plain.encode_libcaer(rolls, BASE_US))
    yield "outside", topic(plain.encode_libcaer(later([(1, 32767, 32767, 1)]), BASE_US))
    yield "cut", topic(plain.encode_libcaer(events, BASE_US)[:-3])


def libcaer_cmp_messages() -> Seeds:
    """16-bit words of libcaer_cmp: single events, columns, kinds that mean nothing, over the edge, an odd byte."""

    def words(*given: tuple[int, int]) -> bytes:
        return b"".join(struct.pack("<H", kind << 12 | payload) for kind, payload in given)

    single = [(0, 1), (1, 20), (2, 30), (3, 0x800 | 40)]
    column = [(1, 21), (2, 31), (4, 0x800 | 8), (5, 0xFF), (5, 0x0A)]
    yield "single", topic(words(*single, (3, 41), (2, 33), (3, 0x800 | 7)))
    yield "columns", topic(words(*single, *column))
    yield "unknown", topic(words(*single, (6, 1), (0xF, 0xFFF), *column))
    yield "over_the_edge", topic(words((4, 2045), *[(5, 0xFF)] * 3))
    yield "odd_byte", topic(words(*single) + b"\x01")


def mono_messages() -> Seeds:
    """Words of 64 bits; the same layout holds edges of trigger inputs: early and late, outside, cut."""
    events = later(some_events(8))
    yield "events", topic(plain.encode_mono(events, BASE_US))
    yield "late", topic(struct.pack("<IHH", 0xFFFFFFFF, 1, 2), base_ns=(1 << 64) - 1)
    yield "outside", topic(plain.encode_mono(later([(1, 65535, 32767, 1)]), BASE_US))
    yield "cut", topic(plain.encode_mono(events, BASE_US)[:-3])


def event_array_messages(*, ros1: bool) -> Seeds:
    """dvs_msgs/EventArray: ordered and not, outside, times that are none, cut."""
    events = later(some_events(8))
    yield "events", topic(plain.encode_event_array(events, ros1=ros1))
    yield "backwards", topic(plain.encode_event_array(events[::-1], ros1=ros1))
    yield "outside", topic(plain.encode_event_array(later([(1, 65535, 65535, 1)]), ros1=ros1))
    yield "no_time", topic(struct.pack("<HHIIB", 1, 2, 0xFFFFFFFF, 0xFFFFFFFF, 7) + bytes(32))
    yield "cut", topic(plain.encode_event_array(events, ros1=ros1)[:-3])


MESSAGE_SEEDS: dict[str, Callable[[], Seeds]] = {
    "evt3": evt3_messages,
    "evt21": evt21_messages,
    "evt2": evt2_messages,
    "libcaer": libcaer_messages,
    "libcaer_cmp": libcaer_cmp_messages,
    "mono": mono_messages,
    "trigger": mono_messages,
    "event_array": lambda: event_array_messages(ros1=False),
    "event_array_ros1": lambda: event_array_messages(ros1=True),
}
"""Seeds of every encoding, by its name."""
