"""Events to frames: counts a cell and polarity, in bins of equal time or of equal numbers of events."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aestream_core.config import setting, validate
from aestream_core.errors import InvalidArgumentError
from aestream_snn import _kernels
from aestream_snn.data.recordings import Recordings, Words, records_of


@dataclass(frozen=True)
class FrameConfig:
    """How a recording becomes a sequence of frames."""

    steps: int = setting(20, "Frames of one recording.", bounds=(1, 10_000))
    by: str = setting("time", "What the frames have in common: time, or number of events.", choices=("time", "count"))
    duration_us: int | None = setting(
        None, "Time that the frames cover, from the first event on; all of it if absent.", unit="us", bounds=(1, 2**31)
    )
    shrink: int = setting(1, "Pixels of the sensor along the side of one cell.", unit="px", bounds=(1, 64))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


def frame_shape(width: int, height: int, config: FrameConfig) -> tuple[int, int, int]:
    """Give (channels, height, width) of one frame; cells that would lie partly outside the sensor are left out."""
    if min(width, height) < config.shrink:
        raise InvalidArgumentError(f"shrink is {config.shrink}; a sensor of {width} x {height} px has no such cell")
    return 2, height // config.shrink, width // config.shrink


def make_frames(batch: Sequence[Words], *, width: int, height: int, config: FrameConfig) -> torch.Tensor:
    """Count the events of recordings into frames.

    Args:
        batch: events of B recordings, in order of time.
        width: sensor width in pixels.
        height: sensor height in pixels.
        config: how time and space are cut. Bins are half-open; events after the last do not count.

    Returns:
        (T, B, 2, H, W) float32, ON events in the second channel. Time comes first because a network takes it step by
        step.
    """
    frames = torch.zeros((config.steps, len(batch), *frame_shape(width, height, config)))
    view = frames.numpy()
    for place, words in enumerate(batch):
        length_us = 0 if config.by == "count" else config.duration_us or _duration_us(words)
        _kernels.count(np.ascontiguousarray(words), view, place, config.shrink, 0, length_us)
    return frames


def make_frames_ref(batch: Sequence[Words], *, width: int, height: int, config: FrameConfig) -> torch.Tensor:
    """Do in NumPy what `make_frames` does natively: the slow twin."""
    frames = torch.zeros((config.steps, len(batch), *frame_shape(width, height, config)))
    view = frames.numpy()
    for place, words in enumerate(batch):
        records = records_of(words)
        length_us = config.duration_us or _duration_us(words)
        share = records["t"] / length_us if config.by == "time" else np.arange(len(words)) / max(len(words), 1)
        step = np.floor(share * config.steps).astype(np.int64)
        y, x = (records["yp"] & 0x7FFF) // config.shrink, records["x"] // config.shrink
        inside = (step < config.steps) & (x < view.shape[4]) & (y < view.shape[3])
        np.add.at(view, (step[inside], place, (records["yp"] >> 15)[inside], y[inside], x[inside]), 1)
    return frames


def frames_of(recordings: Recordings, indices: Sequence[int], config: FrameConfig) -> torch.Tensor:
    """Give (T, B, 2, H, W) float32 frames of some recordings."""
    batch = [recordings.words(int(index)) for index in indices]
    return make_frames(batch, width=recordings.width, height=recordings.height, config=config)


def _duration_us(words: Words) -> int:
    return int(records_of(words)["t"][-1]) + 1 if len(words) else 1
