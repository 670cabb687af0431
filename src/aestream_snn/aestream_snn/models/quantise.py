"""Weights of 8 bits, as Speck's cores hold them."""

import copy
from dataclasses import replace

import torch
from torch import Tensor

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
        scale = scale_of(weights.weight, neuron.threshold)
        weights.weight.copy_(torch.round(weights.weight * scale))
        lowest = None if neuron.min_v is None else float(max(round(neuron.min_v * scale), -LARGEST_STATE - 1))
        threshold = float(max(round(neuron.threshold * scale), 1))
        made.neurons[number] = replace(neuron, threshold=threshold, min_v=lowest)
    return made


def scale_of(weight: Tensor, threshold: float) -> float:
    """Give the factor from a layer's floats to its integers."""
    largest = float(weight.detach().abs().max().clamp(min=1e-12))
    return min(LARGEST_WEIGHT / largest, LARGEST_STATE / threshold)


def rounded(weight: Tensor, threshold: float) -> Tensor:
    """Give weights as they act after `quantised`, with the gradient of the exact ones (straight through).

    The threshold is rounded too: what it moves is put onto the weights, which is the same but for the lower bound.
    """
    scale = scale_of(weight, threshold)
    unit = threshold / max(round(threshold * scale), 1)
    return weight + (torch.round(weight.detach() * scale) * unit - weight.detach())


def rounded_weights(network: SpikingNetwork) -> dict[str, Tensor]:
    """Give all weights rounded, by their names in the network: for `torch.func.functional_call`."""
    return {
        f"weights.{number}.weight": rounded(weights.weight, neuron.threshold)
        for number, (_, weights, neuron) in enumerate(network.parts())
    }


@torch.no_grad()
def limit_weights(network: SpikingNetwork, limit: float) -> None:
    """Bring all weights to at most `limit` thresholds, in place. Below 1 one event never asks for two spikes."""
    for _, weights, neuron in network.parts():
        bound = limit * neuron.threshold / neuron.gain
        weights.weight.clamp_(-bound, bound)
