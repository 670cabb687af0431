"""Latencies of one period, with host clocks that are set in between."""

import math

import pytest

from aestream_ros.latency import MOST_SAMPLES, LatencyWindow


class Host:
    """A host clock that can be set, and one that cannot."""

    def __init__(self) -> None:
        self.elapsed_ns = 0
        self.set_by_ns = 0
        self.window = LatencyWindow(self.now_ns, lambda: self.elapsed_ns)

    def now_ns(self) -> int:
        return 10**18 + self.elapsed_ns + self.set_by_ns

    def pass_ms(self, milliseconds: float) -> None:
        self.elapsed_ns += round(milliseconds * 1e6)


def test_median_and_99th_percentile_are_of_the_period_and_then_it_begins_again() -> None:
    host = Host()
    begin_ns = host.now_ns()
    for _ in range(100):
        host.pass_ms(1)
        host.window.since(begin_ns)
    assert host.window.take() == (50.0, 99.0)
    assert all(math.isnan(each) for each in host.window.take())


@pytest.mark.parametrize("step_ns", [3600 * 10**9, -3600 * 10**9])
def test_a_clock_that_is_set_makes_no_latency_absurd(step_ns: int) -> None:
    host = Host()
    before = [host.now_ns()] * 3
    host.pass_ms(1)
    host.set_by_ns = step_ns
    for stamp_ns in before:
        host.pass_ms(1)
        host.window.since(stamp_ns)
    stamp_ns = host.now_ns()
    host.pass_ms(5)
    host.window.since(stamp_ns)
    assert host.window.take() == (3.0, 5.0)


def test_two_periods_after_a_step_it_is_forgotten() -> None:
    host = Host()
    host.set_by_ns = 2 * 10**9
    host.window.since(host.now_ns())
    host.window.take()
    host.window.take()
    stamp_ns = host.now_ns()
    host.pass_ms(3000)
    host.window.since(stamp_ns)
    assert host.window.take()[0] == 3000.0


def test_memory_is_bounded_where_nobody_reads() -> None:
    host = Host()
    for _ in range(MOST_SAMPLES + 5):
        host.window.since(host.now_ns())
    assert len(host.window._samples_ms) == MOST_SAMPLES
