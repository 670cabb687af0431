"""A stage's whole run in a few numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from aestream.watch.model import StageHistory, StatusReading, counter_increase

# Compilation, first allocations and discovery fall into the first second of a run.
WARM_UP_S = 1.0


@dataclass(frozen=True, kw_only=True)
class StageSummary:
    """How a stage did; rates and latencies without the warm-up, counters over everything.

    Attributes:
        event_rate: Mean events a second while events came.
        latency_p50_ms: Median of the status periods' medians; NaN where nothing was timed.
        latency_p99_ms: Largest 99th percentile of any status period; NaN where nothing was timed.
        bytes_copied_per_event: NaN where there was no event.
    """

    node: str
    stage: str
    device: str
    events: int
    event_rate: float
    dropped_events: int
    dropped_packets: int
    latency_p50_ms: float
    latency_p99_ms: float
    bytes_copied_per_event: float

    @property
    def was_timed(self) -> bool:
        """Return whether the stage measured any latency."""
        return math.isfinite(self.latency_p50_ms)


def summarise(stage: StageHistory, *, warm_up_s: float = WARM_UP_S) -> StageSummary:
    """Sum up a stage.

    Args:
        stage: Its readings.
        warm_up_s: Left out of rates and latencies, counted from the first reading with events; kept where nothing
            else would be left.
    """
    busy = _while_events_came(stage.readings(), warm_up_s=warm_up_s)
    latest = stage.latest
    return StageSummary(
        node=stage.node,
        stage=latest.stage,
        device=latest.device,
        events=latest.events,
        event_rate=_mean_event_rate(busy),
        dropped_events=latest.dropped_events,
        dropped_packets=latest.dropped_packets,
        latency_p50_ms=_over_finite(median, [reading.latency_p50_ms for reading in busy]),
        latency_p99_ms=_over_finite(max, [reading.latency_p99_ms for reading in busy]),
        bytes_copied_per_event=latest.bytes_copied_per_event,
    )


def _while_events_came(readings: Sequence[StatusReading], *, warm_up_s: float) -> list[StatusReading]:
    with_events = [reading for reading in readings if reading.events > 0]
    last_growth = max(
        (i for i in range(1, len(with_events)) if with_events[i].events != with_events[i - 1].events), default=0
    )
    busy = with_events[: last_growth + 1]
    warm = [reading for reading in busy if reading.stamp_s >= busy[0].stamp_s + warm_up_s]
    return warm if len(warm) > 1 else busy


def _mean_event_rate(readings: Sequence[StatusReading]) -> float:
    if not readings:
        return 0.0
    period_s = readings[-1].stamp_s - readings[0].stamp_s
    if period_s <= 0:
        return readings[-1].event_rate
    pairs = pairwise(readings)
    return sum(counter_increase(before.events, after.events) for before, after in pairs) / period_s


def _over_finite(reduce: Callable[[Sequence[float]], float], values: Sequence[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return float(reduce(finite)) if finite else float("nan")
