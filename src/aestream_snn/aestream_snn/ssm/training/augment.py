"""The paper's augmentations of event streams (Schöne et al. 2024)."""

from dataclasses import dataclass, replace

import numpy as np

from aestream_core.config import setting, validate
from aestream_snn.data.mirror import Flips
from aestream_snn.ssm.training.clips import Clip, join

GEOMETRIC_SHARE = 0.3
"""Probability of each of roll, rotation and scaling, and of dropping a chunk."""


@dataclass(frozen=True)
class ClipAugment:
    """How much a recording is changed in training; zeros (ones for factors) change nothing."""

    drop: float = setting(0.0, "share of events dropped", bounds=(0, 0.99))
    chunk: float = setting(0.0, "largest share of a dropped run of events", bounds=(0, 0.99))
    jitter_px: float = setting(0.0, "standard deviation of moves in space", unit="px", bounds=(0, 1000))
    jitter_us: float = setting(0.0, "standard deviation of moves in time", unit="us", bounds=(0, 1e6))
    skew: float = setting(1.0, "largest factor on time, either way", bounds=(1, 10))
    noise: int = setting(0, "largest number of events added at random", bounds=(0, 10**6))
    roll_px: int = setting(0, "largest shift of the whole picture", unit="px", bounds=(0, 4096))
    angle_deg: float = setting(0.0, "largest rotation, either way", unit="deg", bounds=(0, 180))
    scale: float = setting(1.0, "largest factor on the picture, either way", bounds=(1, 10))
    flip_x: float = setting(0.0, "share of recordings mirrored left to right, with the class", bounds=(0, 1))
    flip_y: float = setting(0.0, "share of recordings mirrored top to bottom, with the class", bounds=(0, 1))
    cutmix: float = setting(0.0, "share of recordings that get a run of another's events", bounds=(0, 1))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


def mirrored(clip: Clip, flips: Flips, *, width: int, height: int) -> Clip:
    """Exchange left and right, top and bottom, or neither."""
    x = width - 1 - clip.x if flips.x else clip.x
    y = height - 1 - clip.y if flips.y else clip.y
    return replace(clip, x=x, y=y)


def augment(clip: Clip, config: ClipAugment, rng: np.random.Generator, *, width: int, height: int) -> Clip:
    """Change a recording at random; the sensor and the order in time are kept."""
    if config.drop:
        clip = clip.at(rng.random(len(clip)) >= config.drop)
    if config.chunk and rng.random() < GEOMETRIC_SHARE:
        clip = _without_run(clip, config.chunk, rng)
    clip = _in_time(clip, config, rng)
    clip = _in_space(clip, config, rng, width, height)
    return join(clip, _noise(clip, config.noise, rng, width, height)) if config.noise and len(clip) else clip


def _without_run(clip: Clip, largest: float, rng: np.random.Generator) -> Clip:
    size = int(rng.random() * largest * len(clip))
    start = int(rng.integers(0, len(clip) - size + 1))
    return clip.at(np.r_[0:start, start + size : len(clip)])


def _in_time(clip: Clip, config: ClipAugment, rng: np.random.Generator) -> Clip:
    if config.skew > 1:
        clip = replace(clip, t_us=clip.t_us * config.skew ** rng.uniform(-1, 1))
    if config.jitter_us:
        clip = replace(clip, t_us=clip.t_us + rng.normal(0, config.jitter_us, len(clip))).ordered()
    return clip


def _in_space(clip: Clip, config: ClipAugment, rng: np.random.Generator, width: int, height: int) -> Clip:
    x, y = clip.x.astype(np.float64), clip.y.astype(np.float64)
    if config.jitter_px:
        x = x + rng.normal(0, config.jitter_px, len(clip))
        y = y + rng.normal(0, config.jitter_px, len(clip)) if height > 1 else y
    if config.roll_px and rng.random() < GEOMETRIC_SHARE:
        shift = rng.integers(-config.roll_px, config.roll_px + 1, 2)
        x, y = x + shift[0], y + shift[1] * (height > 1)
    if config.angle_deg and rng.random() < GEOMETRIC_SHARE:
        x, y = _turned(x, y, np.deg2rad(rng.uniform(-config.angle_deg, config.angle_deg)), 1.0, width, height)
    if config.scale > 1 and rng.random() < GEOMETRIC_SHARE:
        x, y = _turned(x, y, 0.0, config.scale ** rng.uniform(-1, 1), width, height)
    return clip.moved(x, y, width=width, height=height)


def _turned(
    x: np.ndarray, y: np.ndarray, angle: float, factor: float, width: int, height: int
) -> tuple[np.ndarray, np.ndarray]:
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    cos, sin = factor * np.cos(angle), factor * np.sin(angle)
    dx, dy = x - middle_x, y - middle_y
    return middle_x + cos * dx - sin * dy, middle_y + sin * dx + cos * dy


def _noise(clip: Clip, largest: int, rng: np.random.Generator, width: int, height: int) -> Clip:
    count = int(rng.integers(0, largest + 1))
    t_us = rng.uniform(clip.t_us[0], clip.t_us[-1], count)
    p = rng.integers(0, 2, count) if height > 1 else np.ones(count, np.int64)
    return Clip(t_us, rng.integers(0, width, count), rng.integers(0, height, count), p)


def cutmix(own: Clip, other: Clip, rng: np.random.Generator) -> tuple[Clip, float]:
    """Put a run of another recording's events in the place of ours at the same time.

    Returns:
        The mixture, and the share of its events that is the other's: the weight of its label.
    """
    if not len(own) or not len(other):
        return own, 0.0
    size = int(rng.integers(1, len(other) + 1))
    start = int(rng.integers(0, len(other) - size + 1))
    run = other.at(slice(start, start + size))
    kept = own.at((own.t_us < run.t_us[0]) | (own.t_us > run.t_us[-1]))
    return join(kept, run), size / (size + len(kept))
