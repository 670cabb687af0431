"""What was heard from a pipeline: status readings a stage, and images. Knows neither ROS nor how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from aestream.watch.thinning import ThinnedList

# Two readings a second: ten minutes pass before the first of them is let go.
KEPT_READINGS = 1200
# A picture shows a handful of frames; a frame of 1280 x 720 takes 2.8 MB.
KEPT_FRAMES = 24
FAILED_STATE = "failed"


@dataclass(frozen=True, kw_only=True)
class StatusReading:
    """One status of one stage. Counters run since the stage was configured.

    The fields from `stage` on have the names and units of `aestream_msgs/StreamStatus`.

    Attributes:
        node: Full name of the node, "/event_camera".
        received_s: When the watcher received it, seconds on the watcher's own clock.
        stamp_s: When the stage took it, seconds on the stage's clock.
    """

    node: str
    received_s: float
    stamp_s: float
    stage: str
    state: str
    message: str = ""
    device: str = ""
    events: int = 0
    packets: int = 0
    products: int = 0
    event_rate: float = 0.0
    product_rate: float = 0.0
    dropped_events: int = 0
    dropped_packets: int = 0
    invalid_events: int = 0
    late_events: int = 0
    queue_bytes: int = 0
    queue_limit_bytes: int = 0
    latency_p50_ms: float = float("nan")
    latency_p99_ms: float = float("nan")
    bytes_copied: int = 0

    @property
    def bytes_copied_per_event(self) -> float:
        """Return bytes of event data copied for each event handled; NaN before the first event."""
        return self.bytes_copied / self.events if self.events else float("nan")


@dataclass(frozen=True, kw_only=True)
class Frame:
    """An image of accumulated events.

    Attributes:
        topic: Where it was published.
        received_s: When the watcher received it, seconds on the watcher's own clock.
        rgb: (H, W, 3) uint8.
    """

    topic: str
    received_s: float
    rgb: NDArray[np.uint8]


class StageHistory:
    """The readings of one stage, oldest first, thinned where they are many."""

    def __init__(self, first: StatusReading) -> None:
        """Begin with the first reading."""
        self.node = first.node
        self.first = first
        self.latest = first
        self._readings: ThinnedList[StatusReading] = ThinnedList(KEPT_READINGS)
        self._readings.add(first)

    def add(self, reading: StatusReading) -> None:
        """Take the next reading."""
        self.latest = reading
        self._readings.add(reading)

    def readings(self) -> tuple[StatusReading, ...]:
        """Return the kept readings, oldest first; the latest is always among them."""
        kept = self._readings.kept()
        return kept if kept[-1] is self.latest else (*kept, self.latest)


class History:
    """Everything that a watcher heard."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._stages: dict[str, StageHistory] = {}
        self._frames: dict[str, ThinnedList[Frame]] = {}
        self._start_s: float | None = None

    def add_reading(self, reading: StatusReading) -> None:
        """Take a status reading of any stage."""
        self._note_start(reading.received_s)
        if reading.node in self._stages:
            self._stages[reading.node].add(reading)
        else:
            self._stages[reading.node] = StageHistory(reading)

    def add_frame(self, frame: Frame) -> None:
        """Take an image of any topic."""
        self._note_start(frame.received_s)
        self._frames.setdefault(frame.topic, ThinnedList(KEPT_FRAMES)).add(frame)

    @property
    def stages(self) -> tuple[StageHistory, ...]:
        """Return the stages, in the order in which events pass them."""
        return tuple(sorted(self._stages.values(), key=lambda stage: (stage.latest.stage != "source", stage.node)))

    @property
    def start_s(self) -> float:
        """Return when anything was first heard, on the watcher's clock; 0 where nothing was."""
        return self._start_s or 0.0

    @property
    def newest_stage_s(self) -> float:
        """Return when a stage was last heard for the first time, on the watcher's clock; 0 where none was."""
        return max((stage.first.received_s for stage in self.stages), default=0.0)

    def frames(self) -> tuple[Frame, ...]:
        """Return the kept frames of the topic that sent most, oldest first."""
        thinned = max(self._frames.values(), key=lambda frames: frames.total, default=None)
        return thinned.kept() if thinned is not None else ()

    def image_counts(self) -> dict[str, int]:
        """Return how many images came, by topic."""
        return {topic: frames.total for topic, frames in self._frames.items()}

    def failed(self) -> tuple[StatusReading, ...]:
        """Return the latest reading of each stage that says it failed."""
        return tuple(stage.latest for stage in self.stages if stage.latest.state == FAILED_STATE)

    def _note_start(self, received_s: float) -> None:
        if self._start_s is None:
            self._start_s = received_s


def counter_increase(before: int, after: int) -> int:
    """Return how much a counter grew; one that went back was reset to 0 in between."""
    return after - before if after >= before else after


def event_rates(readings: Sequence[StatusReading]) -> tuple[list[float], list[float]]:
    """Return when (received_s) and how fast (events/s) events passed, one point a pair of neighbouring readings.

    The rates come from the counters, so they stay true where readings were thinned or lost. Pairs whose stamps do not
    advance are left out.
    """
    times_s, rates = [], []
    for before, after in pairwise(readings):
        period_s = after.stamp_s - before.stamp_s
        if period_s > 0:
            times_s.append(after.received_s)
            rates.append(counter_increase(before.events, after.events) / period_s)
    return times_s, rates


def drops(readings: Sequence[StatusReading]) -> list[tuple[float, int, int]]:
    """Return (received_s, events, packets) of each reading that tells of newly dropped ones.

    What a stage had dropped before its first reading counts as new in that reading.
    """
    found, events_before, packets_before = [], 0, 0
    for reading in readings:
        events = counter_increase(events_before, reading.dropped_events)
        packets = counter_increase(packets_before, reading.dropped_packets)
        if events or packets:
            found.append((reading.received_s, events, packets))
        events_before, packets_before = reading.dropped_events, reading.dropped_packets
    return found
