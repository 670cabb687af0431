"""What the updates of an epoch add up to."""

from dataclasses import dataclass

import torch
from torch import Tensor

from aestream_snn.training.team import Team


@dataclass
class EpochSums:
    """Sums over the updates so far.

    Attributes:
        loss: of the updates' losses.
        updates: their number.
        right: recordings that the model was right about when it saw them.
        seen: recordings that it saw.
    """

    loss: float = 0.0
    updates: int = 0
    right: int = 0
    seen: int = 0

    def add(self, loss: float, scores: Tensor, labels: Tensor) -> None:
        """Count one update: (B, classes) scores, (B,) labels."""
        self.loss, self.updates = self.loss + loss, self.updates + 1
        self.right, self.seen = self.right + int((scores.argmax(1) == labels).sum()), self.seen + len(labels)

    def means(self, team: Team) -> dict[str, float]:
        """Give the mean loss, and the share that was right, over all processes."""
        sums = torch.tensor([self.loss, self.updates, self.right, self.seen], dtype=torch.float64)
        loss, updates, right, seen = team.total(sums).tolist()
        return {"loss": loss / max(updates, 1), "train": right / max(seen, 1)}
