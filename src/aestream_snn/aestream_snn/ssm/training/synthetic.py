"""Two tasks that are made here and converge in seconds to minutes, and that only time solves."""

import numpy as np

from aestream_core.errors import UnknownNameError
from aestream_snn.data.recordings import PackedRecordings, Words, pack, words_from_columns

CHIRP_CHANNELS, CHIRP_EVENTS, CHIRP_US = 700, 400, 800_000
CUES, DISTRACTORS = 4, 12
SIZES = {
    "chirp": {"train": 600, "validation": 100, "test": 200},
    "delay": {"train": 2000, "validation": 200, "test": 400},
}


def _rng(name: str, split: str, seed: int) -> tuple[np.random.Generator, int]:
    sizes = SIZES[name]
    if split not in sizes:
        raise UnknownNameError("split", split, tuple(sizes))
    return np.random.default_rng((seed, list(sizes).index(split), list(SIZES).index(name))), sizes[split]


def _packed(width: int, classes: tuple[str, ...], made: list[tuple[Words, int]]) -> PackedRecordings:
    words, offsets = pack([each for each, _ in made])
    return PackedRecordings(width, 1, classes, np.array([label for _, label in made], np.int64), words, offsets)


def make_chirp(split: str, seed: int) -> PackedRecordings:
    """Make sounds in SHD's layout whose pitch rises or falls; a fifth of the events is noise."""
    rng, count = _rng("chirp", split, seed)
    return _packed(CHIRP_CHANNELS, ("up", "down"), [_chirp(rng, index % 2) for index in range(count)])


def _chirp(rng: np.random.Generator, label: int) -> tuple[Words, int]:
    length_us = CHIRP_US * rng.uniform(0.7, 1.3)
    t_us = np.sort(rng.uniform(0, length_us, int(CHIRP_EVENTS * rng.uniform(0.8, 1.2))))
    place = t_us / length_us
    low, high = rng.uniform(50, 200), rng.uniform(500, 650)
    x = low + (high - low) * (1 - place if label else place) + rng.normal(0, 15, len(t_us))
    x = np.where(rng.random(len(t_us)) < 0.2, rng.uniform(0, CHIRP_CHANNELS, len(t_us)), x)
    x = np.clip(np.rint(x), 0, CHIRP_CHANNELS - 1)
    return words_from_columns(t_us.astype(np.int64), x, np.zeros(len(x)), np.ones(len(x), np.uint16)), label


def make_delay(split: str, seed: int) -> PackedRecordings:
    """Make streams that begin with one of four cues; to be told are the cue and whether much or little time passed.

    150 to 400 other tokens follow at random times. Their number says nothing about the time, so a model that does not
    know the gaps is right about half of the recordings at best.
    """
    rng, count = _rng("delay", split, seed)
    classes = tuple(f"cue {cue}, {span}" for cue in range(CUES) for span in ("short", "long"))
    return _packed(CUES + DISTRACTORS, classes, [_delay(rng, index % len(classes)) for index in range(count)])


def _delay(rng: np.random.Generator, label: int) -> tuple[Words, int]:
    count = int(rng.integers(150, 401))
    span_us = rng.uniform(100_000, 160_000) if label % 2 else rng.uniform(30_000, 60_000)
    t_us = np.sort(rng.uniform(0, span_us, count))
    x = np.r_[label // 2, CUES + rng.integers(0, DISTRACTORS, count)]
    t_us = np.r_[0, t_us].astype(np.int64)
    return words_from_columns(t_us, x, np.zeros(len(x)), np.ones(len(x), np.uint16)), label
