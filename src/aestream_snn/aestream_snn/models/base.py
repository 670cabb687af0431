"""What every model is: a step that takes a frame and a state, and the same over a whole sequence."""

from abc import abstractmethod

from torch import Tensor, nn

State = tuple[Tensor | None, ...]
"""What a model remembers between steps: membranes, from the input on. None where it has seen nothing."""


class StepModel(nn.Module):
    """A model of frames in time. Its outputs, summed over the steps, are scores of the classes.

    Attributes:
        input_shape: channels, height and width of one frame.
    """

    input_shape: tuple[int, int, int]

    @abstractmethod
    def initial_state(self) -> State:
        """Give the state of a model that has seen nothing."""

    @abstractmethod
    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one frame (B, C, H, W); give (B, classes) and the state after it."""

    @abstractmethod
    def forward(self, sequence: Tensor) -> Tensor:
        """Take a sequence (T, B, C, H, W) from the initial state on; give (T, B, classes)."""
