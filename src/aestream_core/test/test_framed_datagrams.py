"""The framed protocol: what is sent is what is described, and every fault of a network is found and counted."""

import random

import numpy as np
import pytest
from framed_reference import HEADER_BYTES, Event, crc32c, datagram
from hypothesis import given, settings
from hypothesis import strategies as st

from aestream_core import _core
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.net import DatagramDecoder, DatagramEncoder

PER_DATAGRAM = 10
NOTHING = b""  # an invalid datagram, for time to pass
FAULTS = (
    "lost_datagrams",
    "lost_events",
    "reordered",
    "late",
    "duplicated",
    "stale",
    "restarts",
    "corrupted",
    "invalid",
)


def some_events(count: int, *, start_us: int = 5_000_000_000) -> list[Event]:
    return [(start_us + 3 * i, i * 7 % 640, i * 5 % 480, i & 1) for i in range(count)]


def packet_of(rows: list[Event], *, width: int = 640, height: int = 480) -> Events:
    t, x, y, p = (np.array(column) for column in zip(*rows, strict=True))
    return Events.from_numpy(t=t, x=x, y=y, p=p, width=width, height=height)


def listed(packets: list[Events]) -> list[Event]:
    return [tuple(int(value) for value in row) for packet in packets for row in packet.to_numpy()]


def sent(count: int, **settings: object) -> tuple[list[Event], list[bytes]]:
    """Events, and the datagrams of ten events each that a sender makes of them."""
    rows = some_events(count)
    return rows, DatagramEncoder(events_per_datagram=PER_DATAGRAM, **settings).encode(packet_of(rows))


def received(datagrams: list[bytes], **settings: object) -> tuple[list[Event], dict[str, int]]:
    """Events, once nothing waits any more, and those counters of faults that are not 0."""
    decoder = DatagramDecoder(**settings)
    for at, each in enumerate(datagrams):
        decoder.take(each, arrival_us=at)
    decoder.take(NOTHING, arrival_us=1_000_000)
    rows = listed(decoder.packets())
    counters = decoder.counters()
    counters["invalid"] -= 1
    assert counters["events"] == len(rows)
    return rows, {name: counters[name] for name in FAULTS if counters[name]}


def test_datagrams_are_those_that_the_documentation_describes() -> None:
    rows = some_events(25)
    encoder = DatagramEncoder(events_per_datagram=PER_DATAGRAM)
    made = [*encoder.encode(packet_of(rows)), *encoder.end()]
    session = int.from_bytes(made[0][12:16], "little")
    how = {"session": session, "t0_us": rows[0][0]}
    expected = [
        datagram(rows[at : at + 10], seq=i, first_event=at, **how) for i, at in enumerate(range(0, 25, PER_DATAGRAM))
    ]
    assert made == [*expected, datagram([], seq=3, first_event=25, flags=1, **how)]


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_the_checksum_is_crc32c_by_instruction_by_table_and_by_bit(data: bytes) -> None:
    assert _core.crc32c(data) == _core.crc32c_by_table(data) == crc32c(data)


def test_the_checksum_of_the_specification() -> None:
    assert _core.crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4
    assert _core.crc32c(bytes(range(32))) == 0x46DD794E


@given(st.integers(1, 200), st.integers(1, 60))
@settings(max_examples=50, deadline=None)
def test_events_arrive_as_they_were_sent_however_they_are_cut(count: int, per_datagram: int) -> None:
    rows = some_events(count)
    assert received(DatagramEncoder(events_per_datagram=per_datagram).encode(packet_of(rows))) == (rows, {})


@given(st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 2**32 - 1)), min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_times_far_apart_and_out_of_order_arrive_as_they_were_sent(times: list[tuple[int, int]]) -> None:
    encoder, decoder = DatagramEncoder(), DatagramDecoder()
    rows = []
    for base, offset in times:
        part = [(base + offset, 1, 2, 1), (base, 3, 4, 0)]
        rows += part
        for each in encoder.encode(packet_of(part)):
            decoder.take(each)
    assert listed(decoder.packets()) == rows


def test_the_first_datagram_says_the_sensor() -> None:
    _, datagrams = sent(10)
    decoder = DatagramDecoder()
    decoder.take(datagrams[0])
    packet = decoder.packets()[0]
    assert (packet.width, packet.height) == (640, 480)


def test_a_lost_datagram_is_counted_with_its_events_once_later_ones_have_waited_long_enough() -> None:
    rows, datagrams = sent(400)
    del datagrams[7:9]
    assert received(datagrams) == (rows[:70] + rows[90:], {"lost_datagrams": 2, "lost_events": 20})


