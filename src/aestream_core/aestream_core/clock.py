"""Sensor clock and host clock: their offset and skew, estimated online from arrival times alone.

A packet arrives at `sensor time + offset + skew * time + delay`, and the delay is never negative. So the arrivals lie
on or above a line, and the line that fits them best from below is the relation of the two clocks. Two published
methods meet here: the linear program of Moon, Skelly and Towsley ("Estimation and Removal of Clock Skew from Network
Delay Measurements", INFOCOM 1999), whose solution is the edge of the lower convex hull above the mean of the times;
and the remark of Olson ("A Passive Solution to the Sensor Synchronization Problem", IROS 2010) that the least delayed
messages of the recent past say it all, so that old ones can be forgotten.

What no method can see from one side is the smallest delay itself: it is part of the offset.
"""

from collections import deque
from itertools import pairwise

from aestream_core.errors import InvalidArgumentError

BUCKET_US = 500_000
"""Of this much sensor time only the least delayed packet is kept."""
WINDOW_US = 60_000_000
"""Sensor time after which a packet is forgotten: crystals drift with temperature."""
MIN_SPAN_US = 2_000_000
"""Sensor time that the kept packets must span before a skew is estimated; it is 0, or as it was, until then."""
MAX_SKEW_PPM = 1000.0
"""Lines steeper than this are not considered: crystals are within 100 ppm."""
EARLY_US = 10_000
"""A packet that is early by more than this came with a clock that jumped: nothing arrives before its time."""
DRIFT_PPM = 100.0
"""What two crystals may differ by, in a pause that nobody could watch."""
LATE_US = 100_000
"""Packets that are late by more than this, all of them for `PATIENCE_US`, came with a clock that jumped."""
PATIENCE_US = 2_000_000
"""Host time for which a stall or a backlog is taken for what it is. Sensor time that falls by as much has jumped."""

_Point = tuple[float, float]


class ClockEstimator:
    """Learns how a sensor's clock relates to the host's.

    An update costs a few comparisons; each `BUCKET_US` the hull of at most `WINDOW_US / BUCKET_US` points is computed
    again. Where a clock jumps (a camera that is plugged in again, a host clock that is set), the estimate starts again
    and `resets` counts it.

    Attributes:
        resets: clock jumps that were found.
    """

    def __init__(self, *, rate: float = 1.0) -> None:
        """Know nothing yet.

        Args:
            rate: sensor time that passes in a unit of host time: 1 for cameras, the speed of a playback.

        Raises:
            InvalidArgumentError: rate is not above 0.
        """
        if not rate > 0:
            raise InvalidArgumentError(f"rate is {rate}; it must be above 0")
        self.resets = 0
        self._ns_per_us = 1000.0 / rate
        self._points: deque[_Point] = deque()
        self._lowest: _Point = (0.0, 0.0)
        self._bucket_begin = self._bucket_end = 0.0
        self.reset()

    def reset(self) -> None:
        """Forget everything but the count of jumps."""
        self._origin: tuple[int, int] | None = None
        self._points.clear()
        self._slope = self._intercept = 0.0
        self._last = 0.0
        self._start_bucket(0.0)
        self._late_since: int | None = None

    def restart(self) -> None:
        """Forget everything and count it: somebody else has seen a clock jump."""
        self.resets += 1
        self.reset()

    def update(self, sensor_us: int, host_ns: int) -> None:
        """Take in one packet.

        Args:
            sensor_us: sensor time of its newest event.
            host_ns: host time at which it arrived.
        """
        if self._origin is None:
            self._origin = (sensor_us, host_ns)
        now = (sensor_us - self._origin[0]) * self._ns_per_us
        offset = host_ns - self._origin[1] - now
        if now >= self._bucket_end:
            self._close_bucket(now)
        late = offset - self._intercept - self._slope * now
        if self._jumped_down(now, late) or self._jumped_up(now, late, host_ns):
            self.restart()
            self.update(sensor_us, host_ns)
            return
        # The line stays below every packet, this one included: no stamp lies after the arrival.
        self._intercept += min(late, 0.0)
        self._last = max(self._last, now)
        if offset < self._lowest[1] and now >= self._bucket_begin:
            self._lowest = (now, offset)

    def to_host_ns(self, sensor_us: int) -> int:
        """Give the host time at which a packet with that newest event arrives if it is delayed as little as any.

        Before the first update, sensor time itself counts as host time.
        """
        if self._origin is None:
            return sensor_us * 1000
        since = (sensor_us - self._origin[0]) * self._ns_per_us
        return self._origin[1] + round(since + self._intercept + self._slope * since)

    @property
    def offset_ns(self) -> int:
        """Host time minus sensor time at the newest packet, in ns; 0 before the first."""
        if self._origin is None:
            return 0
        newest_us = self._origin[0] + round(self._last / self._ns_per_us)
        return self.to_host_ns(newest_us) - newest_us * 1000

    @property
    def skew_ppm(self) -> float:
        """How much faster the host's clock runs than the sensor's, in millionths; 0 until it is known."""
        return self._slope * 1e6

    def _jumped_down(self, now: float, late: float) -> bool:
        """Say whether a packet came earlier than it can, even where the clocks drifted apart in a pause before it."""
        return late < -EARLY_US * 1000.0 - max(0.0, now - self._last) * DRIFT_PPM / 1e6

    def _jumped_up(self, now: float, late: float, host_ns: int) -> bool:
        """Say whether packets have come too late for too long, or sensor time fell by more than a delay explains."""
        if late <= LATE_US * 1000.0:
            self._late_since = None
            return False
        if self._late_since is None:
            self._late_since = host_ns
        return now < self._last - PATIENCE_US * 1000.0 or host_ns - self._late_since > PATIENCE_US * 1000

    def _start_bucket(self, begin: float) -> None:
        self._lowest = (begin, float("inf"))
        self._bucket_begin = begin
        self._bucket_end = begin + BUCKET_US * 1000.0

    def _close_bucket(self, now: float) -> None:
        self._points.append(self._lowest)
        self._start_bucket(now)
        while self._points[0][0] < self._points[-1][0] - WINDOW_US * 1000.0:
            self._points.popleft()
        if self._points[-1][0] - self._points[0][0] >= MIN_SPAN_US * 1000.0:
            self._slope = _limited(slope_below(list(self._points)))
        self._intercept = min(offset - self._slope * time for time, offset in self._points)


def slope_below(points: list[_Point]) -> float:
    """Give the slope of the line under all points that is nearest to them: the hull's edge above their mean time.

    Args:
        points: (time, offset), time strictly rising, at least two.
    """
    mean = sum(time for time, _ in points) / len(points)
    hull = lower_hull(points)
    for (left, low), (right, high) in pairwise(hull):
        if mean <= right:
            return (high - low) / (right - left)
    raise AssertionError("the mean lies between the first and the last point")


def lower_hull(points: list[_Point]) -> list[_Point]:
    """Give the lower convex hull of points whose time rises (Andrew's monotone chain)."""
    hull: list[_Point] = []
    for point in points:
        while len(hull) > 1 and _turns_right(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return hull


def _turns_right(a: _Point, b: _Point, c: _Point) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) <= (b[1] - a[1]) * (c[0] - a[0])


def _limited(slope: float) -> float:
    return max(-MAX_SKEW_PPM, min(MAX_SKEW_PPM, slope * 1e6)) / 1e6
