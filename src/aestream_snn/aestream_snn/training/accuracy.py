"""How often a model is right."""

from dataclasses import dataclass

import numpy as np
import torch

from aestream_snn.data.frames import FrameConfig
from aestream_snn.data.recordings import Recordings, SomeRecordings
from aestream_snn.models.base import StepModel
from aestream_snn.training.batches import batches_in_order
from aestream_snn.training.team import ALONE, Team

BATCH = 32


@dataclass(frozen=True)
class Verdict:
    """What a model said about recordings.

    Attributes:
        classes: names.
        confusion: (classes, classes) int64, true classes by row, said ones by column.
    """

    classes: tuple[str, ...]
    confusion: torch.Tensor

    @property
    def accuracy(self) -> float:
        """Share of the recordings about which it was right."""
        return float(self.confusion.diagonal().sum() / self.confusion.sum().clamp(min=1))


@torch.no_grad()
def judge(
    model: StepModel, recordings: Recordings, frames: FrameConfig, *, device: str = "cpu", team: Team = ALONE
) -> Verdict:
    """Ask a model about all recordings, in a team about a share each. The first of equal scores counts."""
    was_training = model.training
    model.eval()
    classes = len(recordings.classes)
    confusion = torch.zeros(classes, classes, dtype=torch.int64)
    share = SomeRecordings(recordings, np.arange(team.rank, len(recordings), team.size))
    for sequence, labels in batches_in_order(share, frames, size=BATCH):
        said = model(sequence.to(device)).sum(0).argmax(1).cpu()
        confusion += torch.bincount(labels * classes + said, minlength=classes**2).reshape(classes, classes)
    model.train(was_training)
    return Verdict(recordings.classes, team.total(confusion))