def test_datagrams_wait_for_a_missing_one_for_10_ms_at_most() -> None:
    rows, datagrams = sent(50)
    decoder = DatagramDecoder()
    for at in (0, 2, 3):
        decoder.take(datagrams[at], arrival_us=1000)
    assert listed(decoder.packets()) == rows[:10]
    decoder.take(NOTHING, arrival_us=10_999)
    assert listed(decoder.packets()) == []
    decoder.take(NOTHING, arrival_us=11_000)
    assert listed(decoder.packets()) == rows[20:40]
    assert decoder.counters()["lost_events"] == 10


def test_datagrams_out_of_order_are_put_back_into_order() -> None:
    rows, datagrams = sent(100)
    datagrams[3], datagrams[5] = datagrams[5], datagrams[3]
    assert received(datagrams) == (rows, {"reordered": 2})


def test_a_datagram_that_comes_too_late_is_delivered_out_of_order_and_no_longer_lost() -> None:
    rows, datagrams = sent(400)
    datagrams.append(datagrams.pop(3))
    assert received(datagrams) == (rows[:30] + rows[40:] + rows[30:40], {"reordered": 1, "late": 1})


def test_without_a_window_everything_is_delivered_as_it_comes() -> None:
    rows, datagrams = sent(30)
    datagrams[1], datagrams[2] = datagrams[2], datagrams[1]
    expected = rows[:10] + rows[20:] + rows[10:20]
    assert received(datagrams, reorder=0) == (expected, {"reordered": 1, "late": 1})


def test_a_datagram_that_comes_twice_is_delivered_once() -> None:
    rows, datagrams = sent(100)
    # Right behind itself, while it waits for another one, and long after.
    repeated = [
        datagrams[0],
        datagrams[0],
        *datagrams[2:4],
        datagrams[3],
        *datagrams[1:2],
        *datagrams[4:],
        datagrams[2],
    ]
    assert received(repeated) == (rows, {"reordered": 1, "duplicated": 3})


def test_a_sender_that_starts_again_begins_a_new_sequence() -> None:
    first_rows, first = sent(50)
    again_rows, again = sent(50)
    assert received([*first, *again]) == (first_rows + again_rows, {"restarts": 1})


def test_what_waits_of_a_session_is_delivered_before_the_next_one_and_its_stragglers_are_left_out() -> None:
    rows, first = sent(50)
    again_rows, again = sent(20)
    straggler = first.pop(2)
    expected = rows[:20] + rows[30:] + again_rows
    faults = {"lost_datagrams": 1, "lost_events": 10, "stale": 1, "restarts": 1}
    assert received([*first, again[0], straggler, again[1]]) == (expected, faults)


def test_the_end_says_what_was_lost_before_it() -> None:
    rows = some_events(50)
    encoder = DatagramEncoder(events_per_datagram=PER_DATAGRAM)
    datagrams = [*encoder.encode(packet_of(rows))[:3], *encoder.end()]
    decoder = DatagramDecoder(reorder=0)
    for each in datagrams + datagrams[-1:] * 2:
        decoder.take(each)
    counters = decoder.counters()
    assert (counters["lost_datagrams"], counters["lost_events"], counters["duplicated"]) == (2, 20, 0)


