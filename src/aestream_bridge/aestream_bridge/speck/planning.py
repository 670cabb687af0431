"""The planner: does a network fit a chip, what goes where, and how full is it."""

from dataclasses import dataclass

import numpy as np

from aestream_bridge.speck.devices import Core, Device, device_named
from aestream_bridge.speck.errors import PlanError
from aestream_bridge.speck.limits import broken_connections, broken_limits
from aestream_bridge.speck.mapping import map_layers
from aestream_bridge.speck.memory import Demand, demand_of
from aestream_bridge.speck.network import Layer, Network, Shape
from aestream_bridge.speck.quantisation import quantise
from aestream_bridge.speck.shapes import input_shapes, ordered, output_shape


@dataclass(frozen=True, eq=False)
class PlannedLayer:
    """One layer on its core.

    Attributes:
        layer: the layer in integers.
        core: index of its core.
        input_shape: channels, rows, columns of its input.
        output_shape: features, rows, columns of its output, before pooling.
        demand: memory entries that it takes.
        capacity: memory entries that its core has.
        scale: factor from floats to integers.
        synops: synaptic operations that one input event far from the border makes at most.
    """

    layer: Layer
    core: int
    input_shape: Shape
    output_shape: Shape
    demand: Demand
    capacity: Core
    scale: float
    synops: int

    @property
    def weight_ratio(self) -> float:
        """Largest weight over the threshold; from 1 on, single events can ask for more than one spike."""
        return float(np.abs(self.layer.weights.astype(np.int64)).max() / self.layer.threshold)


@dataclass(frozen=True, eq=False)
class Plan:
    """A network that fits a device.

    Attributes:
        device: the chip.
        network: the network in integers, layers in topological order.
        layers: what is on the cores, in the order of the network.
        warnings: what may work worse than in floats, a line each.
    """

    device: Device
    network: Network
    layers: tuple[PlannedLayer, ...]
    warnings: tuple[str, ...]

    @property
    def cores(self) -> dict[str, int]:
        """Core by the layer's name."""
        return {planned.layer.name: planned.core for planned in self.layers}

    def shape(self, name: str) -> Shape:
        """Give the output shape of a layer."""
        return next(planned.output_shape for planned in self.layers if planned.layer.name == name)


def plan(network: Network, *, device: str = "speck2f") -> Plan:
    """Quantise a network, check every limit, and give every layer a core.

    Args:
        network: in floats or already in integers.
        device: one of `DEVICES`.

    Raises:
        PlanError: a limit is broken; `violations` has all of them, each naming layer and limit.
        UnknownNameError: there is no such device.
    """
    chip = device_named(device)
    inputs = input_shapes(network)
    quantised = quantise(network)
    layers = ordered(quantised.network)
    outputs = {layer.name: output_shape(layer, inputs[layer.name]) for layer in layers}
    broken = [*broken_connections(network), *broken_limits(layers, inputs, outputs, chip)]
    if broken:
        raise PlanError(broken)
    demands = {layer.name: demand_of(layer, outputs[layer.name]) for layer in layers}
    cores = map_layers(demands, chip)
    rows = tuple(
        PlannedLayer(
            layer=layer,
            core=cores[layer.name],
            input_shape=inputs[layer.name],
            output_shape=outputs[layer.name],
            demand=demands[layer.name],
            capacity=chip.cores[cores[layer.name]],
            scale=quantised.scales[layer.name],
            synops=_synops(layer, outputs[layer.name]),
        )
        for layer in layers
    )
    integers = Network(network.name, network.input_shape, layers, network.inputs, network.labels)
    return Plan(chip, integers, rows, quantised.warnings)


def _synops(layer: Layer, output: Shape) -> int:
    def reached(kernel: int, size: int) -> int:
        return min(-(-kernel // layer.stride), size)

    return layer.features * reached(layer.kernel[0], output[1]) * reached(layer.kernel[1], output[2])
