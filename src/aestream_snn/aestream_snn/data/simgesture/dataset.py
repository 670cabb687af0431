"""SimGesture as a whole: its splits, made once and kept in the cache folder."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import numpy as np

from aestream_core.config import setting, validate
from aestream_snn.data.cache import Arrays, cached
from aestream_snn.data.recordings import PackedRecordings, Words, pack
from aestream_snn.data.simgesture.motions import CLASSES, MIRRORS, SIDE_PX
from aestream_snn.data.simgesture.recording import GestureConfig, simulate_gesture

VERSION = 1
"""Goes up where the same configuration gives other events than before."""

SPLITS: tuple[str, ...] = ("train", "validation", "test")

Progress = Callable[[int, int], None]
"""Called with how many recordings are done, and of how many."""


@dataclass(frozen=True)
class SimGestureConfig:
    """Size and seed of the data set."""

    seed: int = setting(0, "Seed of all recordings.", bounds=(0, 2**31 - 1))
    train: int = setting(1440, "Recordings for training.", bounds=(12, 1_000_000))
    validation: int = setting(240, "Recordings for choosing when to stop.", bounds=(12, 1_000_000))
    test: int = setting(480, "Recordings for the final result.", bounds=(12, 1_000_000))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


def make_simgesture(
    split: str,
    config: SimGestureConfig | None = None,
    gesture: GestureConfig | None = None,
    *,
    progress: Progress | None = None,
) -> PackedRecordings:
    """Give one split, from the cache where it is there. Splits share no recording, and classes are equally frequent.

    Args:
        split: one of `SPLITS`.
        config: sizes and seed.
        gesture: what varies between recordings.
        progress: told while recordings are made.
    """
    config, gesture = config or SimGestureConfig(), gesture or GestureConfig()
    count = int(getattr(config, split))
    key = repr((VERSION, split, count, config.seed, sorted(asdict(gesture).items())))
    name = f"simgesture-{split}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    arrays = cached(name, lambda: _make(split, count, config.seed, gesture, progress))
    labels = np.arange(count, dtype=np.int64) % len(CLASSES)
    return PackedRecordings(SIDE_PX, SIDE_PX, CLASSES, labels, arrays["words"], arrays["offsets"], MIRRORS)


def _make(split: str, count: int, seed: int, gesture: GestureConfig, progress: Progress | None) -> Arrays:
    def simulate(index: int) -> Words:
        return simulate_gesture(index % len(CLASSES), (seed, SPLITS.index(split), index), gesture)

    events: list[Words] = []
    with ThreadPoolExecutor(2) as pool:  # the simulator releases the interpreter
        for words in pool.map(simulate, range(count)):
            events.append(words)
            if progress:
                progress(len(events), count)
    words, offsets = pack(events)
    return {"words": words, "offsets": offsets}
