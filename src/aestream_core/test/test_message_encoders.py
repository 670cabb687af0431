"""What is written in the encodings of ROS messages comes out again, whole, in parts and with messages missing."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from message_reference import Event, decode_event_array, decode_libcaer, decode_libcaer_cmp, decode_mono
from recording_files import joined

from aestream_core import _core
from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.messages import WRITTEN_ENCODINGS, MessageDecoder, MessageEncoder
from aestream_core.simulator import SimConfig, open_simulator

NARROW = ("evt2", "evt21", "evt3", "libcaer_cmp")
"""Encodings whose coordinates have 11 bits."""
NARROW_SIDE, WIDE_SIDE = 2048, 32767


def packet_of(events: Sequence[Event], side: int) -> Events:
    t, x, y, p = zip(*events, strict=True)
    return Events.from_numpy(t=t, x=x, y=y, p=p, width=side, height=side)


def there_and_back(encoding: str, packets: Sequence[Events]) -> list[Event]:
    encoder, first = MessageEncoder(encoding), packets[0]
    decoder = MessageDecoder(encoding, width=first.width, height=first.height)
    out: list[Events] = []
    for packet in packets:
        for message in encoder.encode(packet):
            decoded = decoder.decode(message.data, time_base_ns=message.base_us * 1000)
            assert sum(map(len, decoded)) == message.count
            out += decoded
    assert not any(decoder.counters().values())
    return [tuple(map(int, event)) for event in joined(out)]


def events_within(side: int, span_us: int, start_us: int = 0) -> st.SearchStrategy[list[Event]]:
    place = st.integers(0, side - 1)
    time = st.integers(start_us, start_us + span_us)
    return st.lists(st.tuples(time, place, place, st.integers(0, 1)), min_size=1, max_size=40)


def test_every_encoding_that_a_driver_offers_is_written() -> None:
    assert set(WRITTEN_ENCODINGS) == {*NARROW, "libcaer", "mono", "event_array"}


@pytest.mark.parametrize("encoding", WRITTEN_ENCODINGS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_events_in_any_order_come_out_as_they_went_in(encoding: str, data: st.DataObject) -> None:
    side = NARROW_SIDE if encoding in NARROW else WIDE_SIDE
    span_us = data.draw(st.sampled_from((0, 50, 70_000, 20_000_000, 2**32 - 1)))
    start_us = data.draw(st.sampled_from((0, 2**24 - 30, 2**34 - 100, 1_702_309_120_000_000)))
    events = data.draw(events_within(side, span_us, start_us))
    assert there_and_back(encoding, [packet_of(events, side)]) == events


@pytest.mark.parametrize("encoding", WRITTEN_ENCODINGS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_events_of_few_places_and_times_make_vectors_and_come_out_as_they_went_in(
    encoding: str, data: st.DataObject
) -> None:
    few = st.tuples(st.integers(7, 9), st.integers(30, 45), st.integers(0, 12), st.integers(0, 1))
    events = data.draw(st.lists(few, min_size=1, max_size=60))
    ordered = data.draw(st.sampled_from((sorted(events), sorted(events, key=lambda e: (e[0], e[3], e[1], e[2])))))
    assert there_and_back(encoding, [packet_of(ordered, 64)]) == ordered


@pytest.mark.parametrize("encoding", WRITTEN_ENCODINGS)
def test_simulated_events_come_out_as_they_went_in(encoding: str) -> None:
    config = SimConfig(width=320, height=240, scene="shapes", rate_hz=2e6, seed=5, duration_us=40_000)
    packets = list(open_simulator(config, packet_us=1000))
    expected = np.concatenate([packet.to_numpy() for packet in packets])
    assert len(expected) > 20_000
    assert there_and_back(encoding, packets) == [tuple(map(int, event)) for event in expected]


@pytest.mark.parametrize("encoding", WRITTEN_ENCODINGS)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_packets_that_follow_each_other_after_any_pause_or_jump_back_come_out_as_they_went_in(
    encoding: str, data: st.DataObject
) -> None:
    starts = data.draw(st.lists(st.integers(0, 2**36), min_size=1, max_size=5))
    events = [data.draw(events_within(128, 3000, start_us)) for start_us in starts]
    assert there_and_back(encoding, [packet_of(each, 128) for each in events]) == [
        event for each in events for event in each
    ]


@pytest.mark.parametrize("encoding", WRITTEN_ENCODINGS)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_every_message_decodes_on_its_own_whatever_was_lost_before(encoding: str, data: st.DataObject) -> None:
    events = data.draw(events_within(128, 2**30, 77_000_000))
    place = 0
    for message in MessageEncoder(encoding).encode(packet_of(events, 128)):
        decoder = MessageDecoder(encoding, width=128, height=128)
        decoded = decoder.decode(message.data, time_base_ns=message.base_us * 1000)
        assert [tuple(map(int, event)) for event in joined(decoded)] == events[place : place + message.count]
        place += message.count
    assert place == len(events)


@settings(max_examples=40, deadline=None)
@given(events=events_within(NARROW_SIDE, 100_000, 1_000_000), cut=st.integers(0, 700))
def test_words_cut_anywhere_decode_to_the_same_events(events: list[Event], cut: int) -> None:
    for encoding in ("evt2", "evt21", "evt3"):
        encoder = MessageEncoder(encoding)
        decoder = MessageDecoder(encoding, width=NARROW_SIDE, height=NARROW_SIDE)
        out: list[Events] = []
        for message in encoder.encode(packet_of(events, NARROW_SIDE)):
            out += decoder.decode(message.data[:cut], time_base_ns=message.base_us * 1000)
            out += decoder.decode(message.data[cut:])
        assert [tuple(map(int, event)) for event in joined(out)] == events


@settings(max_examples=40, deadline=None)
@given(events=events_within(NARROW_SIDE, 10_000_000, 2_000_000_000))
def test_the_slow_twins_read_what_is_written(events: list[Event]) -> None:
    for encoding, decode in (("libcaer", decode_libcaer), ("libcaer_cmp", decode_libcaer_cmp), ("mono", decode_mono)):
        out: list[Event] = []
        for message in MessageEncoder(encoding).encode(packet_of(events, NARROW_SIDE)):
            out += decode(message.data.tobytes(), message.base_us * 1000)
        assert out == events
    [array] = MessageEncoder("event_array").encode(packet_of(events, NARROW_SIDE))
    assert decode_event_array(array.data.tobytes(), ros1=False) == events


def test_libcaer_cmp_keeps_rows_within_a_block_and_times_beyond_16_bits_apart() -> None:
    events = [(0, 5, 8, 1), (0, 5, 9, 1), (0, 5, 10, 1), (0, 5, 13, 1), (1, 5, 14, 0), (70_000, 5, 9, 0)]
    assert there_and_back("libcaer_cmp", [packet_of(events, 20)]) == events


@pytest.mark.parametrize(("encoding", "limit_us"), [("libcaer_cmp", 2**24), ("mono", 4_294_968), ("libcaer", 2**30)])
def test_a_packet_is_split_exactly_where_its_times_lie_further_apart_than_a_message_holds(
    encoding: str, limit_us: int
) -> None:
    for span_us, messages in ((limit_us - 1, 1), (limit_us, 2)):
        events = [(9, 1, 1, 0), (9 + span_us, 2, 2, 1)]
        assert len(MessageEncoder(encoding).encode(packet_of(events, 8))) == messages
        assert there_and_back(encoding, [packet_of(events, 8)]) == events


def test_libcaer_messages_never_step_back_in_time() -> None:
    events = [(50, 1, 1, 0), (60, 1, 1, 1), (55, 2, 2, 0), (56, 3, 3, 0)]
    assert [message.count for message in MessageEncoder("libcaer").encode(packet_of(events, 8))] == [2, 2]


@pytest.mark.parametrize("encoding", WRITTEN_ENCODINGS)
def test_a_packet_without_events_is_no_message(encoding: str) -> None:
    empty = Events.from_numpy(t=[], x=[], y=[], p=[], width=8, height=8)
    assert MessageEncoder(encoding).encode(empty) == []


@pytest.mark.parametrize("encoding", NARROW)
def test_coordinates_that_an_encoding_does_not_hold_are_refused(encoding: str) -> None:
    for place in ((2048, 0), (0, 2048)):
        with pytest.raises(InvalidArgumentError, match=f"x={place[0]} y={place[1]}; .* holds coordinates of 0 to 2047"):
            MessageEncoder(encoding).encode(packet_of([(0, *place, 1)], 4096))


def test_times_that_an_event_array_does_not_hold_are_refused() -> None:
    last = packet_of([(2**31 * 10**6 - 1, 1, 1, 0)], 8)
    assert len(MessageEncoder("event_array").encode(last)) == 1
    with pytest.raises(InvalidArgumentError, match="the times of an EventArray end at 2147483647 s"):
        MessageEncoder("event_array").encode(packet_of([(2**31 * 10**6, 1, 1, 0)], 8))


@pytest.mark.parametrize("encoding", ["trigger", "evt9"])
def test_an_encoding_that_is_not_written_is_refused_with_those_that_are(encoding: str) -> None:
    with pytest.raises(
        InvalidArgumentError, match=f"encoding is '{encoding}'; events are written as evt3, evt21, evt2"
    ):
        MessageEncoder(encoding)


def test_the_core_refuses_an_encoding_that_is_only_read() -> None:
    packet = packet_of([(0, 1, 1, 1)], 8)._packet
    with pytest.raises(FormatError, match="events cannot be written in encoding 'trigger'"):
        _core.encode_message("trigger", packet)
