"""A control: an ordinary convolutional network that sees the sum of all frames so far, and so no order in time."""

import torch
from torch import Tensor, nn

from aestream_snn.models.base import State, StepModel


class HistogramCnn(StepModel):
    """Scores of the picture of all events. Where it does well, a data set does not need time."""

    def __init__(self, input_shape: tuple[int, int, int], classes: int) -> None:
        """Draw weights from torch's generator."""
        super().__init__()
        self.input_shape = input_shape
        self.net = nn.Sequential(*_block(input_shape[0], 16), *_block(16, 32), *_block(32, 64), nn.Flatten())
        inputs = self.net(torch.zeros(1, *input_shape)).shape[1]
        self.head = nn.Linear(inputs, classes)

    def initial_state(self) -> State:
        """Give the state of a model that has seen nothing."""
        return (None,)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Add a frame; give by how much that changes the scores, so that outputs sum up to the scores."""
        (total,) = state
        if total is None:
            return self._scores(x), (x,)
        return self._scores(total + x) - self._scores(total), (total + x,)

    def forward(self, sequence: Tensor) -> Tensor:
        """Give the scores of all frames' sum as one step: (1, B, classes)."""
        return self._scores(sequence.sum(0))[None]

    def _scores(self, picture: Tensor) -> Tensor:
        scores: Tensor = self.head(self.net(torch.log1p(picture)))
        return scores


def _block(inputs: int, features: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(inputs, features, 3, padding=1), nn.GroupNorm(4, features), nn.ReLU(), nn.MaxPool2d(2)
