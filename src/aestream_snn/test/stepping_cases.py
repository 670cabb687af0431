"""Networks and frames on which ways to run a step are compared."""

import torch

from aestream_snn import NeuronConfig, SpikingNetwork
from aestream_snn.models.calibrate import calibrate
from aestream_snn.models.layers import Conv, Layer

NEURON = NeuronConfig(0.5, -0.75, 0.5, 0.5)


def network_and_frames(
    layers: tuple[Layer, ...], shape: tuple[int, int, int], *, neuron: NeuronConfig = NEURON, share: float = 0.1
) -> tuple[SpikingNetwork, torch.Tensor]:
    """Give a network that spikes, and frames (12, 1, C, H, W) of counts of events, of which one is empty.

    Weights are few bits long, so that with neurons of few bits, as `NEURON`, sums are exact in every order.
    """
    generator = torch.Generator().manual_seed(3)
    frames = torch.poisson(torch.full((12, 1, *shape), share), generator)
    torch.manual_seed(3)
    network = SpikingNetwork(shape, layers, neuron=neuron)
    calibrate(network, frames)
    for weights in network.weights:
        weights.weight.data.mul_(256).round_().div_(256)
    frames[5] = 0
    return network, frames


CONVS = (
    # shape of frames, convolution
    ((2, 20, 17), Conv(8, 3, pool=2)),
    ((8, 12, 9), Conv(16, 3, padding=1, pool=2)),
    ((2, 15, 16), Conv(5, 5, stride=2, padding=2)),
    ((3, 8, 9), Conv(32, 2, stride=2, pool=2)),
    ((1, 3, 3), Conv(4, 7, padding=3)),
    ((4, 6, 5), Conv(8, 3, stride=3, padding=4)),
    ((2, 9, 10), Conv(32, 3, padding=1, pool=3)),
    ((2, 1, 2), Conv(3, 1)),
    ((3, 1, 1), Conv(3, 1, padding=1)),
    ((3, 4, 5), Conv(3, 5, padding=1)),
)
"""Every way that a convolution goes: vectors that are whole or not, strides, wide padding, odd windows, one place."""
