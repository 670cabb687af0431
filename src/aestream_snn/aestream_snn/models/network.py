"""A network of spiking layers whose state is the caller's."""

import math
from collections.abc import Iterator, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from aestream_core.errors import InvalidArgumentError
from aestream_snn.models.base import State, StepModel
from aestream_snn.models.layers import Dense, Layer
from aestream_snn.neurons.config import IAF, NeuronConfig
from aestream_snn.neurons.sequence import neuron_sequence
from aestream_snn.neurons.sparse_conv import event_conv2d
from aestream_snn.neurons.step import neuron_step

Weights = nn.Conv2d | nn.Linear

STEPS_TOGETHER = 16
"""Steps that a CPU takes of one layer before it goes to the next: few calls, and what is handed on stays in a cache."""


class SpikingNetwork(StepModel):
    """Layers in a row, each with neurons of one kind.

    Attributes:
        input_shape: channels, height and width of one frame.
        layers: what the layers are.
        neurons: what the neurons of each layer are.
        weights: one module of weights a layer.
    """

    def __init__(
        self, input_shape: tuple[int, int, int], layers: Sequence[Layer], *, neuron: NeuronConfig = IAF
    ) -> None:
        """Draw weights from torch's generator.

        Raises:
            InvalidArgumentError: a layer finds no input left, or maps follow a dense layer.
        """
        super().__init__()
        self.input_shape, self.layers = input_shape, tuple(layers)
        self.neurons = [neuron] * len(self.layers)
        self.weights = nn.ModuleList()
        shape: tuple[int, ...] = input_shape
        for layer in self.layers:
            weights, shape = _make_weights(layer, shape)
            nn.init.uniform_(weights.weight, *_bounds(weights.weight[0].numel(), neuron))
            if isinstance(weights, nn.Conv2d):
                weights.weight.data = weights.weight.data.contiguous(memory_format=torch.channels_last)
            self.weights.append(weights)

    def parts(self) -> Iterator[tuple[Layer, Weights, NeuronConfig]]:
        """Give what each layer is, its weights and its neurons."""
        for layer, weights, neuron in zip(self.layers, self.weights, self.neurons, strict=True):
            yield layer, cast(Weights, weights), neuron

    def initial_state(self) -> State:
        """Give the state of a network that has seen nothing."""
        return (None,) * len(self.layers)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one frame.

        Args:
            x: (B, C, H, W) float32, events counted into cells.
            state: what the last step gave, or `initial_state()`.

        Returns:
            (B, classes) spikes of the last layer in this step, and the state after it.
        """
        outputs, after = self.step_layers(x, state)
        return outputs[-1], after

    def step_layers(self, x: Tensor, state: State) -> tuple[list[Tensor], State]:
        """Do a step as `step` does, and give the spikes that every layer hands on."""
        _check_frame(x, self.input_shape)
        x, after, outputs = x.contiguous(memory_format=torch.channels_last), list[Tensor | None](), list[Tensor]()
        for (layer, weights, neuron), v in zip(self.parts(), state, strict=True):
            x, v_after = neuron_step(current_of(x, weights), v, neuron, pool=layer.pool)
            outputs.append(x)
            after.append(v_after)
        return outputs, tuple(after)

    def forward(self, sequence: Tensor) -> Tensor:
        """Take a whole sequence from a state that has seen nothing.

        Args:
            sequence: (T, B, C, H, W) float32.

        Returns:
            (T, B, classes) spikes of the last layer.
        """
        state, outputs = self.initial_state(), []
        for steps in torch.split(sequence, len(sequence) if sequence.is_cuda else STEPS_TOGETHER):
            handed_on, state = self.layers_over_time(steps, state)
            outputs.append(handed_on[-1])
        return torch.cat(outputs)

    def layers_over_time(self, sequence: Tensor, state: State) -> tuple[list[Tensor], State]:
        """Take some steps layer by layer, and give the spikes that every layer hands on.

        All steps are one batch for the weights, and one call for the neurons.

        Args:
            sequence: (T, B, C, H, W) float32.
            state: what the last steps gave, or `initial_state()`.

        Returns:
            (T, B, ...) of each layer, and the state after the last step.
        """
        x, outputs, after, steps = sequence, list[Tensor](), list[Tensor | None](), sequence.shape[:2]
        _check_frame(x.flatten(0, 1), self.input_shape)
        for (layer, weights, neuron), v in zip(self.parts(), state, strict=True):
            merged = x.flatten(0, 1)
            if isinstance(weights, nn.Conv2d):
                merged = merged.contiguous(memory_format=torch.channels_last)
            current = torch.unflatten(current_of(merged, weights), 0, steps)
            x, v_after = neuron_sequence(current, v, neuron, pool=layer.pool)
            outputs.append(x)
            after.append(v_after)
        return outputs, tuple(after)


def current_of(x: Tensor, weights: Weights) -> Tensor:
    """Give the current that a frame of spikes makes: of maps by convolution, of all of them by a matrix.

    It is float32 under autocast too, where the products are not: membranes add up over many steps.
    """
    current: Tensor = event_conv2d(x, weights) if isinstance(weights, nn.Conv2d) else weights(x.flatten(1))
    return current.float()


def _make_weights(layer: Layer, shape: tuple[int, ...]) -> tuple[Weights, tuple[int, ...]]:
    if isinstance(layer, Dense):
        return nn.Linear(math.prod(shape), layer.units, bias=False), (layer.units,)
    if len(shape) != 3:
        raise InvalidArgumentError(f"a {layer} cannot follow a dense layer")
    after = layer.output_shape((shape[0], shape[1], shape[2]))
    if min(after) < 1:
        raise InvalidArgumentError(
            f"a {layer} leaves {after} of an input of {tuple(shape)}; use fewer or smaller layers"
        )
    sides = (layer.kernel, layer.stride, layer.padding)
    return nn.Conv2d(shape[0], layer.channels, *sides, bias=False), after


def _bounds(inputs: int, neuron: NeuronConfig) -> tuple[float, float]:
    """Give bounds for drawing weights that let the neurons spike at all: membranes move by about a threshold."""
    bound = neuron.threshold * math.sqrt(3 / inputs)
    return -bound, bound


def _check_frame(x: Tensor, shape: tuple[int, int, int]) -> None:
    if tuple(x.shape[1:]) != shape:
        raise InvalidArgumentError(f"a frame is {tuple(x.shape[1:])}; this network takes {shape}")
