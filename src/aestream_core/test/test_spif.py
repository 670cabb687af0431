"""The SPIF codec against its slow twin."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spif_reference import RANGE, Event, Reference, encode, word

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.net import DatagramDecoder, DatagramEncoder

any_words = st.lists(st.integers(0, RANGE - 1), max_size=60)
times = st.one_of(st.integers(0, 10_000), st.integers(RANGE - 10_000, RANGE - 1), st.integers(0, RANGE - 1))
coordinates = st.integers(0, 700)
usual_events = st.lists(st.tuples(times, coordinates, coordinates, st.integers(0, 1)), max_size=40)
datagrams = st.one_of(
    any_words.map(lambda words: struct.pack(f"<{len(words)}I", *words)),
    st.builds(lambda events, timed: encode(events, timestamps=timed), usual_events, st.booleans()),
    st.binary(max_size=200),
)


def listed(packets: list[Events]) -> list[Event]:
    return [tuple(int(value) for value in row) for packet in packets for row in packet.to_numpy()]


def events_of(rows: list[Event], *, width: int = 1280, height: int = 720) -> Events:
    t, x, y, p = (np.array(column) for column in zip(*rows, strict=True))
    return Events.from_numpy(t=t, x=x, y=y, p=p, width=width, height=height)


@given(st.lists(datagrams, max_size=6), st.sampled_from([(1280, 720), (640, 480), (32767, 32767), (3, 5)]))
@settings(max_examples=300, deadline=None)
def test_any_datagrams_decode_as_the_slow_twin_does(data: list[bytes], size: tuple[int, int]) -> None:
    decoder = DatagramDecoder(protocol="spif", width=size[0], height=size[1])
    twin = Reference(*size)
    usable = [each for each in data if len(each) >= 4 and each[:4] != b"AE\xff\xff"]
    for at, each in enumerate(usable):
        decoder.take(each, arrival_us=1000 * at)
        twin.decode(each, 1000 * at)
    assert listed(decoder.packets()) == twin.events
    counters = decoder.counters()
    assert counters["outside_sensor"] == twin.outside
    assert counters["cut_bytes"] == twin.cut_bytes
    assert counters["events"] == len(twin.events)


@given(usual_events.filter(bool), st.booleans(), st.data())
@settings(max_examples=100, deadline=None)
def test_events_cut_into_datagrams_anywhere_are_the_same_events(
    events: list[Event], timestamps: bool, data: st.DataObject
) -> None:
    whole = DatagramDecoder(width=1280, height=720)
    whole.take(encode(events, timestamps=timestamps), arrival_us=5)
    cut = DatagramDecoder(width=1280, height=720)
    rest = events
    while rest:
        count = data.draw(st.integers(1, len(rest)))
        cut.take(encode(rest[:count], timestamps=timestamps), arrival_us=5)
        rest = rest[count:]
    assert listed(cut.packets()) == listed(whole.packets())


@given(usual_events.filter(bool), st.booleans(), st.integers(1, 50))
@settings(max_examples=100, deadline=None)
def test_datagrams_that_are_sent_are_those_of_the_slow_twin(
    events: list[Event], timestamps: bool, per_datagram: int
) -> None:
    encoder = DatagramEncoder(protocol="spif", timestamps=timestamps, events_per_datagram=per_datagram)
    sent = encoder.encode(events_of(events))
    parts = [events[at : at + per_datagram] for at in range(0, len(events), per_datagram)]
    assert sent == [encode(part, timestamps=timestamps) for part in parts]
    assert encoder.end() == []


def test_a_datagram_of_spiffer_and_one_of_aestream_are_read_whole() -> None:
    for count in (256, 128, 16376):
        decoder = DatagramDecoder(width=640, height=480)
        decoder.take(encode([(0, i % 640, i % 480, i & 1) for i in range(count)], timestamps=False), arrival_us=7)
        assert decoder.counters()["events"] == count


def test_the_doubled_last_datagram_of_aestream_gives_every_event_that_it_holds() -> None:
    events = [(1000 + i, i, 2 * i, 1) for i in range(4)]
    stale = [(900 + i, 1, 1, 0) for i in range(4)]
    decoder = DatagramDecoder(width=640, height=480)
    decoder.take(encode(events + stale, timestamps=True))
    assert listed(decoder.packets()) == events + stale


def test_events_without_times_get_that_of_their_arrival_or_of_the_timed_one_before_them() -> None:
    words = [word(1, 1, 1), word(2, 2, 0, timed=True), 77, word(3, 3, 1)]
    decoder = DatagramDecoder(width=640, height=480)
    decoder.take(struct.pack("<4I", *words), arrival_us=5)
    assert listed(decoder.packets()) == [(5, 1, 1, 1), (77, 2, 2, 0), (77, 3, 3, 1)]


def test_times_go_on_where_their_32_bits_roll_over() -> None:
    decoder = DatagramDecoder(width=640, height=480)
    for t in (RANGE - 10, 5, RANGE - 3, 6):
        decoder.take(encode([(t, 1, 1, 1)], timestamps=True))
    assert [row[0] for row in listed(decoder.packets())] == [RANGE - 10, RANGE + 5, RANGE - 3, RANGE + 6]


def test_each_sender_has_a_clock_of_its_own() -> None:
    decoder = DatagramDecoder(width=640, height=480)
    for sender, t in ((1, RANGE - 10), (2, 5), (1, 5), (2, 6)):
        decoder.take(encode([(t, sender, 1, 1)], timestamps=True), sender=sender)
    times = {
        x: [row[0] for row in listed(decoder_packets) if row[1] == x] for x, decoder_packets in _by_sender(decoder)
    }
    assert times == {1: [RANGE - 10, RANGE + 5], 2: [5, 6]}


def _by_sender(decoder: DatagramDecoder) -> list[tuple[int, list[Events]]]:
    packets = decoder.packets()
    return [(x, [packet for packet in packets if int(packet.records()["x"][0]) == x]) for x in (1, 2)]


def test_events_that_spif_cannot_hold_are_left_out() -> None:
    records = np.array([(0, 5, 6), (1, 0x7FFF, 6), (2, 0xFFFF, 6), (3, 7, 8)], "<u4,<u2,<u2")
    encoder = DatagramEncoder(protocol="spif")
    sent = encoder.encode(Events.from_records(records, t0_us=0, width=640, height=480))
    assert b"".join(sent) == encode([(0, 5, 6, 0), (3, 7, 8, 0)], timestamps=False)


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\0"])
def test_less_than_a_word_is_invalid(data: bytes) -> None:
    decoder = DatagramDecoder(width=640, height=480)
    decoder.take(data)
    assert decoder.counters()["invalid"] == 1


def test_a_sensor_that_nobody_says_holds_every_usual_one() -> None:
    decoder = DatagramDecoder()
    decoder.take(encode([(0, 1279, 719, 1), (0, 1280, 5, 1)], timestamps=False))
    packet = decoder.packets()[0]
    assert (packet.width, packet.height, len(packet)) == (1280, 720, 1)
    assert decoder.counters()["outside_sensor"] == 1


def test_a_datagram_larger_than_udp_holds_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=r"events_per_datagram is 16376; it must be 1 to 8188"):
        DatagramEncoder(protocol="spif", timestamps=True, events_per_datagram=16376)
    with pytest.raises(InvalidArgumentError, match=r"events_per_datagram is 8184; it must be 1 to 8183"):
        DatagramEncoder(events_per_datagram=8184)
