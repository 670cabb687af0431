"""Batches of recordings of like length: tokens, gaps, lengths and soft labels."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from aestream_snn.data.mirror import draw_flips, label_in
from aestream_snn.data.recordings import Recordings
from aestream_snn.ssm.training.augment import ClipAugment, augment, cutmix, mirrored
from aestream_snn.ssm.training.clips import Clip, clip_of, tokens_of
from aestream_snn.training.team import ALONE, Team

BUCKET_BATCHES = 8
"""Batches whose recordings are sorted by length together, so that little is padded and the order stays random."""


@dataclass(frozen=True)
class Batch:
    """What the model and the loss take.

    Attributes:
        tokens: (B, L) int64.
        gaps_ms: (B, L) float32.
        lengths: (B,) int64.
        targets: (B, classes) float32, sums of 1.
    """

    tokens: torch.Tensor
    gaps_ms: torch.Tensor
    lengths: torch.Tensor
    targets: torch.Tensor


class Clips:
    """Recordings, cut into half-overlapping slices where they are longer than `slice_events`."""

    def __init__(self, recordings: Recordings, *, slice_events: int = 0) -> None:
        self.recordings = recordings
        self.pieces = [
            (index, start)
            for index in range(len(recordings))
            for start in _starts(len(recordings.words(index)), slice_events)
        ]
        self._slice = slice_events

    def __len__(self) -> int:
        """Give the number of pieces."""
        return len(self.pieces)

    def get(self, piece: int) -> tuple[Clip, int]:
        """Give one piece and its label."""
        index, start = self.pieces[piece]
        words = self.recordings.words(index)
        end = start + self._slice if self._slice else len(words)
        return clip_of(words[start:end]), int(self.recordings.labels[index])


def _starts(events: int, size: int) -> range:
    return range(0, max(1, events - size // 2), max(1, size // 2)) if size else range(1)


class BatchMaker:
    """Turns pieces into batches."""

    def __init__(
        self, clips: Clips, *, size: int, cell_px: int = 1, no_time: bool = False, upstream_time: bool = False
    ) -> None:
        self.clips, self.size, self._cell_px = clips, size, cell_px
        self._no_time, self._upstream_time = no_time, upstream_time
        self._lengths = np.array([len(clips.get(piece)[0]) for piece in range(len(clips))])

    def training(self, rng: np.random.Generator, config: ClipAugment, team: Team = ALONE) -> Iterator[Batch]:
        """Give all pieces once, changed at random, in random order.

        In a team each process gets every so many'th batch, and all of them equally many; batches that are used at the
        same time hold recordings of like length.
        """
        dealt = self._bucketed(rng, team.size)
        rng = rng if team.size == 1 else rng.spawn(team.size)[team.rank]
        for chosen in dealt[team.rank : self.count(team) * team.size : team.size]:
            yield self._batch([self._changed(piece, rng, config) for piece in chosen])

    def count(self, team: Team = ALONE) -> int:
        """Give the number of training batches of each process."""
        return -(-len(self.clips) // self.size) // team.size

    def in_order(self, team: Team = ALONE) -> Iterator[Batch]:
        """Give all pieces once, as they are, short ones first; in a team, a share of them."""
        order = np.argsort(self._lengths, kind="stable")[team.rank :: team.size]
        for start in range(0, len(order), self.size):
            yield self._batch(
                [(clip, [(label, 1.0)]) for clip, label in map(self.clips.get, order[start : start + self.size])]
            )

    def _bucketed(self, rng: np.random.Generator, together: int) -> list[np.ndarray]:
        """Deal the pieces into batches, in random order but for runs of `together`, which are of like length."""
        order, batches, step = rng.permutation(len(self.clips)), [], self.size * BUCKET_BATCHES
        for start in range(0, len(order), step):
            bucket = order[start : start + step]
            bucket = bucket[np.argsort(self._lengths[bucket], kind="stable")]
            batches += [bucket[at : at + self.size] for at in range(0, len(bucket), self.size)]
        runs = [batches[start : start + together] for start in range(0, len(batches), together)]
        full, rest = (runs, []) if len(runs[-1]) == together else (runs[:-1], runs[-1])
        return [batch for index in rng.permutation(len(full)) for batch in full[index]] + rest

    def _changed(
        self, piece: int, rng: np.random.Generator, config: ClipAugment
    ) -> tuple[Clip, list[tuple[int, float]]]:
        clip, label = self._one(piece, rng, config)
        if not config.cutmix or rng.random() >= config.cutmix:
            return clip, [(label, 1.0)]
        other, other_label = self._one(int(rng.integers(0, len(self.clips))), rng, config)
        clip, share = cutmix(clip, other, rng)
        return clip, [(label, 1.0 - share), (other_label, share)]

    def _one(self, piece: int, rng: np.random.Generator, config: ClipAugment) -> tuple[Clip, int]:
        recordings = self.clips.recordings
        sensor = {"width": recordings.width, "height": recordings.height}
        clip, label = self.clips.get(piece)
        flips = draw_flips(config.flip_x, config.flip_y, rng)
        clip = augment(mirrored(clip, flips, **sensor), config, rng, **sensor)
        return clip, label_in(recordings.mirrors, label, flips)

    def _batch(self, parts: list[tuple[Clip, list[tuple[int, float]]]]) -> Batch:
        recordings = self.clips.recordings
        sensor = {"width": recordings.width, "height": recordings.height, "cell_px": self._cell_px}
        lengths = [len(clip) for clip, _ in parts]
        tokens = np.zeros((len(parts), max(1, *lengths)), np.int64)
        gaps = np.zeros(tokens.shape, np.float32)
        targets = np.zeros((len(parts), len(recordings.classes)), np.float32)
        for row, (clip, labels) in enumerate(parts):
            tokens[row, : len(clip)] = tokens_of(clip, **sensor)
            gaps[row, : len(clip)] = self._gaps(clip)
            for label, weight in labels:
                targets[row, label] += weight
        return Batch(*map(torch.from_numpy, (tokens, gaps, np.array(lengths), targets)))

    def _gaps(self, clip: Clip) -> np.ndarray:
        if self._no_time:
            return np.ones(len(clip))
        steps = np.diff(clip.t_us) / 1000.0
        return np.pad(steps, ((0, 1) if self._upstream_time else (1, 0)) if len(clip) else 0)
