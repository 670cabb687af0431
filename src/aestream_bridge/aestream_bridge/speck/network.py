"""A spiking network as Speck knows it: convolution, integrate-and-fire, sum-pooling, up to two destinations a layer.

A dense layer is a convolution whose kernel covers its whole input, or a 1x1 convolution where the input is one pixel.
"""

from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.errors import InvalidArgumentError

Array = npt.NDArray[Any]
Shape = tuple[int, int, int]
"""Channels, rows, columns."""

RESETS = ("subtract", "zero")
LOWEST = -(2**15)
"""Smallest state of a neuron; `threshold_low` of the chip where nothing else is said."""


@dataclass(frozen=True)
class Destination:
    """Where spikes go.

    Attributes:
        layer: name of the layer.
        pooling: sums over this many pixels a side; the chip does 1, 2 and 4.
        feature_shift: added to the feature, so that two sources can feed different channels.
    """

    layer: str
    pooling: int = 1
    feature_shift: int = 0

    def __post_init__(self) -> None:
        """Check that both are whole and none is negative."""
        for name in ("pooling", "feature_shift"):
            value = getattr(self, name)
            if not isinstance(value, Integral) or value < 0:
                raise InvalidArgumentError(f"{name} to layer {self.layer!r} is {value!r}; it must be 0 or more, whole")


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer: convolution, integrate-and-fire neurons, destinations.

    Attributes:
        name: name, unique in the network.
        weights: (features, channels, rows, columns) of the kernel; floats before quantisation, int8 after.
        biases: (features,), added to every neuron at each tick of the slow clock; None for none.
        stride: pixels from one output position to the next.
        padding: pixels added on every side.
        threshold: state at which a neuron spikes, in the unit of the weights.
        threshold_low: smallest state; None for the lowest that the chip has, -32768 after quantisation.
        reset: "subtract" takes the threshold off at a spike, "zero" sets the state to 0.
        destinations: where the spikes go; a layer without one is read out.
    """

    name: str
    weights: Array
    biases: Array | None = None
    stride: int = 1
    padding: int = 0
    threshold: float = 1.0
    threshold_low: float | None = None
    reset: str = "subtract"
    destinations: tuple[Destination, ...] = ()

    def __post_init__(self) -> None:
        """Check what no chip could have otherwise."""
        if self.weights.ndim != 4 or 0 in self.weights.shape:
            raise InvalidArgumentError(
                f"layer {self.name!r}: weights have shape {self.weights.shape}; it must be "
                "(features, channels, rows, columns), none of them 0"
            )
        if not np.isfinite(self.weights).all():
            raise InvalidArgumentError(f"layer {self.name!r}: weights are not all finite numbers")
        if not isinstance(self.threshold, Real) or not isinstance(self.threshold_low, Real | None):
            values = f"{self.threshold!r} and {self.threshold_low!r}"
            raise InvalidArgumentError(f"layer {self.name!r}: thresholds are {values}; they must be numbers")
        if not isinstance(self.stride, Integral) or not isinstance(self.padding, Integral):
            values = f"{self.stride!r} and {self.padding!r}"
            raise InvalidArgumentError(f"layer {self.name!r}: stride and padding are {values}; they must be whole")
        if self.biases is not None and self.biases.shape != (self.features,):
            raise InvalidArgumentError(
                f"layer {self.name!r}: biases have shape {self.biases.shape}; it must be ({self.features},)"
            )
        if self.reset not in RESETS:
            raise InvalidArgumentError(f"layer {self.name!r}: reset is {self.reset!r}; it must be one of {RESETS}")

    @property
    def features(self) -> int:
        """Output channels."""
        return int(self.weights.shape[0])

    @property
    def channels(self) -> int:
        """Input channels."""
        return int(self.weights.shape[1])

    @property
    def kernel(self) -> tuple[int, int]:
        """Rows and columns of the kernel."""
        return int(self.weights.shape[2]), int(self.weights.shape[3])

    @property
    def quantised(self) -> bool:
        """Whether the weights are whole numbers already."""
        return bool(np.issubdtype(self.weights.dtype, np.integer))


@dataclass(frozen=True, eq=False)
class Network:
    """Layers and how they are connected.

    Attributes:
        name: name, for people.
        input_shape: channels, rows and columns of the input.
        layers: the layers; those before must not depend on their order, `aestream_bridge.speck.shapes` sorts them.
        inputs: where events of the input go, up to two layers; by default the first layer.
        labels: names of the classes, in the order of the last layer's features; may be empty.
    """

    name: str
    input_shape: Shape
    layers: tuple[Layer, ...]
    inputs: tuple[Destination, ...] = ()
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check names and connections."""
        if not self.layers:
            raise InvalidArgumentError(f"network {self.name!r} has no layers; it must have 1 or more")
        if len(self.input_shape) != 3 or min(self.input_shape) < 1:
            raise InvalidArgumentError(f"input_shape is {self.input_shape!r}; it must be (channels, rows, columns)")
        if not self.inputs:
            object.__setattr__(self, "inputs", (Destination(self.layers[0].name),))
        known = {layer.name for layer in self.layers}
        if len(known) < len(self.layers):
            raise InvalidArgumentError(f"network {self.name!r} has two layers of one name; names must differ")
        for source, to in self.connections():
            if to.layer not in known:
                raise InvalidArgumentError(f"{source!r} sends to {to.layer!r}; layers are {', '.join(sorted(known))}")

    def connections(self) -> list[tuple[str, Destination]]:
        """Give every connection as its source's name and destination; the source "input" is the sensor."""
        own = [(layer.name, to) for layer in self.layers for to in layer.destinations]
        return [("input", to) for to in self.inputs] + own

    def layer(self, name: str) -> Layer:
        """Give a layer by its name."""
        return next(layer for layer in self.layers if layer.name == name)

    @property
    def outputs(self) -> tuple[Layer, ...]:
        """Layers without a destination."""
        return tuple(layer for layer in self.layers if not layer.destinations)


def chain(layers: list[Layer], poolings: list[int] | None = None) -> tuple[Layer, ...]:
    """Connect layers one after the other; `poolings[i]` is that between layer i and layer i + 1."""
    sizes = poolings or [1] * (len(layers) - 1)
    linked = [
        replace(layer, destinations=(Destination(after.name, pooling),))
        for layer, after, pooling in zip(layers, layers[1:], sizes, strict=False)
    ]
    return (*linked, layers[-1])
