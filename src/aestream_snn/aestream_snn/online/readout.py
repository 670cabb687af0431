"""Spikes of the last windows to probabilities."""

import math

import numpy as np
import torch
from torch import Tensor

from aestream_core.errors import InvalidArgumentError
from aestream_snn.online.base import Scores


class Readout:
    """A mean of the outputs in which old ones count less, as logits of the length of a recording in training.

    With decay d = exp(-window / memory), the mean is m = sum d^k y_k / sum d^k, k windows ago; the scores are
    softmax(scale steps m), as the loss in training saw them.
    """

    def __init__(self, classes: int, *, scale: float, steps: int, window_us: int, memory_ms: float) -> None:
        """Prepare.

        Args:
            classes: outputs of the model.
            scale: what the loss multiplied spike counts by.
            steps: windows of a recording in training.
            window_us: sensor time of a window.
            memory_ms: see `remember`.
        """
        self._classes, self._scale, self._window_us = classes, scale * steps, window_us
        self.remember(memory_ms)
        self.reset()

    def remember(self, memory_ms: float) -> None:
        """Forget to 1/e in that time, from now on."""
        if not memory_ms > 0:
            raise InvalidArgumentError(f"memory_ms is {memory_ms}; it must be above 0")
        self._rate = self._window_us / 1000 / memory_ms

    def reset(self) -> None:
        """Forget all outputs."""
        self._sum: Tensor | None = None
        self._weight = 0.0

    def add(self, output: Tensor, *, windows: float = 1.0) -> None:
        """Add (classes,) outputs of a window, so many windows after the last."""
        decay = math.exp(-self._rate * windows)
        self._sum = output if self._sum is None else self._sum * decay + output
        self._weight = self._weight * decay + 1

    def scores(self) -> Scores:
        """Give (classes,) float32 probabilities; equal ones before the first output. Waits for the device."""
        if self._sum is None:
            return np.full(self._classes, 1 / self._classes, np.float32)
        scores: Scores = torch.softmax(self._sum * (self._scale / self._weight), 0).float().cpu().numpy()
        return scores
