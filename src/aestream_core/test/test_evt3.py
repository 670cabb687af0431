"""The EVT3 codec against its slow twin, and the rules of its clock."""

from itertools import pairwise

import numpy as np
import pytest
from evt3_reference import (
    ADDR_X,
    ADDR_Y,
    EXT_TRIGGER,
    TIME_HIGH,
    TIME_LOW,
    VECT_8,
    VECT_12,
    VECT_BASE_X,
    WRAP,
    Event,
    Reference,
    encode,
    to_bytes,
    word,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.evt3 import Evt3Decoder, encode_evt3

WIDTH, HEIGHT = 1280, 720

any_words = st.lists(st.integers(0, 0xFFFF), max_size=300)
# Words as cameras send them: mostly events, and a clock that moves little.
usual_words = st.lists(
    st.one_of(
        st.builds(
            word,
            st.sampled_from([ADDR_Y, ADDR_X, ADDR_X, VECT_BASE_X, VECT_12, VECT_8, TIME_LOW]),
            st.integers(0, 0xFFF),
        ),
        st.builds(word, st.just(TIME_HIGH), st.sampled_from([0, 1, 2, 2047, 2048, 2049, 4094, 4095])),
    ),
    max_size=300,
)


def listed(packets: list[Events]) -> list[Event]:
    return [tuple(int(value) for value in row) for packet in packets for row in packet.to_numpy()]


def decoded(data: bytes, *, width: int = WIDTH, height: int = HEIGHT, near_us: int | None = None) -> list[Event]:
    return listed(Evt3Decoder(width=width, height=height).decode(data, near_us=near_us))


def events_of(rows: list[Event], *, width: int = 2048, height: int = 2048) -> Events:
    t, x, y, p = (np.array(column) for column in zip(*rows, strict=True))
    return Events.from_numpy(t=t, x=x, y=y, p=p, width=width, height=height)


@given(st.one_of(any_words, usual_words), st.sampled_from([(1280, 720), (640, 480), (2048, 2048), (5, 3)]))
def test_every_sequence_of_words_decodes_as_the_slow_twin_does(words: list[int], size: tuple[int, int]) -> None:
    data = to_bytes([word(TIME_HIGH, 7), *words])
    decoder = Evt3Decoder(width=size[0], height=size[1])
    twin = Reference(*size).feed(data)
    assert listed(decoder.decode(data)) == twin.events
    counters = decoder.counters()
    assert counters["outside_sensor"] == twin.outside
    assert counters["triggers"] == twin.triggers
    assert counters["unknown_words"] == twin.unknown


@given(usual_words, st.lists(st.integers(0, 620), max_size=6))
def test_a_stream_cut_anywhere_decodes_to_the_same_events(words: list[int], cuts: list[int]) -> None:
    data = to_bytes([word(TIME_HIGH, 7), *words])
    decoder = Evt3Decoder(width=WIDTH, height=HEIGHT)
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [decoder.decode(data[a:b]) for a, b in pairwise(bounds)]
    assert [event for piece in pieces for event in listed(piece)] == decoded(data)


def test_words_before_the_first_time_high_are_skipped_and_counted() -> None:
    decoder = Evt3Decoder(width=WIDTH, height=HEIGHT)
    data = to_bytes([word(ADDR_Y, 3), word(TIME_LOW, 5), word(ADDR_X, 9), word(TIME_HIGH, 1), word(ADDR_X, 4)])
    assert listed(decoder.decode(data)) == [(4096, 4, 0, 0)]
    assert decoder.counters()["skipped_words"] == 3


def test_repeated_time_high_words_are_no_increments() -> None:
    words = [word(TIME_HIGH, 5), word(TIME_LOW, 9), word(TIME_HIGH, 5), word(TIME_HIGH, 5), word(ADDR_X, 1)]
    assert decoded(to_bytes(words)) == [(5 * 4096 + 9, 1, 0, 0)]


def test_a_changed_time_high_restarts_the_low_part_at_zero() -> None:
    words = [word(TIME_HIGH, 5), word(TIME_LOW, 9), word(TIME_HIGH, 6), word(ADDR_X, 1)]
    assert decoded(to_bytes(words)) == [(6 * 4096, 1, 0, 0)]


@pytest.mark.parametrize(
    ("first", "second", "wraps"), [(4095, 0, 1), (2049, 0, 1), (2048, 0, 0), (10, 9, 0), (0, 4095, 0), (100, 4000, 0)]
)
def test_the_clock_wraps_where_time_high_falls_by_more_than_half_its_range(first: int, second: int, wraps: int) -> None:
    words = [word(TIME_HIGH, first), word(TIME_HIGH, second), word(ADDR_X, 1)]
    assert decoded(to_bytes(words)) == [(wraps * WRAP + second * 4096, 1, 0, 0)]


def test_a_late_event_just_before_a_wrap_does_not_move_the_clock_a_turn_ahead() -> None:
    words = [each for high in (4095, 0, 4095, 0) for each in (word(TIME_HIGH, high), word(ADDR_X, 1))]
    assert [t for t, *_ in decoded(to_bytes(words))] == [4095 * 4096, WRAP, 4095 * 4096, WRAP]


def test_times_are_not_made_ascending() -> None:
    words = [word(TIME_HIGH, 1), word(TIME_LOW, 9), word(ADDR_X, 1), word(TIME_LOW, 4), word(ADDR_X, 2)]
    assert [t for t, *_ in decoded(to_bytes(words))] == [4096 + 9, 4096 + 4]


def test_events_outside_the_sensor_are_dropped_and_counted() -> None:
    decoder = Evt3Decoder(width=100, height=50)
    words = [
        word(TIME_HIGH, 0),
        word(ADDR_Y, 50),
        word(ADDR_X, 1),
        word(ADDR_Y, 49),
        word(ADDR_X, 100),
        word(ADDR_X, 99),
    ]
    words += [word(VECT_BASE_X, 95), word(VECT_12, 0xFFF), word(VECT_8, 0xFF)]
    events = listed(decoder.decode(to_bytes(words)))
    assert [(x, y) for _, x, y, _ in events] == [(99, 49), *((x, 49) for x in range(95, 100))]
    assert decoder.counters()["outside_sensor"] == 2 + 7 + 8


@pytest.mark.parametrize("kind", [0x1, 0x9, 0xB, 0xC, 0xD])
def test_words_of_unknown_type_are_ignored_and_counted(kind: int) -> None:
    decoder = Evt3Decoder(width=WIDTH, height=HEIGHT)
    data = to_bytes([word(TIME_HIGH, 0), word(kind, 0x999), word(EXT_TRIGGER, 1), word(ADDR_X, 2)])
    assert len(listed(decoder.decode(data))) == 1
    assert decoder.counters()["unknown_words"] == 1
    assert decoder.counters()["triggers"] == 1


@given(st.integers(0, 1 << 52), st.integers(0, WRAP - 1))
def test_a_seeded_clock_starts_nearest_to_the_given_time(near_us: int, clock_us: int) -> None:
    data = to_bytes([word(TIME_HIGH, clock_us >> 12), word(ADDR_X, 1)])
    t = decoded(data, near_us=near_us)[0][0]
    assert t % WRAP == clock_us & ~0xFFF
    assert abs(t - near_us) <= WRAP // 2 or t < WRAP


def test_a_message_lost_over_several_wraps_is_no_matter_where_messages_carry_their_time() -> None:
    decoder = Evt3Decoder(width=WIDTH, height=HEIGHT)
    message = to_bytes([word(TIME_HIGH, 3), word(ADDR_X, 1)])
    times = [listed(decoder.decode(message, near_us=near))[0][0] for near in (0, 70 * WRAP, 5 * WRAP)]
    assert times == [3 * 4096, 70 * WRAP + 3 * 4096, 5 * WRAP + 3 * 4096]


def test_a_reset_decoder_waits_for_a_time_again() -> None:
    decoder = Evt3Decoder(width=WIDTH, height=HEIGHT)
    decoder.decode(to_bytes([word(TIME_HIGH, 3)]) + b"\x01")
    decoder.reset()
    assert decoder.decode(to_bytes([word(ADDR_X, 1)])) == []
    assert decoder.counters()["skipped_words"] == 1


def test_a_span_of_more_than_32_bits_of_time_arrives_in_several_packets() -> None:
    rows = [(0, 1, 1, 0), ((1 << 32) + 10_000, 2, 2, 1)]
    packets = Evt3Decoder(width=WIDTH, height=HEIGHT).decode(encode(rows))
    assert len(packets) == 2
    assert listed(packets) == rows


def test_a_strided_array_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="one contiguous block"):
        Evt3Decoder(width=WIDTH, height=HEIGHT).decode(np.zeros(10, np.uint8)[::2])


