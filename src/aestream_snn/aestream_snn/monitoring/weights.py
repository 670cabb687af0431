"""How weights lie on the grid of 8 bits, and how large they are beside the threshold."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from aestream_snn.models.network import SpikingNetwork
from aestream_snn.models.quantise import LARGEST_WEIGHT, scale_of


@dataclass(frozen=True)
class WeightReading:
    """The weights of one layer.

    Attributes:
        count: how many there are.
        ratio: the largest one in thresholds. From 1 on a single event can ask a core for more than one spike.
        scale: factor to integers of 8 bits.
        step: distance of two integers in thresholds.
        zeros: share that rounds to 0.
        levels: integers that are used, of 255.
        snr_db: power of the weights over that of what rounding changes, in dB.
        histogram: (255,) weights on each integer, from -127 on.
    """

    count: int
    ratio: float
    scale: float
    step: float
    zeros: float
    levels: int
    snr_db: float
    histogram: Sequence[int]


@torch.no_grad()
def read_weights(network: SpikingNetwork) -> tuple[WeightReading, ...]:
    """Read all layers."""
    return tuple(_read(part.weight * neuron.gain, neuron.threshold) for _, part, neuron in network.parts())


def _read(weight: torch.Tensor, threshold: float) -> WeightReading:
    scale = scale_of(weight, threshold)
    exact = weight.double().flatten() * scale
    integers = exact.round()
    power, noise = float(exact.square().sum()), float((exact - integers).square().sum())
    bins = torch.bincount((integers + LARGEST_WEIGHT).long().clamp(0, 2 * LARGEST_WEIGHT), minlength=255)
    return WeightReading(
        count=weight.numel(),
        ratio=float(weight.abs().max()) / threshold,
        scale=scale,
        step=1 / (scale * threshold),
        zeros=float((integers == 0).double().mean()),
        levels=int((bins > 0).sum()),
        snr_db=10 * math.log10(power / noise) if noise else math.inf,
        histogram=bins.tolist(),
    )
