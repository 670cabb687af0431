"""What a recording is like as a whole: rates, pixels, polarity, gaps and clock, in one pass and constant memory."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.events import Events, check_sensor

LEAST_GAP_US = 100_000
"""Shorter times without events are never gaps."""

_GAP_MEANS = 20
"""Times shorter than this many mean intervals are no gaps either: events that come at random do that by chance."""

_HOT_DEVIATIONS = 10.0
_HOT_NEIGHBOURS = 5.0


@dataclass(frozen=True)
class Gap:
    """Time without events.

    Attributes:
        start_us: sensor time in µs of the last event before it.
        length_us: how long it lasts in µs.
    """

    start_us: int
    length_us: int


@dataclass(frozen=True)
class HotPixel:
    """A pixel that fires far more than the rest.

    Attributes:
        x: column.
        y: row from the top.
        events: its events.
    """

    x: int
    y: int
    events: int


class Survey:
    """Counts packets of one recording.

    Memory in use depends on the sensor's size alone.
    """

    def __init__(self, *, width: int, height: int) -> None:
        """Start with nothing counted.

        Raises:
            InvalidArgumentError: width or height is not one of a sensor.
        """
        check_sensor(width, height)
        self._native = _core.Survey(width, height, LEAST_GAP_US)

    def add(self, events: Events) -> None:
        """Count a packet; the interpreter lock is free meanwhile."""
        self._native.add(events._packet)

    def totals(self) -> dict[str, int]:
        """Count what was added.

        Returns:
            `events`, `on_events`, the `earliest_us` and `latest_us` sensor time, `backward_steps` (events whose time
            lies before that of the event in front of them) and the `longest_step_back_us`.
        """
        return self._native.totals()

    @property
    def bin_us(self) -> int:
        """Length of the bins of `rates_hz` in µs: 100, doubled as often as the recording needs."""
        return self._native.bin_us

    def rates_hz(self) -> npt.NDArray[np.float64]:
        """Give the mean rate in each bin up to the last one with events, (N,) in events/s, N at most 128."""
        counts = self._native.rate_counts()
        used = np.flatnonzero(counts)
        rates: npt.NDArray[np.float64] = counts[: used[-1] + 1 if len(used) else 0] / (self.bin_us / 1e6)
        return rates

    def pixel_counts(self) -> npt.NDArray[np.uint32] | None:
        """Give the events of each pixel, (H, W); None for sensors of more than 2^24 pixels. Copies."""
        return self._native.pixel_counts()

    def gaps(self) -> list[Gap]:
        """List the gaps, longest first: times without events of 100 ms and of 20 mean intervals at least.

        At most 4096 are known.
        """
        totals = self.totals()
        span_us = totals["latest_us"] - totals["earliest_us"]
        least_us = max(LEAST_GAP_US, _GAP_MEANS * span_us / max(1, totals["events"]))
        return [Gap(start_us, length_us) for start_us, length_us in self._native.gaps() if length_us >= least_us]

    def hot_pixels(self) -> list[HotPixel]:
        """List the hot pixels, busiest first; see `find_hot_pixels`. None are found on sensors above 2^24 pixels."""
        counts = self.pixel_counts()
        return [] if counts is None else find_hot_pixels(counts)


def find_hot_pixels(counts: npt.NDArray[np.uint32]) -> list[HotPixel]:
    """Find pixels that fire far more than the rest, (H, W) counts, busiest first.

    A pixel is hot where both hold: it has more events than the median of the pixels that fired plus 10 standard
    deviations, estimated by the median absolute deviation (times 1.4826) and at least that of random events (the root
    of the median); and more than 5 times as many as the second busiest of its eight neighbours, so that edges of the
    scene, where neighbours fire as well, are not hot.
    """
    fired = counts[counts > 0]
    if not len(fired):
        return []
    median = float(np.median(fired))
    deviation = max(1.4826 * float(np.median(np.abs(fired - median))), median**0.5, 1.0)
    rows, columns = np.nonzero(counts > median + _HOT_DEVIATIONS * deviation)
    values = counts[rows, columns]
    hot = values > _HOT_NEIGHBOURS * np.partition(_neighbours(counts, rows, columns), -2, axis=1)[:, -2]
    order = np.argsort(values[hot], kind="stable")[::-1]
    found = zip(columns[hot][order].tolist(), rows[hot][order].tolist(), values[hot][order].tolist(), strict=True)
    return [HotPixel(x, y, events) for x, y, events in found]


def _neighbours(
    counts: npt.NDArray[np.uint32], rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]
) -> npt.NDArray[np.uint32]:
    """Give the counts of the eight pixels around each, (N, 8); beyond the sensor is 0."""
    padded = np.pad(counts, 1)
    around = [(dy, dx) for dy in range(3) for dx in range(3) if (dy, dx) != (1, 1)]
    return np.stack([padded[rows + dy, columns + dx] for dy, dx in around], axis=1)