def test_a_decoder_refuses_an_impossible_sensor() -> None:
    with pytest.raises(InvalidArgumentError, match="width is 0"):
        Evt3Decoder(width=0, height=720)


@st.composite
def packets(draw: st.DrawFn) -> list[Event]:
    """Events as sensors give them: rows, runs of neighbours, a clock that moves on, and a little late now and then."""
    t = draw(st.one_of(st.integers(0, 1 << 50), st.sampled_from([WRAP - 2, 4095, (7 << 24) + 1])))
    rows: list[Event] = []
    for _ in range(draw(st.integers(1, 12))):
        steps = (0, 1, 4096, 10_000, WRAP // 2, WRAP - 1, WRAP, 20 * WRAP)
        t = max(0, t + draw(st.one_of(st.sampled_from(steps), st.integers(-9, 9))))
        y, p, x = draw(st.integers(0, 2047)), draw(st.integers(0, 1)), draw(st.integers(0, 2047))
        for step in draw(st.lists(st.integers(-1, 5), max_size=14)):
            rows.append((t, x, y, p))
            x = min(max(x + step, 0), 2047)
        rows.append((t, x, y, p))
    return rows


@given(packets())
def test_encoded_packets_decode_to_the_same_events(rows: list[Event]) -> None:
    data = encode_evt3(events_of(rows))
    assert decoded(bytes(data), width=2048, height=2048, near_us=rows[0][0]) == rows


@given(packets())
def test_the_slow_twin_reads_what_the_encoder_writes(rows: list[Event]) -> None:
    start = rows[0][0] // WRAP * WRAP
    if min(t for t, *_ in rows) < start:
        return  # a step back over the first wrap needs the full time beside the bytes
    twin = Reference(2048, 2048).feed(bytes(encode_evt3(events_of(rows))))
    assert [(t + start, x, y, p) for t, x, y, p in twin.events] == rows


@given(packets(), packets())
def test_every_encoded_packet_is_self_contained(first: list[Event], second: list[Event]) -> None:
    decoder = Evt3Decoder(width=2048, height=2048)
    for rows in (first, second):
        assert listed(decoder.decode(encode_evt3(events_of(rows)), near_us=rows[0][0])) == rows


def test_an_encoded_packet_starts_with_its_time() -> None:
    words = np.frombuffer(encode_evt3(events_of([(5 * 4096 + 17, 1, 2, 1)])), "<u2")
    assert words.tolist() == [word(TIME_HIGH, 5), word(TIME_LOW, 17), word(ADDR_Y, 2), word(ADDR_X, 1 << 11 | 1)]


def test_runs_of_four_neighbours_take_one_vector() -> None:
    rows = [(0, x, 7, 1) for x in (3, 5, 6, 14)]
    words = np.frombuffer(encode_evt3(events_of(rows)), "<u2").tolist()
    assert words[2:] == [word(ADDR_Y, 7), word(VECT_BASE_X, 1 << 11 | 3), word(VECT_12, 0b100000001101)]


def test_a_full_row_of_the_sensor_costs_a_third_of_a_byte_an_event() -> None:
    data = encode_evt3(events_of([(0, x, 7, 1) for x in range(1200)]))
    assert len(data) == 6 + 100 * 4
    assert len(decoded(bytes(data))) == 1200


def test_an_empty_packet_encodes_to_its_time_alone() -> None:
    empty = Events.from_numpy(t=[], x=[], y=[], p=[], width=10, height=10)
    assert len(encode_evt3(empty)) == 4
    assert decoded(bytes(encode_evt3(empty))) == []


def test_coordinates_above_2047_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="x=2048 y=5; EVT3 holds coordinates of 0 to 2047"):
        encode_evt3(events_of([(0, 2048, 5, 1)], width=4000, height=4000))


@pytest.mark.parametrize(("start", "back"), [(3 * WRAP - 1, WRAP // 2 + 4096), (2 * WRAP + 5, 8192)])
def test_steps_back_that_no_decoder_could_follow_are_refused(start: int, back: int) -> None:
    with pytest.raises(InvalidArgumentError, match="time steps back by about"):
        encode_evt3(events_of([(start, 1, 1, 1), (start - back, 1, 1, 1)]))


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1 << 30))
def test_a_packet_of_random_events_fits_the_memory_that_is_set_aside(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 20_000
    times = rng.integers(0, 1 << 22, count) * 2  # both ways, by less than half a wrap
    columns = {name: rng.integers(0, 2048, count) for name in "xy"}
    events = Events.from_numpy(t=times, **columns, p=rng.integers(0, 2, count), width=2048, height=2048)
    out = Evt3Decoder(width=2048, height=2048).decode(encode_evt3(events), near_us=events.first_us)
    assert np.array_equal(np.concatenate([each.to_numpy() for each in out]), events.to_numpy())
