"""A whole step of a spiking network in one native call."""

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from aestream_core.errors import InvalidArgumentError
from aestream_snn import _kernels
from aestream_snn.models.layers import Conv, Dense, Layer
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.neurons.config import NeuronConfig, native_neuron


class NativeStepper:
    """Runs a `SpikingNetwork` on the CPU, for a batch of one, in C++.

    Memory is taken once, and weights are laid out once. The events of the input are added to rows of currents, neurons
    take a row in as soon as it is complete, and their spikes go into the pooled sums. Additions have the order of
    `event_conv2d`, so that membranes of maps are the same bits where that follows events too.
    """

    def __init__(self, network: SpikingNetwork) -> None:
        """Take a network's weights over, as they are now.

        Raises:
            InvalidArgumentError: the network is on another device than the CPU, or not of float32.
        """
        self._shape = (1, *network.input_shape)
        self._starts_dense = isinstance(network.layers[0], Dense)
        self._chain = _kernels.Chain()
        self._membranes, self._spikes = list[Tensor](), list[Tensor]()
        shape: tuple[int, ...] = network.input_shape
        for layer, weights, neuron in network.parts():
            _check(weights.weight)
            shape = self._add(layer, weights.weight.detach(), neuron, shape)

    def reset(self) -> None:
        """Forget everything that was seen."""
        for memory in (*self._membranes, *self._spikes):
            memory.zero_()

    def step(self, frame: Tensor) -> Tensor:
        """Take one frame, in any order in memory; see `Stepper.step`."""
        if tuple(frame.shape) != self._shape:
            raise InvalidArgumentError(f"a frame is {tuple(frame.shape)}; this network takes {self._shape}")
        _check(frame)
        if self._starts_dense:
            frame = frame.permute(0, 2, 3, 1).reshape(1, -1, 1, 1)
        _, channel, row, column = frame.stride()
        self._chain.step(frame.data_ptr(), row, column, channel)
        return self._spikes[-1].flatten().clone()

    def handed_on(self) -> Sequence[Tensor]:
        """Give what every layer handed on in the last step."""
        return self._spikes

    def membranes(self) -> Sequence[Tensor]:
        """Give the membranes after the last step."""
        return self._membranes

    def _add(self, layer: Layer, weight: Tensor, neuron: NeuronConfig, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Add a layer behind one that gives `shape`; give the shape that it gives."""
        if isinstance(layer, Conv):
            inputs, kernel = shape, (layer.kernel, layer.stride, layer.padding)
            given: tuple[int, ...] = layer.output_shape((shape[0], shape[1], shape[2]))
            neurons = replace(layer, pool=1).output_shape((shape[0], shape[1], shape[2]))
        else:
            inputs, kernel = (math.prod(shape), 1, 1), (1, 1, 0)
            given, neurons = (layer.units,), (layer.units, 1, 1)
        v, spikes, values = _channels_last(*neurons), _channels_last(*given), _by_feature(weight, shape)
        native = _kernels.Conv(1, inputs[1], inputs[2], inputs[0], neurons[0], *kernel)
        addresses = (values.data_ptr(), v.data_ptr(), spikes.data_ptr())
        self._chain.add(native, native_neuron(neuron), layer.pool, *addresses)
        self._membranes.append(v if isinstance(layer, Conv) else v.flatten(1))
        self._spikes.append(spikes)
        return given


def _channels_last(*sides: int) -> Tensor:
    memory = torch.zeros(1, *sides)
    return memory.contiguous(memory_format=torch.channels_last) if len(sides) == 3 else memory


def _by_feature(weight: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Give weights by feature, row, column, channel; those of a dense layer by the places of the maps before it."""
    if weight.dim() == 2:
        weight = weight.reshape(-1, *(shape if len(shape) == 3 else (*shape, 1, 1)))
    return weight.permute(0, 2, 3, 1).contiguous()


def _check(tensor: Tensor) -> None:
    if tensor.device.type != "cpu" or tensor.dtype != torch.float32:
        raise InvalidArgumentError(f"a tensor is {tensor.dtype} on {tensor.device}; here all are float32 on the CPU")
