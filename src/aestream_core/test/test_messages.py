"""The encodings of ROS messages: against slow twins, on any bytes, across messages."""

import numpy as np
import pytest
from evt3_reference import ADDR_X, EXT_TRIGGER, TIME_HIGH, TIME_LOW, encode, to_bytes, word
from hypothesis import given, settings
from hypothesis import strategies as st
from message_reference import (
    TWINS,
    Event,
    encode_event_array,
    encode_libcaer,
    encode_mono,
)
from recording_files import joined

from aestream_core import _core
from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.messages import MESSAGE_ENCODINGS, MessageDecoder

SIDE = 2047
BASE_NS = 1_702_309_120_000_000_000


def decode(encoding: str, data: bytes, time_base_ns: int = BASE_NS, side: int = SIDE) -> list[Event]:
    packets = MessageDecoder(encoding, width=side, height=side).decode(data, time_base_ns=time_base_ns)
    return [tuple(map(int, event)) for event in joined(packets)]


def inside(events: list[Event]) -> list[Event]:
    return [event for event in events if event[1] < SIDE and event[2] < SIDE]


events_near = st.lists(
    st.tuples(
        st.integers(BASE_NS // 1000, BASE_NS // 1000 + 4_000_000),
        st.integers(0, SIDE - 1),
        st.integers(0, SIDE - 1),
        st.integers(0, 1),
    ),
    max_size=40,
)


def test_the_table_lists_every_encoding() -> None:
    assert set(MESSAGE_ENCODINGS) >= {"evt3", *TWINS, "trigger"}


def test_an_unknown_encoding_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        FormatError, match="events arrive in encoding 'evt9'; understood are: evt3, evt21, evt2, libcaer"
    ):
        MessageDecoder("evt9", width=10, height=10)


def test_an_impossible_sensor_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="width is 0"):
        MessageDecoder("mono", width=0, height=10)


def test_bytes_that_are_not_contiguous_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="contiguous"):
        MessageDecoder("mono", width=9, height=9).decode(np.zeros(32, np.uint8)[::2])


@pytest.mark.parametrize("encoding", TWINS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=600))
def test_any_bytes_decode_as_the_slow_twin_says(encoding: str, data: bytes) -> None:
    assert decode(encoding, data) == inside(TWINS[encoding](data, BASE_NS))


@pytest.mark.parametrize("encoding", [*TWINS, "evt3", "trigger"])
@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=300), sizes=st.lists(st.integers(0, 50), max_size=8))
def test_any_bytes_cut_into_messages_anywhere_do_no_harm(encoding: str, data: bytes, sizes: list[int]) -> None:
    side = _core.SideRecords(triggers=True, imu=False, frames=False)
    decoder = MessageDecoder(encoding, width=640, height=480, side=side)
    for size in (*sizes, len(data)):
        for packet in decoder.decode(data[:size], time_base_ns=BASE_NS):
            records = packet.to_numpy()
            assert records["x"].max() < 640
            assert records["y"].max() < 480
        data = data[size:]


@given(events=events_near)
@settings(max_examples=50, deadline=None)
def test_events_come_out_as_they_went_in(events: list[Event]) -> None:
    assert decode("libcaer", encode_libcaer(events, BASE_NS // 1000)) == events
    assert decode("mono", encode_mono(events, BASE_NS // 1000)) == events
    assert decode("event_array", encode_event_array(events, ros1=False)) == events
    assert decode("event_array_ros1", encode_event_array(events, ros1=True)) == events


def test_libcaer_goes_on_over_a_roll_over_of_its_clock() -> None:
    base_us = 1 << 40
    times = [base_us + (1 << 31) + step for step in (-3, -1, 2, -2, 5)]
    data = encode_libcaer([(t, 1, 2, 1) for t in times], base_us)
    assert [event[0] for event in decode("libcaer", data, base_us * 1000)] == times


def test_invalid_libcaer_events_are_left_out_and_counted() -> None:
    decoder = MessageDecoder("libcaer", width=9, height=9)
    assert decoder.decode(bytes(16)) == []
    assert decoder.counters()["skipped_words"] == 2


@pytest.mark.parametrize(("encoding", "size"), [("libcaer", 8), ("mono", 8), ("trigger", 8), ("event_array_ros1", 13)])
def test_a_message_that_ends_inside_a_record_gives_what_is_before_it_and_counts(encoding: str, size: int) -> None:
    data = encode_event_array([(7, 1, 2, 1)] * 3, ros1=True) if size == 13 else encode_libcaer([(7, 1, 2, 1)] * 3, 0)
    for cut in range(len(data) + 1):
        decoder = MessageDecoder(encoding, width=9999, height=9999)
        events = sum(map(len, decoder.decode(data[:cut])))
        assert encoding == "trigger" or events == cut // size
        assert decoder.counters()["damaged"] == (cut % size != 0)


def test_events_outside_the_sensor_are_dropped_and_counted() -> None:
    decoder = MessageDecoder("mono", width=10, height=10)
    data = encode_mono([(1, 9, 9, 1), (2, 10, 9, 1), (3, 9, 10, 0)], 0)
    assert sum(map(len, decoder.decode(data))) == 1
    assert decoder.counters()["outside_sensor"] == 2


def test_evt3_goes_on_over_messages_cut_anywhere() -> None:
    data = encode([(5_000 + 3 * i, i % 640, i % 480, i % 2) for i in range(60)])
    whole = decode("evt3", data, 0)
    for cut in range(len(data)):
        decoder = MessageDecoder("evt3", width=SIDE, height=SIDE)
        packets = decoder.decode(data[:cut]) + decoder.decode(data[cut:])
        assert [tuple(map(int, event)) for event in joined(packets)] == whole


def test_evt3_takes_the_number_of_wraps_from_the_time_base() -> None:
    base_us = 5 * (1 << 24) + 77
    data = to_bytes([word(TIME_HIGH, 0), word(TIME_LOW, 80), word(ADDR_X, 3)])
    assert decode("evt3", data, base_us * 1000) == [(5 * (1 << 24) + 80, 3, 0, 0)]
    assert decode("evt3", data, 0) == [(80, 3, 0, 0)]


def test_triggers_are_collected_where_they_are_asked_for() -> None:
    side = _core.SideRecords(triggers=True, imu=False, frames=False)
    decoder = MessageDecoder("trigger", width=9, height=9, side=side)
    assert decoder.decode(encode_mono([(11, 0, 3, 1), (12, 0, 3, 0)], 0)) == []
    assert [tuple(each) for each in side.take_triggers()] == [(11, 3, 1), (12, 3, 0)]
    evt3 = MessageDecoder("evt3", width=9, height=9, side=side)
    evt3.decode(to_bytes([word(TIME_HIGH, 1), word(TIME_LOW, 4), word(EXT_TRIGGER, 2 << 8 | 1)]) + b"\x05")
    evt3.decode(b"\x60" + to_bytes([word(EXT_TRIGGER, 2 << 8)]), time_base_ns=0)
    assert [tuple(each) for each in side.take_triggers()] == [(4100, 2, 1), (4101, 2, 0)]


def test_many_messages_make_one_packet() -> None:
    decoder = MessageDecoder("mono", width=9, height=9)
    assert decoder.feed(encode_mono([(1, 1, 1, 1)], 0)) == 1
    assert decoder.feed(encode_mono([(2, 1, 1, 1)], 0)) == 2
    assert [len(packet) for packet in decoder.take()] == [2]
    assert decoder.take() == []
