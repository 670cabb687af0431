"""What is in a recording, in one pass and constant memory."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream.cli.losses import describe_losses
from aestream_core.errors import DamagedRecordingError
from aestream_core.events import Events
from aestream_core.files import FileInfo, open_file


class RateHistogram:
    """Counts events over time in bins that double in length as the recording grows; at most `BINS` of them."""

    BINS = 128
    _FIRST_BIN_US = 100

    def __init__(self) -> None:
        """Start with the shortest bins, 0.1 ms."""
        self.bin_us = self._FIRST_BIN_US
        self._start_us: int | None = None
        self._counts = np.zeros(self.BINS, np.int64)

    def add(self, events: Events) -> None:
        """Count a packet. Events that come before the first one count as if they came with it."""
        if not len(events):
            return
        if self._start_us is None:
            self._start_us = events.first_us
        times_us = events.records()["t"].astype(np.int64) + (events.t0_us - self._start_us)
        last_us = int(times_us.max())
        while last_us >= self.bin_us * self.BINS:
            self._double()
        bins = np.maximum(times_us, 0) // self.bin_us
        self._counts += np.bincount(bins, minlength=self.BINS)

    def rates_hz(self) -> npt.NDArray[np.float64]:
        """Give the mean rate in each bin up to the last one with events, (N,) in events/s."""
        used = np.flatnonzero(self._counts)
        return self._counts[: used[-1] + 1 if len(used) else 0] / (self.bin_us / 1e6)

    def _double(self) -> None:
        merged = self._counts.reshape(-1, 2).sum(axis=1)
        self._counts = np.concatenate([merged, np.zeros(self.BINS - len(merged), np.int64)])
        self.bin_us *= 2


@dataclass
class RecordingStats:
    """What is in a recording.

    Attributes:
        path: where it is.
        info: what its header says.
        events: number of events before its end or its damage.
        on_events: those of them with polarity 1.
        start_us: smallest sensor time in µs; None where there are no events.
        end_us: largest sensor time in µs.
        rates: events over time.
        losses: what could not be delivered, in words.
        damage: the fault that ended reading; None where the recording is whole.
    """

    path: str
    info: FileInfo
    events: int = 0
    on_events: int = 0
    start_us: int | None = None
    end_us: int = 0
    rates: RateHistogram = field(default_factory=RateHistogram)
    losses: str = ""
    damage: DamagedRecordingError | None = None

    @property
    def duration_s(self) -> float:
        """Sensor time from the earliest to the latest event in seconds."""
        return 0.0 if self.start_us is None else (self.end_us - self.start_us) / 1e6

    @property
    def mean_rate_hz(self) -> float | None:
        """Events per second of sensor time; None where the recording spans no time."""
        return self.events / self.duration_s if self.duration_s > 0 else None

    @property
    def on_fraction(self) -> float | None:
        """Share of events with polarity 1; None where there are no events."""
        return self.on_events / self.events if self.events else None

    def add(self, events: Events) -> None:
        """Count a packet."""
        if not len(events):
            return
        times = events.records()["t"]
        first_us, last_us = events.t0_us + int(times.min()), events.t0_us + int(times.max())
        self.events += len(events)
        # The polarity is the top bit of a record, and so the sign of its word.
        self.on_events += int(np.count_nonzero(events.words() < 0))
        self.start_us = first_us if self.start_us is None else min(self.start_us, first_us)
        self.end_us = max(self.end_us, last_us)
        self.rates.add(events)


def collect_stats(path: str) -> RecordingStats:
    """Read a recording from its beginning to its end, or to where it is damaged.

    Raises:
        AestreamError: the recording cannot be opened; the message says why.
    """
    stream = open_file(path)
    stats = RecordingStats(path, stream.info)
    with stream:
        try:
            for events in stream:
                stats.add(events)
        except DamagedRecordingError as damage:
            stats.damage = damage
    stats.losses = describe_losses(stream.counters())
    return stats


def as_json(stats: RecordingStats) -> dict[str, Any]:
    """Give what is in a recording as plain values for JSON."""
    info = stats.info
    return {
        "path": stats.path,
        "format": info.format,
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
        "rate_bin_us": stats.rates.bin_us,
        "rates_hz": stats.rates.rates_hz().tolist(),
        "losses": stats.losses or None,
        "damage": None if stats.damage is None else str(stats.damage),
        "damage_byte": None if stats.damage is None else stats.damage.byte_offset,
    }
