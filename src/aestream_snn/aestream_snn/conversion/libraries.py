"""What the conversions share: libraries that may be absent, and chains of modules."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import torch
from torch import nn

from aestream_core.errors import InvalidArgumentError, MissingDependencyError
from aestream_snn.models.layers import Conv, Dense, Layer
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.neurons.config import NeuronConfig

Part = tuple[Layer, nn.Conv2d | nn.Linear, NeuronConfig]


def need_library(module: str, command: str) -> Any:
    """Import a library.

    Raises:
        MissingDependencyError: it is not installed; says what brings it.
    """
    if find_spec(module.partition(".")[0]) is None:
        raise MissingDependencyError(f"{module} is not installed: {command}")
    return import_module(module)


def copy_weights(weights: nn.Conv2d | nn.Linear) -> nn.Conv2d | nn.Linear:
    """Give a module of its own with the same weights."""
    if isinstance(weights, nn.Linear):
        copied: nn.Conv2d | nn.Linear = nn.Linear(weights.in_features, weights.out_features, bias=False)
    else:
        sides = (weights.kernel_size[0], weights.stride[0], int(weights.padding[0]))
        copied = nn.Conv2d(weights.in_channels, weights.out_channels, *sides, bias=False)
    copied.weight.data.copy_(weights.weight.data)
    return copied


def chain(parts: Iterable[Part], neuron: Any, pool: Any) -> Iterator[nn.Module]:
    """Give the modules of layers in a row: weights, `neuron(config)`, and `pool(side)` where spikes are summed."""
    for layer, weights, config in parts:
        if isinstance(layer, Dense):
            yield nn.Flatten()
        yield copy_weights(weights)
        yield neuron(config)
        if layer.pool > 1:
            yield pool(layer.pool)


def network_of(input_shape: tuple[int, int, int], parts: list[Part]) -> SpikingNetwork:
    """Make a network of layers that were found in another library's modules."""
    network = SpikingNetwork(input_shape, [layer for layer, _, _ in parts])
    made = list(network.parts())
    for number, (_, weights, config) in enumerate(parts):
        with torch.no_grad():
            made[number][1].weight.copy_(weights.weight)
        network.neurons[number] = config
    return network


def layer_of(weights: nn.Module, pool: int) -> Layer:
    """Describe a module of weights.

    Raises:
        InvalidArgumentError: it is neither a convolution nor a dense layer, or of a kind that a layer here cannot be.
    """
    if isinstance(weights, nn.Linear) and weights.bias is None:
        return Dense(weights.out_features)
    if not isinstance(weights, nn.Conv2d) or weights.bias is not None or weights.groups != 1:
        raise InvalidArgumentError(f"{weights} cannot be a layer; it must be Conv2d or Linear without bias or groups")
    square = all(len(set(side)) == 1 for side in (weights.kernel_size, weights.stride, weights.padding))
    if not square or set(weights.dilation) != {1}:
        raise InvalidArgumentError(f"{weights} cannot be a layer; kernel, stride and padding must be square, undilated")
    return Conv(weights.out_channels, weights.kernel_size[0], weights.stride[0], int(weights.padding[0]), pool)
