"""Augmentations: what recordings may look like that were not recorded. A table of functions of events.

Each takes records in order of time and gives new ones, in order of time; none changes its input.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.config import setting, validate
from aestream_snn.data.mirror import Flips, draw_flips, label_in
from aestream_snn.data.recordings import Recordings, Words, records_of

Records = npt.NDArray[Any]


@dataclass(frozen=True)
class AugmentConfig:
    """How much recordings are changed for training. Every number is 0 or 1 where nothing changes."""

    swap_polarity: float = setting(0.0, "Probability to swap the polarities of a whole recording.", bounds=(0, 1))
    flip_x: float = setting(
        0.0, "Probability to mirror left and right; the class follows where the data set knows it.", bounds=(0, 1)
    )
    flip_y: float = setting(
        0.0, "Probability to mirror top and bottom; the class follows where the data set knows it.", bounds=(0, 1)
    )
    shift_px: int = setting(0, "Largest shift along each axis.", unit="px", bounds=(0, 1000))
    angle_deg: float = setting(0.0, "Largest turn about the centre.", unit="deg", bounds=(0, 180))
    scale: float = setting(1.0, "Largest factor on sizes; its inverse is the smallest.", bounds=(1, 10))
    stretch: float = setting(1.0, "Largest factor on times; its inverse is the smallest.", bounds=(1, 10))
    jitter_us: float = setting(0.0, "Standard deviation added to each time.", unit="us", bounds=(0, 1e6))
    flip_polarity: float = setting(0.0, "Share of the events whose polarity is turned.", bounds=(0, 1))
    drop: float = setting(0.0, "Largest share of the events that is dropped.", bounds=(0, 1))
    cut_px: int = setting(0, "Largest side of a square without events.", unit="px", bounds=(0, 1000))
    slice_us: int = setting(
        0, "Length of a random slice of the recording; 0 for all of it.", unit="us", bounds=(0, 1e9)
    )
    noise: float = setting(0.0, "Probability to mix in a noise recording.", bounds=(0, 1))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


@dataclass(frozen=True)
class Place:
    """What an augmentation may need beside the events.

    Attributes:
        width: sensor width in pixels.
        height: sensor height in pixels.
        rng: where chance comes from.
        noise: recordings without a stimulus, to mix in.
    """

    width: int
    height: int
    rng: np.random.Generator
    noise: Recordings | None = None


def random_slice(records: Records, config: AugmentConfig, place: Place) -> Records:
    """Cut a piece of `slice_us` out, with times from its start."""
    if not config.slice_us or not len(records):
        return records
    start_us = int(place.rng.integers(max(int(records["t"][-1]) - config.slice_us, 0) + 1))
    first, last = np.searchsorted(records["t"], (start_us, start_us + config.slice_us))
    piece = records[first:last].copy()
    piece["t"] -= np.uint32(start_us)
    return piece


def drop_events(records: Records, config: AugmentConfig, place: Place) -> Records:
    """Drop a random share of the events, up to `drop`."""
    if not config.drop:
        return records
    kept = place.rng.random(len(records), np.float32) >= place.rng.uniform(0, config.drop)
    return np.asarray(records[kept])


def affine(records: Records, config: AugmentConfig, place: Place) -> Records:
    """Turn, scale and shift about the centre; what leaves the sensor is gone."""
    rng = place.rng
    turn = np.deg2rad(rng.uniform(-config.angle_deg, config.angle_deg))
    scale = config.scale ** rng.uniform(-1, 1)
    shift = rng.integers(-config.shift_px, config.shift_px + 1, 2)
    if turn == 0 and scale == 1 and not shift.any():
        return records
    x, y = records["x"] - (place.width - 1) / 2, (records["yp"] & 0x7FFF) - (place.height - 1) / 2
    cosine, sine = scale * np.cos(turn), scale * np.sin(turn)
    to_x = np.rint(cosine * x - sine * y + (place.width - 1) / 2 + shift[0]).astype(np.int32)
    to_y = np.rint(sine * x + cosine * y + (place.height - 1) / 2 + shift[1]).astype(np.int32)
    moved = records.copy()
    moved["x"], moved["yp"] = to_x, (to_y & 0x7FFF) | (records["yp"] & 0x8000)
    inside = (to_x >= 0) & (to_x < place.width) & (to_y >= 0) & (to_y < place.height)
    return np.asarray(moved[inside])


def mirrored(records: Records, flips: Flips, place: Place) -> Records:
    """Exchange left and right, top and bottom, or neither."""
    if not (flips.x or flips.y):
        return records
    turned = records.copy()
    if flips.x:
        turned["x"] = place.width - 1 - records["x"]
    if flips.y:
        turned["yp"] = (place.height - 1 - (records["yp"] & 0x7FFF)) | (records["yp"] & 0x8000)
    return turned


def cut_out(records: Records, config: AugmentConfig, place: Place) -> Records:
    """Leave a square without events."""
    if not config.cut_px:
        return records
    side = place.rng.integers(config.cut_px + 1)
    x0, y0 = place.rng.integers(place.width), place.rng.integers(place.height)
    y = records["yp"] & 0x7FFF
    outside = (records["x"] < x0) | (records["x"] >= x0 + side) | (y < y0) | (y >= y0 + side)
    return np.asarray(records[outside])


def polarity(records: Records, config: AugmentConfig, place: Place) -> Records:
    """Swap the polarities of all events, or turn those of some."""
    turned = np.zeros(len(records), np.bool_)
    if config.flip_polarity:
        turned = place.rng.random(len(records), np.float32) < config.flip_polarity
    if place.rng.uniform() < config.swap_polarity:
        turned = ~turned
    if not turned.any():
        return records
    changed = records.copy()
    changed["yp"][turned] ^= 0x8000
    return changed


def timing(records: Records, config: AugmentConfig, place: Place) -> Records:
    """Stretch time, and add noise to each time; what would come before the start comes at it."""
    factor = config.stretch ** place.rng.uniform(-1, 1)
    if factor == 1 and not config.jitter_us:
        return records
    times = records["t"] * factor
    if config.jitter_us:
        times = times + place.rng.normal(0, config.jitter_us, len(records))
    changed = records.copy()
    changed["t"] = np.clip(times, 0, 0xFFFFFFFF).astype(np.uint32)
    return changed[np.argsort(changed["t"], kind="stable")] if config.jitter_us else changed


def mix_noise(records: Records, config: AugmentConfig, place: Place) -> Records:
    """Mix in a noise recording, as long as this recording is."""
    if place.noise is None or not len(records) or place.rng.uniform() >= config.noise:
        return records
    noise = records_of(place.noise.words(int(place.rng.integers(len(place.noise)))))
    mixed = np.concatenate((records, _as_long(noise, int(records["t"][-1]))))
    return mixed[np.argsort(mixed["t"], kind="stable")]


def _as_long(noise: Records, end_us: int) -> Records:
    """Cut a recording behind a time, or repeat it until then; repetitions begin at whole hundredths of a second."""
    if not len(noise):
        return noise
    length_us = (int(noise["t"][-1]) // 10_000 + 1) * 10_000
    times = np.arange(end_us // length_us + 1) * length_us
    repeated = np.tile(noise, len(times))
    repeated["t"] += np.repeat(times, len(noise)).astype(np.uint32)
    return np.asarray(repeated[repeated["t"] <= end_us])


Augmentation = Callable[[Records, AugmentConfig, Place], Records]

AUGMENTATIONS: dict[str, Augmentation] = {
    "random_slice": random_slice,
    "drop_events": drop_events,
    "affine": affine,
    "cut_out": cut_out,
    "polarity": polarity,
    "timing": timing,
    "mix_noise": mix_noise,
}
"""In the order in which they are done."""


def augment(words: Words, config: AugmentConfig, place: Place, flips: Flips | None = None) -> Words:
    """Do all augmentations. Gives new events, or the same where nothing changes.

    Args:
        words: one recording.
        config: how much of each.
        place: the sensor, and chance.
        flips: how the recording is mirrored before; who draws it knows the class that then is right.
    """
    records = mirrored(records_of(words), flips or Flips(), place)
    for change in AUGMENTATIONS.values():
        records = change(records, config, place)
    return np.ascontiguousarray(records).view(np.int64)


def augmented(recordings: Recordings, index: int, config: AugmentConfig, place: Place) -> tuple[Words, int]:
    """Give one recording with all augmentations, and the class that it then is."""
    flips = draw_flips(config.flip_x, config.flip_y, place.rng)
    label = label_in(recordings.mirrors, int(recordings.labels[index]), flips)
    return augment(recordings.words(index), config, place, flips), label
