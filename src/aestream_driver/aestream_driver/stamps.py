"""What `header.stamp` of a packet is: when it arrived, or when its first event happened."""

import time
from collections.abc import Callable

from aestream_core.clock import ClockEstimator
from aestream_core.clock_steps import StepDetector
from aestream_driver.sources.base import SourcePacket

STAMPS = ("arrival", "sensor")


class Stamper:
    """Gives packets their host times, and learns how the sensor's clock relates to the host's.

    Attributes:
        estimator: offset and skew of the two clocks.
    """

    def __init__(
        self,
        stamp: str,
        *,
        rate: float,
        simulated: bool = False,
        now_ns: Callable[[], int] = time.time_ns,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Know nothing of the clocks yet.

        Args:
            stamp: one of `STAMPS`.
            rate: sensor time that passes in a unit of host time; 0 where that is not known, and nothing is estimated.
            simulated: whether host time is that of /clock, which says nothing of the sensor's clock.
            now_ns: the host's clock, in ns since the epoch.
            monotonic_ns: a clock that cannot be set.
        """
        self.estimator = ClockEstimator(rate=rate or 1.0)
        self._estimates = rate > 0 and not simulated
        self._now_ns = now_ns
        self._simulated = simulated
        self._sensor = stamp == "sensor" and self._estimates
        self._steps = StepDetector(now_ns, monotonic_ns)
        self._begin_again = False

    def begin_again(self) -> None:
        """Estimate anew from the next packet on: a playback was held or moved. From any thread; no jump of a clock."""
        self._begin_again = True

    def stamp_ns(self, packet: SourcePacket, arrived_ns: int) -> int:
        """Give the host time of a packet: never after it arrived."""
        if self._simulated:
            return self._now_ns()
        if not self._estimates:
            return arrived_ns
        if self._begin_again:
            self._begin_again = False
            self.estimator.reset()
        if self._steps.step_ns():
            self.estimator.restart()
        self.estimator.update(packet.last_us, arrived_ns)
        return min(arrived_ns, self.estimator.to_host_ns(packet.first_us)) if self._sensor else arrived_ns
