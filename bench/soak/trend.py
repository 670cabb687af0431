"""Does a series grow? A straight line through it, and how sure its slope is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SETTLED = 0.2
"""Share of the samples at the beginning that is left out: caches and pools fill."""
SIGMAS = 1.96


@dataclass(frozen=True)
class Trend:
    """A slope per hour with its 95 % interval.

    Attributes:
        per_hour: least-squares slope, in units of the series per hour.
        half_width: half of the interval.
        growth: last third's median less the first third's.
    """

    per_hour: float
    half_width: float
    growth: float


def trend(at_s: npt.ArrayLike, values: npt.ArrayLike) -> Trend:
    """Fit a line to the settled part of a series; NaN where there are fewer than six samples."""
    times, series = np.asarray(at_s, float) / 3600, np.asarray(values, float)
    first = int(len(times) * SETTLED)
    times, series = times[first:], series[first:]
    known = ~np.isnan(series)
    times, series = times[known], series[known]
    if len(times) < 6:
        return Trend(np.nan, np.nan, np.nan)
    spread = ((times - times.mean()) ** 2).sum()
    slope, offset = np.polyfit(times, series, 1)
    error = np.sqrt(((series - slope * times - offset) ** 2).sum() / (len(times) - 2) / spread)
    third = len(series) // 3
    return Trend(float(slope), float(SIGMAS * error), float(np.median(series[-third:]) - np.median(series[:third])))
