"""A plan as samna's configuration object. Written from samna's public documentation; not run against a chip here."""

from typing import Any

import numpy as np

from aestream_bridge.speck.errors import SpeckError
from aestream_bridge.speck.network import LOWEST
from aestream_bridge.speck.planning import Plan, PlannedLayer


def chip_configuration(module: Any, plan: Plan) -> Any:
    """Make the configuration of a planned network and let samna validate it.

    Args:
        module: samna's module of the chip, such as `samna.speck2f`.
        plan: the network; layers that are read out are monitored.

    Raises:
        SpeckError: samna does not accept it; the message is samna's.
    """
    configuration = module.configuration.SpeckConfiguration()
    # Events come from the host; the chip's own sensor stays out of the network.
    configuration.dvs_layer.pass_sensor_events = False
    for planned in plan.layers:
        _set_core(configuration.cnn_layers[planned.core], planned, plan.cores)
    accepted, message = module.validate_configuration(configuration)
    if not accepted:
        raise SpeckError(f"samna refuses network {plan.network.name!r} for {plan.device.name}: {message}")
    return configuration


def sensor_configuration(module: Any) -> Any:
    """Make the configuration in which the chip's own sensor sends every event to the host, and no core runs.

    Raises:
        SpeckError: samna does not accept it; the message is samna's.
    """
    configuration = module.configuration.SpeckConfiguration()
    configuration.dvs_layer.raw_monitor_enable = True
    accepted, message = module.validate_configuration(configuration)
    if not accepted:
        raise SpeckError(f"samna refuses the sensor's configuration: {message}")
    return configuration


def _set_core(core: Any, planned: PlannedLayer, cores: dict[str, int]) -> None:
    layer = planned.layer
    _set_dimensions(core.dimensions, planned)
    # samna's order is features, channels, columns, rows.
    core.weights = layer.weights.transpose(0, 1, 3, 2).tolist()
    core.biases = (np.zeros(layer.features, int) if layer.biases is None else layer.biases).tolist()
    features, height, width = planned.output_shape
    core.neurons_initial_value = np.zeros((features, width, height), int).tolist()
    core.threshold_high = int(layer.threshold)
    core.threshold_low = LOWEST if layer.threshold_low is None else int(layer.threshold_low)
    core.return_to_zero = layer.reset == "zero"
    core.leak_enable = layer.biases is not None
    core.monitor_enable = not layer.destinations
    for slot, to in zip(core.destinations, layer.destinations, strict=False):
        slot.enable = True
        slot.layer = cores[to.layer]
        slot.pooling = to.pooling
        slot.feature_shift = to.feature_shift


def _set_dimensions(dimensions: Any, planned: PlannedLayer) -> None:
    for shape, (features, height, width) in (
        (dimensions.input_shape, planned.input_shape),
        (dimensions.output_shape, planned.output_shape),
    ):
        shape.feature_count = features
        shape.size.x, shape.size.y = width, height
    layer = planned.layer
    dimensions.kernel_size = layer.kernel[0]
    dimensions.padding.x = dimensions.padding.y = layer.padding
    dimensions.stride.x = dimensions.stride.y = layer.stride
