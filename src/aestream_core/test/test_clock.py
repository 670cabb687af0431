"""The estimate of offset and skew between the sensor's clock and the host's, on simulated clocks."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from aestream_core.clock import BUCKET_US, WINDOW_US, ClockEstimator, lower_hull, slope_below
from aestream_core.errors import InvalidArgumentError

HOST_NS = 1_700_000_000 * 10**9
SENSOR_US = 7_000_000_000
PERIOD_US = 2000
Delay = Callable[[random.Random], float]

DELAYS: dict[str, Delay] = {
    "usb": lambda dice: 50e3 + dice.expovariate(1 / 200e3),
    "busy": lambda dice: 50e3 + dice.expovariate(1 / 1e6),
    "even": lambda dice: 50e3 + dice.uniform(0, 2e6),
    "outliers": lambda dice: 50e3 + dice.expovariate(1 / 200e3) + (80e6 if dice.random() < 0.02 else 0),
}
SMALLEST_DELAY_NS = 50_000


@dataclass
class Clocks:
    """A sensor and a host whose clocks drift apart; delays are drawn anew for every packet."""

    skew_ppm: float = 0.0
    delay: Delay = DELAYS["usb"]
    host_step_ns: int = 0
    sensor_step_us: int = 0

    def true_host_ns(self, elapsed_us: int) -> int:
        return HOST_NS + self.host_step_ns + elapsed_us * 1000 + round(elapsed_us * self.skew_ppm / 1000)

    def sensor_us(self, elapsed_us: int) -> int:
        return SENSOR_US + self.sensor_step_us + elapsed_us

    def feed(self, estimator: ClockEstimator, begin_s: float, end_s: float, *, seed: int = 1) -> None:
        dice = random.Random(seed)
        for elapsed_us in range(round(begin_s * 1e6), round(end_s * 1e6), PERIOD_US):
            arrival_ns = self.true_host_ns(elapsed_us) + round(self.delay(dice))
            estimator.update(self.sensor_us(elapsed_us), arrival_ns)

    def error_ns(self, estimator: ClockEstimator, at_s: float) -> float:
        """Give what the estimate is off by, beyond the smallest delay, which nobody can see."""
        elapsed_us = round(at_s * 1e6)
        guess = estimator.to_host_ns(self.sensor_us(elapsed_us))
        return guess - self.true_host_ns(elapsed_us) - SMALLEST_DELAY_NS


@pytest.mark.parametrize("delay", DELAYS.values(), ids=DELAYS)
@pytest.mark.parametrize("skew_ppm", [-50.0, 0.0, 50.0])
def test_drifting_clocks_are_known_to_1_ppm_and_20_us_after_20_s(skew_ppm: float, delay: Delay) -> None:
    clocks, estimator = Clocks(skew_ppm=skew_ppm, delay=delay), ClockEstimator()
    clocks.feed(estimator, 0, 20)
    assert estimator.skew_ppm == pytest.approx(skew_ppm, abs=1.0)
    assert abs(clocks.error_ns(estimator, 20)) < 20_000
    assert estimator.resets == 0


def test_an_hour_ahead_the_line_still_holds() -> None:
    clocks, estimator = Clocks(skew_ppm=80.0), ClockEstimator()
    clocks.feed(estimator, 0, 60)
    assert abs(clocks.error_ns(estimator, 3600)) < 1_000_000, "0.3 ppm of an hour"


def test_before_a_skew_is_known_only_drift_since_the_start_is_missing() -> None:
    clocks, estimator = Clocks(skew_ppm=50.0), ClockEstimator()
    clocks.feed(estimator, 0, 1.9)
    assert estimator.skew_ppm == 0
    assert abs(clocks.error_ns(estimator, 1.9)) < 1.9 * 50_000 + 20_000


def test_no_host_time_lies_after_the_arrival() -> None:
    clocks, estimator, dice = Clocks(skew_ppm=-50.0), ClockEstimator(), random.Random(2)
    for elapsed_us in range(0, 8_000_000, PERIOD_US):
        sensor_us = clocks.sensor_us(elapsed_us)
        arrival_ns = clocks.true_host_ns(elapsed_us) + round(clocks.delay(dice))
        estimator.update(sensor_us, arrival_ns)
        assert estimator.to_host_ns(sensor_us) <= arrival_ns + 1000, "1 µs for the rounding of 60 years in ns"


def test_a_skew_that_changes_with_temperature_is_followed() -> None:
    estimator = ClockEstimator()
    Clocks(skew_ppm=20.0).feed(estimator, 0, 70)
    step_ns = round(70e6 * (20 - 35) / 1000)
    warm = Clocks(skew_ppm=35.0, host_step_ns=step_ns)
    warm.feed(estimator, 70, 70 + WINDOW_US / 1e6 + 5)
    assert estimator.skew_ppm == pytest.approx(35.0, abs=1.0)
    assert estimator.resets == 0


@pytest.mark.parametrize("step_ns", [3600 * 10**9, 10**9, -(10**9), -3600 * 10**9])
def test_a_host_clock_that_is_set_starts_the_estimate_again_and_is_counted(step_ns: int) -> None:
    estimator = ClockEstimator()
    Clocks(skew_ppm=50.0).feed(estimator, 0, 20)
    after = Clocks(skew_ppm=50.0, host_step_ns=step_ns)
    after.feed(estimator, 20, 30)
    assert estimator.resets == 1
    assert abs(after.error_ns(estimator, 30)) < 20_000
    assert estimator.skew_ppm == pytest.approx(50.0, abs=3.0)


@pytest.mark.parametrize("step_us", [-SENSOR_US, -3_000_000, 500_000, 2**40])
def test_a_sensor_clock_that_starts_again_is_found_at_once(step_us: int) -> None:
    estimator = ClockEstimator()
    Clocks().feed(estimator, 0, 20)
    after = Clocks(sensor_step_us=step_us)
    after.feed(estimator, 20, 20.1)
    assert estimator.resets == 1
    assert abs(after.error_ns(estimator, 20.1)) < 100_000


def test_a_stall_and_the_backlog_after_it_are_no_jump() -> None:
    clocks, estimator = Clocks(), ClockEstimator()
    clocks.feed(estimator, 0, 10)
    released_ns = clocks.true_host_ns(15_000_000)
    for elapsed_us in range(10_000_000, 15_000_000, PERIOD_US):
        estimator.update(clocks.sensor_us(elapsed_us), released_ns + (elapsed_us - 10_000_000) // 10)
    clocks.feed(estimator, 15.001, 20)
    assert estimator.resets == 0
    assert abs(clocks.error_ns(estimator, 20)) < 20_000


def test_a_pause_of_ten_minutes_is_no_jump_however_the_clocks_drift() -> None:
    for skew_ppm in (-90.0, 90.0):
        clocks, estimator = Clocks(skew_ppm=skew_ppm), ClockEstimator()
        clocks.feed(estimator, 0, 1)
        clocks.feed(estimator, 600, 601)
        assert estimator.resets == 0
        assert abs(clocks.error_ns(estimator, 601)) < 1_000_000


def test_events_that_come_late_do_not_bend_the_line() -> None:
    clocks, estimator = Clocks(skew_ppm=10.0), ClockEstimator()
    for elapsed_us in range(0, 10_000_000, PERIOD_US):
        late_us = 1500 if elapsed_us % (7 * PERIOD_US) == 0 else 0
        estimator.update(clocks.sensor_us(elapsed_us - late_us), clocks.true_host_ns(elapsed_us) + SMALLEST_DELAY_NS)
    assert estimator.skew_ppm == pytest.approx(10.0, abs=1.0)


def test_several_packets_of_one_sensor_time_are_one_point() -> None:
    estimator = ClockEstimator()
    for second in range(20):
        for delay_ns in (5000, 0, 9000):
            estimator.update(second * 1_000_000, HOST_NS + second * 10**9 + delay_ns)
    assert (estimator.skew_ppm, estimator.to_host_ns(0)) == (0.0, HOST_NS)


def test_memory_is_bounded_however_long_the_stream() -> None:
    estimator = ClockEstimator()
    for elapsed_us in range(0, 20 * WINDOW_US, BUCKET_US // 2):
        estimator.update(elapsed_us, elapsed_us * 1000)
    assert len(estimator._points) <= WINDOW_US / BUCKET_US + 1


def test_a_playback_at_half_speed_drifts_only_where_its_clock_does() -> None:
    estimator = ClockEstimator(rate=0.5)
    for elapsed_us in range(0, 20_000_000, PERIOD_US):
        estimator.update(elapsed_us, HOST_NS + 2 * elapsed_us * 1000)
    assert estimator.skew_ppm == pytest.approx(0.0, abs=0.01)
    assert estimator.to_host_ns(10_000_000) == HOST_NS + 20 * 10**9


def test_before_the_first_packet_nothing_is_known_and_a_reset_forgets_all_but_the_count() -> None:
    estimator = ClockEstimator()
    assert (estimator.offset_ns, estimator.skew_ppm, estimator.to_host_ns(5)) == (0, 0.0, 5000)
    estimator.update(10, HOST_NS)
    assert estimator.offset_ns == HOST_NS - 10_000
    estimator.update(2**50, HOST_NS)
    estimator.reset()
    assert (estimator.offset_ns, estimator.resets) == (0, 1)


def test_a_rate_that_no_playback_has_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=r"rate is 0; it must be above 0"):
        ClockEstimator(rate=0)


def test_the_slope_below_points_is_that_of_the_best_line_under_them() -> None:
    dice = random.Random(3)
    points = [(float(time), 3 + 0.5 * time + dice.uniform(0, 4)) for time in range(30)]

    def distance(slope: float) -> float:
        intercept = min(offset - slope * time for time, offset in points)
        return sum(offset - slope * time - intercept for time, offset in points)

    best = min((distance(step / 1000), step / 1000) for step in range(-1000, 2000))
    assert distance(slope_below(points)) <= best[0] + 1e-9
    assert lower_hull([(0.0, 0.0), (1.0, 5.0), (2.0, 0.0), (3.0, 4.0)]) == [(0.0, 0.0), (2.0, 0.0), (3.0, 4.0)]
