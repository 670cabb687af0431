"""How often a model is right."""

from dataclasses import dataclass

import torch

from aestream_snn.data.frames import FrameConfig
from aestream_snn.data.recordings import Recordings
from aestream_snn.models.base import StepModel
from aestream_snn.training.batches import batches_in_order

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
def judge(model: StepModel, recordings: Recordings, frames: FrameConfig, *, device: str = "cpu") -> Verdict:
    """Ask a model about all recordings. Of classes with the same score the first counts."""
    was_training = model.training
    model.eval()
    classes = len(recordings.classes)
    confusion = torch.zeros(classes, classes, dtype=torch.int64)
    for sequence, labels in batches_in_order(recordings, frames, size=BATCH):
        said = model(sequence.to(device)).sum(0).argmax(1).cpu()
        confusion += torch.bincount(labels * classes + said, minlength=classes**2).reshape(classes, classes)
    model.train(was_training)
    return Verdict(recordings.classes, confusion)