@given(st.integers(0, 40 * 8 + 80 * 8 - 1))
@settings(max_examples=150, deadline=None)
def test_any_flipped_bit_is_found(bit: int) -> None:
    _, datagrams = sent(10)
    damaged = bytearray(datagrams[0])
    damaged[bit // 8] ^= 1 << bit % 8
    decoder = DatagramDecoder(protocol="framed")
    decoder.take(bytes(damaged))
    counters = decoder.counters()
    assert counters["corrupted"] + counters["invalid"] == 1
    assert counters["events"] == 0


@given(st.integers(0, HEADER_BYTES + 8 * PER_DATAGRAM - 1))
@settings(max_examples=60, deadline=None)
def test_a_cut_datagram_is_invalid(size: int) -> None:
    _, datagrams = sent(10)
    decoder = DatagramDecoder(protocol="framed")
    decoder.take(datagrams[0][:size])
    assert (decoder.counters()["invalid"], decoder.counters()["events"]) == (1, 0)


@pytest.mark.parametrize(
    "what",
    [{"version": 2}, {"size": (0, 480)}, {"size": (640, 0x8000)}, {"t0_us": 2**63}, {"flags": 2}],
    ids=lambda what: next(iter(what)),
)
def test_a_header_that_no_sender_writes_is_invalid_even_with_the_right_checksum(what: dict[str, object]) -> None:
    _, counters = received([datagram([], seq=0, first_event=0, **what)])  # type: ignore[arg-type]
    assert counters == {"invalid": 1}


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_a_network_that_loses_repeats_and_reorders_leaves_balanced_books(draw: random.Random) -> None:
    rows, datagrams = sent(600)
    path = [each for each in datagrams for _ in range(draw.choice((0, 1, 1, 1, 1, 2)))]
    for _ in range(20):
        at = draw.randrange(max(1, len(path) - 12))
        path[at : at + 10] = draw.sample(path[at : at + 10], len(path[at : at + 10]))
    rows_came, counters = received([datagrams[0], *path, datagrams[-1]])
    came = {*path, datagrams[0], datagrams[-1]}
    assert sorted(rows_came) == sorted(row for at, row in enumerate(rows) if datagrams[at // PER_DATAGRAM] in came)
    assert counters.get("lost_datagrams", 0) == len(datagrams) - len(came)
    assert counters.get("lost_events", 0) == len(rows) - len(rows_came)
    assert counters.get("duplicated", 0) == len(path) + 2 - len(came)


def test_a_receiver_told_one_protocol_leaves_the_other_out() -> None:
    _, framed = sent(10)
    assert received(framed, protocol="spif") == ([], {"invalid": 1})
    assert received([bytes(4)], protocol="framed") == ([], {"invalid": 1})


def test_events_outside_the_sensor_are_left_out_and_counted() -> None:
    rows, datagrams = sent(100)
    decoder = DatagramDecoder(width=100, height=480)
    for each in datagrams:
        decoder.take(each)
    inside = [row for row in rows if row[1] < 100]
    assert listed(decoder.packets()) == inside
    assert decoder.counters()["outside_sensor"] == len(rows) - len(inside)


def test_a_sender_over_its_limit_loses_events_and_the_others_none() -> None:
    rows = some_events(2000)
    decoder = DatagramDecoder(sender_limit_hz=1000)
    loud = DatagramEncoder(events_per_datagram=PER_DATAGRAM).encode(packet_of(rows))
    quiet = DatagramEncoder(events_per_datagram=PER_DATAGRAM).encode(packet_of(rows[:50]))
    for at, each in enumerate(loud):
        decoder.take(each, sender=1, arrival_us=100 * at)
        if at % 40 == 0:
            decoder.take(quiet[at // 40], sender=2, arrival_us=100 * at)
    packets = decoder.packets()
    counters = decoder.counters()
    assert listed([each for each in packets if len(each) == 50]) == rows[:50]
    assert counters["events"] + counters["limited_events"] == 2050
    assert counters["events"] - 50 <= 0.02 * 1000 + 100 + PER_DATAGRAM
    assert counters["lost_events"] == 0


def test_a_datagram_that_comes_twice_beyond_the_limit_counts_once() -> None:
    _, datagrams = sent(1000)
    decoder = DatagramDecoder(sender_limit_hz=1000)
    for each in datagrams:
        decoder.take(each)
        decoder.take(each)
    counters = decoder.counters()
    assert counters["duplicated"] == len(datagrams)
    assert counters["events"] + counters["limited_events"] == 1000


def test_senders_beyond_what_is_remembered_are_forgotten_and_their_events_still_delivered() -> None:
    decoder = DatagramDecoder(most_senders=4)
    _, datagrams = sent(10)
    for sender in range(10):
        decoder.take(datagrams[0], sender=sender, arrival_us=sender)
    counters = decoder.counters()
    assert (counters["senders"], counters["evicted"], counters["events"]) == (10, 6, 100)
    assert sum(map(len, decoder.packets())) == 100


def test_a_sender_that_nobody_takes_events_of_waits_within_bounds() -> None:
    encoder = DatagramEncoder(events_per_datagram=8000)
    packet = packet_of(some_events(8000))
    decoder = DatagramDecoder()
    for _ in range(1200):
        decoder.take(encoder.encode(packet)[0])
    counters = decoder.counters()
    assert counters["events"] <= 1 << 23
    assert counters["events"] + counters["limited_events"] == 1200 * 8000
    assert sum(map(len, decoder.packets())) == counters["events"]


def test_a_packet_that_no_datagram_can_say_is_refused() -> None:
    encoder = DatagramEncoder()
    records = np.zeros(1, "<u4,<u2,<u2")
    late = Events.from_records(records, t0_us=2**63, width=640, height=480)
    with pytest.raises(InvalidArgumentError, match="framed datagrams hold times up to 2\\^63 us"):
        encoder.encode(late)
