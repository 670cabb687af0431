"""Weights of 8 bits, as Speck's cores hold them."""

import copy
from dataclasses import replace

import torch

from aestream_snn.models.network import SpikingNetwork

LARGEST_WEIGHT = 127
LARGEST_STATE = 32767


@torch.no_grad()
def quantised(network: SpikingNetwork) -> SpikingNetwork:
    """Give a network whose weights are integers of 8 bits, and whose thresholds and bounds are integers of 16.

    Each layer is scaled as a whole, by s = min(127 / largest weight, 32767 / threshold): weights, threshold and lower
    bound become round(s value). Neurons without leak and with a gain of 1 then compute in integers alone, held here as
    float32, which is exact below 2^24.

    Args:
        network: not changed.
    """
    made = copy.deepcopy(network)
    for number, (_, weights, neuron) in enumerate(made.parts()):
        largest = float(weights.weight.abs().max().clamp(min=1e-12))
        scale = min(LARGEST_WEIGHT / largest, LARGEST_STATE / neuron.threshold)
        weights.weight.copy_(torch.round(weights.weight * scale))
        lowest = None if neuron.min_v is None else float(max(round(neuron.min_v * scale), -LARGEST_STATE - 1))
        threshold = float(max(round(neuron.threshold * scale), 1))
        made.neurons[number] = replace(neuron, threshold=threshold, min_v=lowest)
    return made
