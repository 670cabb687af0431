"""Batches of frames and labels: in an order that follows from seed and epoch, or in the order of the recordings."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from aestream_core.errors import InvalidArgumentError
from aestream_snn.data.augment import AugmentConfig, Place, augmented
from aestream_snn.data.frames import FrameConfig, frames_of, make_frames
from aestream_snn.data.recordings import Recordings
from aestream_snn.training.team import ALONE, Team

Batch = tuple[Tensor, Tensor]
"""(T, B, C, H, W) float32 frames and (B,) int64 labels."""


def batches_in_order(recordings: Recordings, frames: FrameConfig, *, size: int) -> Iterator[Batch]:
    """Give all recordings once, unchanged."""
    for start in range(0, len(recordings), size):
        indices = range(start, min(start + size, len(recordings)))
        yield frames_of(recordings, indices, frames), _labels(recordings, indices)


class TrainingBatches:
    """Augmented batches. An epoch depends on seed and number alone, so a run that resumes sees the same."""

    def __init__(
        self,
        recordings: Recordings,
        *,
        frames: FrameConfig,
        augment: AugmentConfig,
        size: int,
        seed: int,
        noise: Recordings | None = None,
        team: Team = ALONE,
    ) -> None:
        """Keep what batches are made of.

        Raises:
            InvalidArgumentError: a batch cannot be shared equally, or there is too little for all.
        """
        if size % team.size:
            raise InvalidArgumentError(f"task.batch is {size}; {team.size} system.processes cannot share it equally")
        if len(recordings) < team.size:
            given = f"{len(recordings)} training recordings"
            raise InvalidArgumentError(f"{given} for {team.size} system.processes; each needs one at least")
        self._team = team
        self._recordings, self._frames, self._augment = recordings, frames, augment
        self._size, self._seed, self._noise = size, seed, noise

    def __len__(self) -> int:
        """Give the number of batches of an epoch."""
        return -(-(len(self._recordings) // self._team.size * self._team.size) // self._size)

    def epoch(self, number: int) -> Iterator[Batch]:
        """Give all recordings once, in an order of their own; in a team, its share of each batch.

        What a team cannot share equally is left out: fewer recordings than there are processes, others each epoch.
        """
        team, rng = self._team, np.random.default_rng((self._seed, number))
        order = rng.permutation(len(self._recordings))
        order = order[: len(order) // team.size * team.size]
        chance = rng if team.size == 1 else np.random.default_rng((self._seed, number, team.rank))
        place = Place(self._recordings.width, self._recordings.height, chance, self._noise)
        for start in range(0, len(order), self._size):
            yield self._batch(order[start : start + self._size][team.rank :: team.size].tolist(), place)

    def _batch(self, indices: Sequence[int], place: Place) -> Batch:
        made = [augmented(self._recordings, index, self._augment, place) for index in indices]
        sensor = {"width": place.width, "height": place.height}
        frames = make_frames([words for words, _ in made], **sensor, config=self._frames)
        return frames, torch.tensor([label for _, label in made])


def _labels(recordings: Recordings, indices: Sequence[int]) -> Tensor:
    return torch.from_numpy(recordings.labels[list(indices)])
