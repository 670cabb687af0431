"""Buffered and merged streams: nothing lost, nothing out of order, faults behind what came before them."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aestream_core import InvalidArgumentError, UnknownNameError
from aestream_core.engine import Pipeline
from aestream_core.events import Events
from aestream_core.simulator import SimConfig, open_simulator
from aestream_core.stages import HandOverCounters, buffered, merged

SIM = SimConfig(width=64, height=48, rate_hz=1e5, duration_us=200_000)


def packet(times: list[int], x: int = 0, *, width: int = 64) -> Events:
    """Events at these times, all in one column."""
    count = len(times)
    return Events.from_numpy(t=times, x=[x] * count, y=[0] * count, p=[1] * count, width=width, height=48)


class Source:
    """Packets out of Python, and whether it was closed."""

    width, height = 64, 48

    def __init__(self, packets: Iterator[Events]) -> None:
        self._packets = packets
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[Events]:
        return self._packets

    def close(self) -> None:
        self.closed.set()


def times_of(packets: Iterator[Events]) -> list[int]:
    return [int(t) for each in packets for t in each.to_numpy()["t"]]


def take_all(packets: Iterator[Events], taken: list[int]) -> None:
    """Keep the times that come before a fault."""
    for each in packets:
        taken += times_of(iter([each]))


@pytest.mark.parametrize("room", [1, 2, 64])
def test_a_buffered_stream_is_the_stream(room: int) -> None:
    plain = list(open_simulator(SIM, packet_us=1000))
    ahead = buffered(open_simulator(SIM, packet_us=1000), packets=room)
    for ours, theirs in zip(ahead, plain, strict=True):
        assert np.array_equal(ours.to_numpy(), theirs.to_numpy())
        assert ours.seq == theirs.seq
    assert ahead.counters() == HandOverCounters(len(plain), sum(map(len, plain)), 0, 0)


def test_a_held_source_runs_ahead_by_the_room_there_is_and_no_further() -> None:
    asked = threading.Semaphore(0)
    given = 0

    def packets() -> Iterator[Events]:
        nonlocal given
        for at in range(20):
            given += 1
            asked.release()
            yield packet([at])

    stream = buffered(Source(packets()), packets=4)
    assert times_of(iter([next(stream)])) == [0]
    # One was taken, four wait, and one may be held in the hand.
    for _ in range(5):
        assert asked.acquire(timeout=10)
    time.sleep(0.2)
    assert given in (5, 6)
    assert times_of(stream) == list(range(1, 20))


def test_a_source_that_must_not_wait_drops_what_there_is_no_room_for_and_the_books_balance() -> None:
    finished = threading.Event()

    def packets() -> Iterator[Events]:
        for at in range(100):
            yield packet([at, at])
        finished.set()

    stream = buffered(Source(packets()), packets=8, when_full="drop")
    first = next(stream)
    assert finished.wait(10), "the source does not wait for its sink"
    rest = times_of(stream)
    counters = stream.counters()
    assert 8 <= counters.packets <= 10
    assert counters.packets + counters.dropped_packets == 100
    assert counters.events + counters.dropped_events == 200
    assert len(first) + len(rest) == counters.events
    assert times_of(iter([first])) + rest == sorted(times_of(iter([first])) + rest)


def test_a_fault_of_a_buffered_source_comes_behind_every_packet_before_it() -> None:
    def packets() -> Iterator[Events]:
        yield packet([1])
        yield packet([2])
        raise LookupError("no more")

    taken: list[int] = []
    with pytest.raises(LookupError, match="no more"):
        take_all(buffered(Source(packets())), taken)
    assert taken == [1, 2]


def test_closing_a_buffered_stream_wakes_whoever_waits_and_closes_the_source() -> None:
    source = open_simulator(SIM, packet_us=1000, speed=1e-4)
    stream = buffered(source)
    closer = threading.Timer(0.1, stream.close)
    closer.start()
    assert list(stream) == []
    closer.join()
    assert next(source, None) is None


def test_a_buffered_stream_that_is_let_go_half_read_ends_its_thread() -> None:
    def threads() -> int:
        return len(list(Path("/proc/self/task").iterdir()))

    for source in (open_simulator(SIM, packet_us=1000), Source(iter([packet([1]), packet([2]), packet([3])]))):
        stream = buffered(source, packets=1)
        next(stream)
        before = threads()
        assert before > 1
        del stream
        assert threads() < before


def test_a_pipeline_goes_through_a_buffer() -> None:
    plain = sum(map(len, open_simulator(SIM)))
    assert Pipeline(buffered(open_simulator(SIM, packet_us=1000))).run().events == plain


def test_impossible_buffers_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="packets is 0; it must be 1 or more"):
        buffered(open_simulator(SIM), packets=0)
    with pytest.raises(UnknownNameError, match="drop, hold"):
        buffered(open_simulator(SIM), when_full="wait")  # type: ignore[arg-type]


streams_of_times = st.lists(
    st.lists(st.lists(st.integers(0, 100), min_size=0, max_size=6), max_size=5).map(
        lambda packets: [sorted(times) for times in packets]
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(streams_of_times)
def test_merged_streams_are_in_order_and_nothing_is_lost(streams: list[list[list[int]]]) -> None:
    # Packets follow each other in time: shift each behind the one before it.
    shifted = [[[t + 100 * at for t in times] for at, times in enumerate(packets)] for packets in streams]
    sources = [Source(iter([packet(times, x) for times in packets if times])) for x, packets in enumerate(shifted)]
    out = [event for each in merged(*sources) for event in each.to_numpy()]
    assert [int(event["t"]) for event in out] == sorted(t for packets in shifted for times in packets for t in times)
    for x, packets in enumerate(shifted):
        assert [int(event["t"]) for event in out if event["x"] == x] == [t for times in packets for t in times]


def test_streams_that_do_not_overlap_are_merged_without_copies() -> None:
    early, late = packet([1, 2, 3]), packet([10, 11, 12])
    out = list(merged(Source(iter([late])), Source(iter([early]))))
    assert [each.address for each in out] == [early.address, late.address]
    assert [each.seq for each in out] == [0, 1]


def test_late_events_keep_their_place_in_their_own_stream() -> None:
    out = times_of(merged(Source(iter([packet([5, 3, 9])])), Source(iter([packet([4, 6])]))))
    assert sorted(out) == [3, 4, 5, 6, 9]
    assert out.index(5) < out.index(3) < out.index(9)


def test_times_that_are_hours_apart_are_merged() -> None:
    hour = 3_600_000_000
    out = times_of(
        merged(Source(iter([packet([0, hour]), packet([3 * hour])])), Source(iter([packet([2 * hour, 2 * hour + 1])])))
    )
    assert out == [0, hour, 2 * hour, 2 * hour + 1, 3 * hour]


def test_a_fault_of_one_merged_stream_comes_behind_what_the_others_had() -> None:
    def broken() -> Iterator[Events]:
        yield packet([1, 4])
        raise LookupError("no more")

    taken: list[int] = []
    with pytest.raises(LookupError, match="no more"):
        take_all(merged(Source(broken()), Source(iter([packet([2, 3, 9]), packet([20])]))), taken)
    assert taken == [1, 2, 3, 4, 9]


def test_sensors_of_different_sizes_are_not_merged() -> None:
    with pytest.raises(InvalidArgumentError, match="sensors are 64x48, 32x32; streams to merge must be of one size"):
        merged(open_simulator(SIM), open_simulator(SimConfig(width=32, height=32)))
    with pytest.raises(InvalidArgumentError, match="64x48 and of a 32x48 sensor cannot be merged"):
        list(merged(Source(iter([packet([1])])), Source(iter([packet([1], width=32)]))))
    with pytest.raises(InvalidArgumentError, match="nothing to merge"):
        merged()


def test_closing_a_merged_stream_closes_its_sources() -> None:
    sources = Source(iter([packet([1])])), Source(iter([packet([1])]))
    with merged(*sources) as stream:
        next(stream)
    assert all(source.closed.is_set() for source in sources)
    assert next(stream, None) is None
