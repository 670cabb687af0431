"""The gesture network in plain PyTorch, float weights to 8 bits, written apart from the package to compare with.

Two simulations of the same integers. `EventDriven` is what the chip does: one convolution per event, at most one spike
per neuron and event, spikes handed on one by one. `clocked` is what networks are trained with: all events of a step in
one convolution, and as many spikes per neuron and step as the state allows.
"""

from collections.abc import Mapping

import torch
from torch.nn.functional import avg_pool2d, conv2d

KEYS = ("0", "2", "5", "8", "11", "14", "18", "22", "24")
POOLED = (False, True, True, True, True, True, False, False, False)


def quantised(state: Mapping[str, torch.Tensor]) -> list[tuple[torch.Tensor, float]]:
    """Give weights and threshold of every layer as whole numbers; averages become sums by a quarter of the weights."""
    layers, before = [], False
    for key, pooled in zip(KEYS, POOLED, strict=True):
        weights = state[f"{key}.weight"].double() * (0.25 if before else 1.0)
        before = pooled
        scale = min(127 / weights.abs().max().item(), 32767.0)
        shape = weights.shape if weights.dim() == 4 else (*weights.shape, 1, 1)
        layers.append(((weights * scale).round().reshape(shape), float(round(scale))))
    return layers


def convolve(index: int, events: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Convolve a map of events (C, H, W) as layer `index` does."""
    stride, padding = (2, 0) if index == 0 else (1, 1 if index < 6 else 0)
    return conv2d(events[None], weights, stride=stride, padding=padding)[0]


class EventDriven:
    """One event at a time.

    Attributes:
        counts: spikes of every layer.
        states: states of every layer.
        classes: spikes of every class.
    """

    def __init__(self, layers: list[tuple[torch.Tensor, float]]) -> None:
        """Begin with states of 0."""
        self._layers = layers
        self.counts = [0] * len(layers)
        self.classes = torch.zeros(11, dtype=torch.long)
        self.states: list[torch.Tensor | None] = [None] * len(layers)
        self._inputs: list[torch.Tensor | None] = [None] * len(layers)

    def add(self, feature: int, y: int, x: int) -> None:
        """Let one event run through all layers."""
        events = [(feature, y, x)]
        for index in range(len(self._layers)):
            events = [spike for event in events for spike in self._step(index, event)]

    def _step(self, index: int, event: tuple[int, int, int]) -> list[tuple[int, int, int]]:
        weights, threshold = self._layers[index]
        one_hot = self._map(index, weights)
        one_hot[event] = 1
        change = convolve(index, one_hot, weights)
        one_hot[event] = 0
        state = self.states[index]
        state = change if state is None else state + change
        state = state.clamp(-threshold, 32767)
        fired = state >= threshold
        self.states[index] = state - threshold * fired
        self.counts[index] += int(fired.sum())
        spikes = [(f, y, x) for y, x, f in fired.permute(1, 2, 0).nonzero().tolist()]
        if index == len(self._layers) - 1:
            self.classes += fired.flatten().long()
        shift = int(POOLED[index])
        return [(f, y >> shift, x >> shift) for f, y, x in spikes]

    def _map(self, index: int, weights: torch.Tensor) -> torch.Tensor:
        held = self._inputs[index]
        if held is None:
            side = (128, 64, 32, 16, 8, 4, 2, 1, 1)[index]
            held = torch.zeros(weights.shape[1], side, side, dtype=torch.float64)
            self._inputs[index] = held
        return held


def clocked(layers: list[tuple[torch.Tensor, float]], steps: torch.Tensor) -> tuple[list[int], torch.Tensor]:
    """Simulate steps (T, 2, 128, 128) of event counts; give spikes a layer, and a class."""
    counts, classes = [0] * len(layers), torch.zeros(11, dtype=torch.long)
    states: list[torch.Tensor | float] = [0.0] * len(layers)
    for step in steps.double():
        events = step
        for index, (weights, threshold) in enumerate(layers):
            state = states[index] + convolve(index, events, weights)
            spikes = (state / threshold).floor().clamp(min=0)
            states[index] = (state - spikes * threshold).clamp(min=-threshold)
            counts[index] += int(spikes.sum())
            events = avg_pool2d(spikes[None], 2)[0] * 4 if POOLED[index] else spikes
        classes += spikes.flatten().long()
    return counts, classes
