"""What is in a recording, in one pass and constant memory."""

import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream.cli.losses import describe_losses
from aestream.progress import ProgressBar, fraction_read
from aestream_core.errors import DamagedRecordingError
from aestream_core.files import EXTRAS, FILE_FORMATS, FileInfo, FileStream, open_file
from aestream_core.survey import Gap, HotPixel, Survey

SHOWN_HOT_PIXELS = 10
SHOWN_GAPS = 3


@dataclass
class RecordingStats:
    """What is in a recording.

    Attributes:
        path: where it is.
        info: what its header says.
        survey: events over time, pixels, polarity and clock, before the recording's end or its damage.
        extras: number of triggers, imu samples and frames.
        losses: what could not be delivered, in words.
        damage: the fault that ended reading; None where the recording is whole.
    """

    path: str
    info: FileInfo
    survey: Survey
    extras: dict[str, int] = field(default_factory=lambda: dict.fromkeys(EXTRAS, 0))
    losses: str = ""
    damage: DamagedRecordingError | None = None

    def __post_init__(self) -> None:
        """Count what the survey has so far."""
        self.count()

    def count(self) -> None:
        """Take over what the survey has counted."""
        totals = self.survey.totals()
        self.events = totals["events"]
        self.on_events = totals["on_events"]
        self.start_us = totals["earliest_us"] if self.events else None
        self.end_us = totals["latest_us"]
        self.backward_steps = totals["backward_steps"]
        self.longest_step_back_us = totals["longest_step_back_us"]
        self.hot_pixels: list[HotPixel] = self.survey.hot_pixels()
        self.gaps: list[Gap] = self.survey.gaps()

    @property
    def description(self) -> str:
        """What the format is, in one line."""
        return FILE_FORMATS[self.info.format].description if self.info.format in FILE_FORMATS else ""

    @property
    def duration_s(self) -> float:
        """Sensor time from the earliest to the latest event in seconds."""
        return 0.0 if self.start_us is None else (self.end_us - self.start_us) / 1e6

    @property
    def mean_rate_hz(self) -> float | None:
        """Events per second of sensor time; None where the recording spans no time."""
        return self.rate_hz(self.events)

    @property
    def on_fraction(self) -> float | None:
        """Share of events with polarity 1; None where there are no events."""
        return self.on_events / self.events if self.events else None

    def rate_hz(self, events: int) -> float | None:
        """Give that many events per second of sensor time; None where the recording spans no time."""
        return events / self.duration_s if self.duration_s > 0 else None

    def rates_hz(self) -> npt.NDArray[np.float64]:
        """Give the mean rate in each bin of `survey.bin_us`, (N,) in events/s."""
        return self.survey.rates_hz()


def collect_stats(path: str, *, stream: FileStream | None = None) -> RecordingStats:
    """Read a recording from its beginning to its end, or to where it is damaged.

    Args:
        path: the recording.
        stream: the recording, opened with all extras; None to open it.

    Raises:
        AestreamError: the recording cannot be opened; the message says why.
    """
    stream = stream or open_file(path, extras=EXTRAS)
    stats = RecordingStats(path, stream.info, Survey(width=stream.width, height=stream.height))
    with stream, ProgressBar(path, report=sys.stderr, prints=False) as bar:
        try:
            events_read = 0
            for events in stream:
                stats.survey.add(events)
                events_read += len(events)
                _count_extras(stats, stream)
                bar.update(fraction_read(stream), events_read)
        except DamagedRecordingError as damage:
            stats.damage = damage
        _count_extras(stats, stream)
    stats.losses = describe_losses(stream.counters())
    stats.count()
    return stats


def as_json(stats: RecordingStats) -> dict[str, Any]:
    """Give what is in a recording as plain values for JSON."""
    info = stats.info
    return {
        "path": stats.path,
        "format": info.format,
        "description": stats.description,
        "size_bytes": info.size_bytes,
        "width": info.width,
        "height": info.height,
        "sensor_assumed": info.sensor_assumed,
        "details": dict(info.details),
        "events": stats.events,
        "start_us": stats.start_us,
        "end_us": None if stats.start_us is None else stats.end_us,
        "duration_s": stats.duration_s,
        "mean_rate_hz": stats.mean_rate_hz,
        "on_fraction": stats.on_fraction,
        "rate_bin_us": stats.survey.bin_us,
        "rates_hz": stats.rates_hz().tolist(),
        "hot_pixel_count": len(stats.hot_pixels),
        "hot_pixels": [
            {**vars(pixel), "rate_hz": stats.rate_hz(pixel.events)} for pixel in stats.hot_pixels[:SHOWN_HOT_PIXELS]
        ],
        "gap_count": len(stats.gaps),
        "gaps": [vars(gap) for gap in stats.gaps[:SHOWN_GAPS]],
        "backward_steps": stats.backward_steps,
        "longest_step_back_us": stats.longest_step_back_us,
        **stats.extras,
        "losses": stats.losses or None,
        "damage": None if stats.damage is None else str(stats.damage),
        "damage_byte": None if stats.damage is None else stats.damage.byte_offset,
    }


def _count_extras(stats: RecordingStats, stream: FileStream) -> None:
    """Count what lies beside the events and let go of it, so that memory does not grow."""
    side = stream.side
    if side is None:
        return
    stats.extras["triggers"] += len(side.take_triggers())
    stats.extras["imu"] += len(side.take_imu())
    stats.extras["frames"] += len(side.take_frames())
