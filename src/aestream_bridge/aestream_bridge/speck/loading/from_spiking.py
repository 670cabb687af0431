"""Networks from the suite's own models, known by what they offer: `input_shape`, and `parts()` of every layer."""

from dataclasses import replace
from typing import Any

import numpy as np

from aestream_bridge.speck.network import Array, Layer, Network, Shape, chain
from aestream_bridge.speck.shapes import output_shape
from aestream_core.errors import InvalidArgumentError


def from_spiking_network(model: Any, *, name: str = "network", labels: tuple[str, ...] = ()) -> Network:
    """Make the network of a trained `aestream_snn` SpikingNetwork. Copies the weights.

    Args:
        model: gives for each layer what it is, its weights and its neurons.
        name: name of the network.
        labels: names of the classes.

    Raises:
        InvalidArgumentError: neurons leak, which the chip's do at a slow clock only.
    """
    layers: list[Layer] = []
    poolings: list[int] = []
    shape: Shape = tuple(model.input_shape)
    for part, module, neuron in model.parts():
        layer = _layer(f"layer{len(layers)}", part, module, neuron, shape)
        features, height, width = output_shape(layer, shape)
        shape = (features, height // part.pool, width // part.pool)
        layers.append(layer)
        poolings.append(part.pool)
    if poolings and poolings[-1] > 1:
        raise InvalidArgumentError(f"the last layer is pooled by {poolings[-1]}; what is read out must not be pooled")
    return Network(name, tuple(model.input_shape), chain(layers, poolings[:-1]), labels=labels)


def _layer(name: str, part: Any, module: Any, neuron: Any, shape: Shape) -> Layer:
    if neuron.decay != 1:
        raise InvalidArgumentError(f"layer {name!r}: neurons keep {neuron.decay:g} a step; on the chip none may leak")
    weights = _weights(module, shape) * neuron.gain
    biases = None if module.bias is None else np.array(module.bias.detach().cpu().numpy(), np.float64)
    layer = Layer(name, weights, biases, 1, 0, float(neuron.threshold), neuron.min_v, neuron.reset)
    if hasattr(part, "stride"):
        return replace(layer, stride=part.stride, padding=part.padding)
    return layer


def _weights(module: Any, shape: Shape) -> Array:
    weights = np.array(module.weight.detach().cpu().numpy(), np.float64)
    return weights if weights.ndim == 4 else weights.reshape(len(weights), *shape)
