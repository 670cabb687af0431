"""The books of a link: what came, what was lost, what was refused."""

import random

import numpy as np
import pytest
from link_packets import HEIGHT, WIDTH, packet

from aestream_bridge.links.arrivals import MAX_STREAMS, Arrivals
from aestream_bridge.links.packet_header import PacketHeader, PacketNumbering
from aestream_core.events import RECORD_DTYPE

Message = tuple[bytes, memoryview]


def messages(stream: int = 1, count: int = 10, *, ends: bool = True) -> list[Message]:
    numbering = PacketNumbering(stream, width=WIDTH, height=HEIGHT)
    packets = [packet(n, 100 + n) for n in range(count)]
    made = [(numbering.header(each, stamp_ns=0).pack(), each.buffer()) for each in packets]
    return made + [(numbering.end(stamp_ns=0).pack(), memoryview(b""))] * ends


def test_every_packet_comes_out_as_it_went_in() -> None:
    arrivals = Arrivals()
    for n, message in enumerate(messages(ends=False)):
        events = arrivals.take(*message)
        assert events is not None
        assert np.array_equal(events.to_numpy(), packet(n, 100 + n).to_numpy())
    assert not arrivals.ended
    assert (arrivals.counters.packets, arrivals.counters.lost_packets) == (10, 0)


@pytest.mark.parametrize("missing", [{3}, {1, 2, 3}, {9}, {2, 5, 9}])
def test_events_that_never_came_are_counted_also_at_the_end(missing: set[int]) -> None:
    arrivals = Arrivals()
    for n, message in enumerate(messages()):
        if n not in missing:
            arrivals.take(*message)
    assert arrivals.ended
    assert arrivals.counters.lost_packets == len(missing)
    assert arrivals.counters.lost_events == sum(100 + n for n in missing)
    assert arrivals.counters.events + arrivals.counters.lost_events == sum(100 + n for n in range(10))


def test_what_was_sent_before_this_end_listened_is_not_lost() -> None:
    arrivals = Arrivals()
    for message in messages()[4:]:
        arrivals.take(*message)
    assert (arrivals.counters.lost_packets, arrivals.counters.packets) == (0, 6)


def test_a_packet_behind_its_successor_is_left_out_and_counted() -> None:
    arrivals, made = Arrivals(), messages()
    for n in (0, 2, 1, 2, 3):
        arrivals.take(*made[n])
    assert (arrivals.counters.packets, arrivals.counters.reordered_packets) == (3, 2)
    assert arrivals.counters.lost_packets == 1


def test_the_stream_ends_with_its_last_sender() -> None:
    arrivals = Arrivals()
    first, second = messages(1), messages(2)
    for message in (*first[:-1], *second):
        arrivals.take(*message)
    assert not arrivals.ended
    arrivals.take(*first[-1])
    assert arrivals.ended


def test_a_sender_that_began_again_is_not_a_loss() -> None:
    arrivals = Arrivals()
    for message in (*messages(1, ends=False), *messages(2)):
        arrivals.take(*message)
    assert (arrivals.counters.lost_packets, arrivals.counters.reordered_packets) == (0, 0)


def test_senders_without_number_take_bounded_memory() -> None:
    arrivals = Arrivals()
    for stream in range(10 * MAX_STREAMS):
        arrivals.take(*messages(stream, 1, ends=False)[0])
    assert len(arrivals._next) == MAX_STREAMS
    assert len(arrivals._open) <= MAX_STREAMS


def test_events_outside_the_sensor_are_left_out_and_counted() -> None:
    records = np.zeros(4, RECORD_DTYPE)
    records["x"] = [0, WIDTH, 5, 5]
    records["yp"] = [0, 0, HEIGHT, 0x8000 | (HEIGHT - 1)]
    header = PacketHeader(1, 0, 0, 0, 0, 4, WIDTH, HEIGHT).pack()
    arrivals = Arrivals()
    events = arrivals.take(header, records.tobytes())
    assert events is not None
    assert events.to_numpy()[["x", "y", "p"]].tolist() == [(0, 0, False), (5, HEIGHT - 1, True)]
    assert (arrivals.counters.events, arrivals.counters.outside_sensor) == (2, 2)


def test_packets_of_another_sensor_and_of_another_length_are_refused_and_counted() -> None:
    arrivals = Arrivals()
    arrivals.take(*messages()[0])
    assert arrivals.take(PacketHeader(5, 0, 0, 0, 0, 0, WIDTH + 1, HEIGHT).pack(), b"") is None
    assert arrivals.take(PacketHeader(5, 0, 0, 0, 0, 2, WIDTH, HEIGHT).pack(), bytes(8)) is None
    assert arrivals.counters.refused_packets == 2


def test_random_bytes_are_counted_and_never_raise() -> None:
    rng = random.Random(1)
    arrivals, made = Arrivals(), messages()
    for _ in range(3000):
        header, records = bytearray(made[rng.randrange(10)][0]), rng.randbytes(rng.randrange(0, 2000))
        for _ in range(rng.randrange(1, 6)):
            header[rng.randrange(64)] = rng.randrange(256)
        arrivals.take(bytes(header), records)
    assert arrivals.counters.refused_packets > 1000
