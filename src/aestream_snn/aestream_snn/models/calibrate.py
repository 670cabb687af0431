"""Scale the weights of a network that was just drawn so that its neurons spike on the data that it will see."""

import torch
from torch import Tensor

from aestream_core.errors import InvalidArgumentError
from aestream_snn.models.network import SpikingNetwork, current_of
from aestream_snn.neurons.step import neuron_step


@torch.no_grad()
def calibrate(network: SpikingNetwork, sequence: Tensor, *, spread: float = 0.7) -> None:
    """Scale each layer's weights so that its currents, where there are any, spread by a share of the threshold.

    Event counts depend on sensor, window and cell, and sums over windows grow from layer to layer: without this, layers
    are silent, or spike at everything.

    Args:
        network: changed in place.
        sequence: (T, B, C, H, W) float32 frames of some recordings.
        spread: standard deviation of the currents that are not 0, in thresholds.

    Raises:
        InvalidArgumentError: no current reaches a layer, as the frames hold no events.
    """
    inputs = [x.contiguous(memory_format=torch.channels_last) for x in sequence.unbind(0)]
    for number, (layer, weights, neuron) in enumerate(network.parts()):
        currents = [current_of(x, weights) for x in inputs]
        active = torch.cat([current[current != 0] for current in currents])
        if len(active) < 2:
            raise InvalidArgumentError(f"no current reaches layer {number}; the frames for calibration hold no events")
        factor = spread * neuron.threshold / (neuron.gain * active.std())
        weights.weight.mul_(factor)
        state, inputs = None, []
        for current in currents:
            spikes, state = neuron_step(current * factor, state, neuron, pool=layer.pool)
            inputs.append(spikes)
