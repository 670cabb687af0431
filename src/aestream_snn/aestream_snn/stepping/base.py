"""What runs a model frame by frame, and the plain way to."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from aestream_snn.models.base import StepModel
from aestream_snn.models.network import SpikingNetwork


class Stepper(Protocol):
    """Runs a model frame by frame and keeps its state. Its weights are those that the model had when it was made."""

    def reset(self) -> None:
        """Forget everything that was seen."""

    def step(self, frame: Tensor) -> Tensor:
        """Take one frame.

        Args:
            frame: (1, C, H, W) float32 on the model's device.

        Returns:
            (classes,) outputs of this step, a tensor of its own.

        Raises:
            InvalidArgumentError: the frame has another shape.
        """

    def handed_on(self) -> Sequence[Tensor]:
        """Give what every layer handed on in the last step, (1, ...); views that the next step may overwrite."""

    def membranes(self) -> Sequence[Tensor]:
        """Give the membranes after the last step, (1, C, H, W) or (1, N) of every layer; likewise views."""


class PlainStepper:
    """Calls the model's own step: the slow twin of all others, for any model on any device."""

    def __init__(self, model: StepModel) -> None:
        """Take a model in."""
        self._model = model
        self.reset()

    def reset(self) -> None:
        """Forget everything that was seen."""
        self._state = self._model.initial_state()
        self._outputs: Sequence[Tensor] = ()

    @torch.inference_mode()
    def step(self, frame: Tensor) -> Tensor:
        """Take one frame; see `Stepper.step`."""
        if isinstance(self._model, SpikingNetwork):
            self._outputs, self._state = self._model.step_layers(frame, self._state)
        else:
            output, self._state = self._model.step(frame, self._state)
            self._outputs = (output,)
        return self._outputs[-1][0]

    def handed_on(self) -> Sequence[Tensor]:
        """Give what every layer handed on in the last step."""
        return self._outputs

    def membranes(self) -> Sequence[Tensor]:
        """Give the membranes after the last step; none of a model that has no neurons."""
        return [v for v in self._state if v is not None]
