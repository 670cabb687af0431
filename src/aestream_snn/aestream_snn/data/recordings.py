"""Recordings with labels: all of them in one array, or a file each that is read when it is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import RECORD_DTYPE, Events
from aestream_snn.data.mirror import Mirrors

Words = npt.NDArray[np.int64]
"""(N,) events as 64-bit words: t in µs from the start in bits 31:0, x in 47:32, y in 62:48, polarity in bit 63."""


class Recordings(Protocol):
    """Recordings of one sensor, each with a label."""

    @property
    def width(self) -> int:
        """Sensor width in pixels."""

    @property
    def height(self) -> int:
        """Sensor height in pixels."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the labels."""

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """(R,) int64, indices into `classes`."""

    @property
    def mirrors(self) -> Mirrors | None:
        """What each class is in the mirror; None where mirrors change no class."""

    def __len__(self) -> int:
        """Give the number of recordings."""

    def words(self, index: int) -> Words:
        """Give the events of one recording. Not to be changed."""


@dataclass(frozen=True)
class PackedRecordings:
    """Recordings in one array.

    Attributes:
        all_words: (N,) int64, the events of all recordings.
        offsets: (R + 1,) int64, where each recording begins, and the end.
        mirrors: what each class is in the mirror; None where mirrors change no class.
    """

    width: int
    height: int
    classes: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    all_words: Words
    offsets: npt.NDArray[np.int64]
    mirrors: Mirrors | None = None

    def __post_init__(self) -> None:
        """Check that the arrays belong together."""
        if len(self.offsets) != len(self.labels) + 1 or self.offsets[-1] != len(self.all_words):
            sizes = f"{len(self.labels)} labels, {len(self.offsets)} offsets"
            raise InvalidArgumentError(f"{sizes}; there must be one offset more, and the last at the events' end")
        check_labels(self.labels, self.classes)

    def __len__(self) -> int:
        """Give the number of recordings."""
        return len(self.labels)

    def words(self, index: int) -> Words:
        """Give a view on the events of one recording."""
        return self.all_words[self.offsets[index] : self.offsets[index + 1]]


@dataclass(frozen=True)
class FileRecordings:
    """Recordings in files, read each time that they are asked for.

    Attributes:
        paths: one file a recording.
        read: gives the events of a file as words.
        mirrors: what each class is in the mirror; None where mirrors change no class.
    """

    width: int
    height: int
    classes: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    paths: tuple[Path, ...]
    read: Callable[[Path], Words]
    mirrors: Mirrors | None = None

    def __post_init__(self) -> None:
        """Check that every file has a label."""
        if len(self.paths) != len(self.labels):
            raise InvalidArgumentError(f"{len(self.paths)} files have {len(self.labels)} labels")
        check_labels(self.labels, self.classes)

    def __len__(self) -> int:
        """Give the number of recordings."""
        return len(self.paths)

    def words(self, index: int) -> Words:
        """Read one recording."""
        return self.read(self.paths[index])


@dataclass(frozen=True)
class SomeRecordings:
    """A choice of recordings.

    Attributes:
        whole: all of them.
        indices: (R,) int64, those that were chosen.
    """

    whole: Recordings
    indices: npt.NDArray[np.int64]

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
    def labels(self) -> npt.NDArray[np.int64]:
        """Give the labels of those that were chosen."""
        return self.whole.labels[self.indices]

    @property
    def mirrors(self) -> Mirrors | None:
        """What each class is in the mirror."""
        return self.whole.mirrors

    def __len__(self) -> int:
        """Give the number of recordings."""
        return len(self.indices)

    def words(self, index: int) -> Words:
        """Give the events of one recording."""
        return self.whole.words(int(self.indices[index]))


def check_labels(labels: npt.NDArray[np.int64], classes: Sequence[str]) -> None:
    """Raise `InvalidArgumentError` for the first label that has no name."""
    bad = labels[(labels < 0) | (labels >= len(classes))]
    if len(bad):
        raise InvalidArgumentError(f"label {int(bad[0])} has no class; there are {len(classes)}")


def split_off(recordings: Recordings, share: float, *, seed: int) -> tuple[SomeRecordings, SomeRecordings]:
    """Divide recordings at random into (most, share of them), with the same share of every class.

    Raises:
        InvalidArgumentError: nothing would be left in one of the two.
    """
    rng, kept, taken = np.random.default_rng(seed), [], []
    for label in np.unique(recordings.labels):
        members = rng.permutation(np.flatnonzero(recordings.labels == label))
        count = round(share * len(members))
        taken.append(members[:count])
        kept.append(members[count:])
    parts = [np.sort(np.concatenate(part)) if part else np.empty(0, np.int64) for part in (kept, taken)]
    if not all(len(part) for part in parts):
        raise InvalidArgumentError(f"a share of {share} of {len(recordings)} recordings leaves one part empty")
    return SomeRecordings(recordings, parts[0]), SomeRecordings(recordings, parts[1])


def pack(events: Sequence[Words]) -> tuple[Words, npt.NDArray[np.int64]]:
    """Join recordings into one array; give it and where each begins. Copies."""
    offsets = np.zeros(len(events) + 1, np.int64)
    np.cumsum([len(words) for words in events], out=offsets[1:])
    return (np.concatenate(events) if events else np.empty(0, np.int64)), offsets


def words_of(events: Events) -> Words:
    """Give events as words with times from the first event on. Copies."""
    records = events.records().copy()
    if len(records):
        records["t"] -= records["t"].min()
    return records.view(np.int64)


def words_from_columns(t_us: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike, p: npt.ArrayLike) -> Words:
    """Make words of columns; times count from the first event on."""
    times = np.asarray(t_us, np.int64)
    records = np.zeros(len(times), RECORD_DTYPE)
    records["t"] = times - (times.min() if len(times) else 0)
    records["x"] = x
    records["yp"] = np.asarray(y, np.uint16) | (np.asarray(p, np.uint16) << np.uint16(15))
    return records.view(np.int64)


def records_of(words: Words) -> npt.NDArray[Any]:
    """Give words as records with fields t, x, yp. A view."""
    return words.view(RECORD_DTYPE)
