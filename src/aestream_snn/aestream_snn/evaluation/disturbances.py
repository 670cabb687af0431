"""What can go wrong before a camera, as functions of events: a table."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from aestream_snn.data.mirror import Mirrors
from aestream_snn.data.recordings import Recordings, Words, records_of, words_from_columns


@dataclass(frozen=True)
class Scene:
    """Where a disturbance happens.

    Attributes:
        width: sensor width in pixels.
        height: sensor height in pixels.
        rng: where chance comes from.
    """

    width: int
    height: int
    rng: np.random.Generator


def noise(words: Words, scene: Scene, rate_hz: float) -> Words:
    """Let every pixel fire `rate_hz` times a second for no reason."""
    duration_us = _duration_us(words)
    count = scene.rng.poisson(rate_hz * scene.width * scene.height * duration_us * 1e-6)
    return _with(words, _anywhere(count, scene), scene.rng.integers(0, duration_us, count), scene)


def hot_pixels(words: Words, scene: Scene, count: float) -> Words:
    """Let some pixels fire 500 times a second."""
    duration_us = _duration_us(words)
    x, y = _anywhere(int(count), scene)
    events = int(500 * duration_us * 1e-6)
    times = scene.rng.integers(0, duration_us, int(count) * events)
    return _with(words, (np.repeat(x, events), np.repeat(y, events)), times, scene)


def flicker(words: Words, scene: Scene, side_px: float) -> Words:
    """Let a square flicker as a lamp at 50 Hz does: both polarities, 100 times a second."""
    side = min(int(side_px), scene.width, scene.height)
    x0, y0 = scene.rng.integers(scene.width - side + 1), scene.rng.integers(scene.height - side + 1)
    times = np.arange(0, _duration_us(words), 5000)
    square = np.arange(side * side)
    x, y = (np.tile(part, len(times)) for part in (x0 + square % side, y0 + square // side))
    polarities = np.repeat(np.arange(len(times)) % 2, len(square))
    return _merged(words, words_at(np.repeat(times, len(square)), x, y, polarities))


def loss(words: Words, scene: Scene, share: float) -> Words:
    """Lose a share of the events."""
    return np.asarray(words[scene.rng.random(len(words)) >= share])


def rate(words: Words, scene: Scene, factor: float) -> Words:
    """Let there be `factor` times as many events, as before a more sensitive sensor: repeated within 2 ms."""
    times = records_of(words)["t"].astype(np.int64)
    again = words[scene.rng.random(len(words)) < (factor - 1) % 1]
    extra = np.concatenate([*[words] * int(factor - 1), again]).copy()
    records = records_of(extra)
    last = int(times.max()) if len(times) else 0
    records["t"] = np.minimum(records["t"] + scene.rng.integers(0, 2000, len(extra)), last)
    return _merged(words, extra)


def stretch(words: Words, scene: Scene, factor: float) -> Words:
    """Let everything take `factor` times as long."""
    records = records_of(words).copy()
    records["t"] = records["t"] * factor
    return records.view(np.int64)


Disturbance = Callable[[Words, Scene, float], Words]


@dataclass(frozen=True)
class Row:
    """One disturbance.

    Attributes:
        apply: does it to one recording.
        unit: of its strengths.
        strengths: from weak to strong.
    """

    apply: Disturbance
    unit: str
    strengths: tuple[float, ...]


DISTURBANCES: dict[str, Row] = {
    "noise": Row(noise, "Hz/px", (1, 3, 10)),
    "hot pixels": Row(hot_pixels, "pixels of 500 Hz", (5, 20, 80)),
    "flicker": Row(flicker, "px square at 100 Hz", (4, 8, 16)),
    "loss": Row(loss, "of the events", (0.1, 0.3, 0.6)),
    "rate": Row(rate, "times as many", (1.5, 2, 3)),
    "time": Row(stretch, "times as long", (0.7, 0.85, 1.2, 1.5)),
}


@dataclass(frozen=True)
class Disturbed:
    """Recordings that are disturbed when they are asked for, each in its own way, the same every time."""

    whole: Recordings
    row: Row
    strength: float

    @property
    def width(self) -> int:
        """Sensor width in pixels."""
        return self.whole.width

    @property
    def height(self) -> int:
        """Sensor height in pixels."""
        return self.whole.height

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the labels."""
        return self.whole.classes

    @property
    def labels(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
        """(R,) int64, indices into `classes`."""
        return self.whole.labels

    @property
    def mirrors(self) -> Mirrors | None:
        """What each class is in the mirror."""
        return self.whole.mirrors

    def __len__(self) -> int:
        """Give the number of recordings."""
        return len(self.whole)

    def words(self, index: int) -> Words:
        """Disturb one recording."""
        scene = Scene(self.width, self.height, np.random.default_rng(index))
        return self.row.apply(self.whole.words(index), scene, self.strength)


def words_at(times: "np.ndarray", x: "np.ndarray", y: "np.ndarray", p: "np.ndarray") -> Words:  # type: ignore[type-arg]
    """Make words of columns whose times stay as they are."""
    made = words_from_columns(times, x, y, p)
    records_of(made)["t"] = times
    return made


def _duration_us(words: Words) -> int:
    return int(records_of(words)["t"].max()) + 1 if len(words) else 1


def _anywhere(count: int, scene: Scene) -> "tuple[np.ndarray, np.ndarray]":  # type: ignore[type-arg]
    return scene.rng.integers(0, scene.width, count), scene.rng.integers(0, scene.height, count)


def _with(words: Words, at: "tuple[np.ndarray, np.ndarray]", times: "np.ndarray", scene: Scene) -> Words:  # type: ignore[type-arg]
    return _merged(words, words_at(times, *at, scene.rng.integers(0, 2, len(times))))


def _merged(words: Words, others: Words) -> Words:
    merged = np.concatenate((words, others))
    return np.asarray(merged[np.argsort(records_of(merged)["t"], kind="stable")])
