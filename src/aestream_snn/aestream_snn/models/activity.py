"""What a network does, layer by layer: spikes, synaptic operations, silent neurons."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from aestream_snn.models.network import SpikingNetwork, Weights


@dataclass(frozen=True)
class Activity:
    """Means over recordings; gradients flow through rates and synops.

    Attributes:
        rates: (layers,) spikes of a neuron in a step.
        synops: (layers,) synaptic operations of a recording: an addition to a membrane for each synapse that a spike,
            or an event of the input, reaches. Synapses that would lie outside the maps do not count.
        dead: (layers,) share of the pooled outputs that never spiked.
        place_rates: for each layer spikes of a neuron in a step, by the place of the pooled outputs.
        cancelled: (layers,) share of the currents that others in the same receptive field and step cancel; None where
            it was not asked for.
    """

    rates: Tensor
    synops: Tensor
    dead: Tensor
    place_rates: tuple[Tensor, ...] = ()
    cancelled: Tensor | None = None


def follow(network: SpikingNetwork, sequence: Tensor, *, fields: bool = False) -> tuple[Tensor, Activity]:
    """Do what `network(sequence)` does, and count.

    Args:
        network: whose activity.
        sequence: (T, B, C, H, W) float32.
        fields: whether to count what cancels inside of receptive fields, which doubles the work.

    Returns:
        (T, B, classes) spikes of the last layer, and the activity.
    """
    outputs, totals, moved = _over_time(network, sequence, fields=fields)
    batch, steps = sequence.shape[1], sequence.shape[0]
    fans = fan_outs(network)
    synops = [(total * fan).sum() / batch for total, fan in zip(totals[:-1], fans, strict=True)]
    spiked = totals[1:]
    places = tuple(t.mean(0) / (layer.pool**2 * steps) for t, layer in zip(spiked, network.layers, strict=True))
    dead = [(total.detach().sum(0) == 0).float().mean() for total in spiked]
    rates = torch.stack([rate.mean() for rate in places])
    cancelled = None if moved is None else cancelled_share(moved)
    return outputs, Activity(rates, torch.stack(synops), torch.stack(dead), places, cancelled)


Followed = tuple[Tensor, list[Tensor], Tensor | None]
"""(T, B, classes) outputs; sums over the steps of the input and of what every layer handed on; `currents`, summed."""


def _over_time(network: SpikingNetwork, sequence: Tensor, *, fields: bool) -> Followed:
    handed_on, _ = network.layers_over_time(sequence, network.initial_state())
    totals = [spikes.sum(0) for spikes in (sequence, *handed_on)]
    merged = [spikes.flatten(0, 1) for spikes in (sequence, *handed_on[:-1])]
    return handed_on[-1], totals, currents(network, merged) if fields else None


def currents(network: SpikingNetwork, inputs: Sequence[Tensor]) -> Tensor:
    """Give for each layer what its inputs move, and how much of that inputs of the other sign in the same step cancel.

    Moved is |W| |x|, cancelled is |W| |x| - |W x|, both summed over neurons. Where the second is a large share of the
    first, the answers of a step depend on the order of its spikes, which a simulation by steps does not know and a chip
    does.

    Args:
        network: whose weights.
        inputs: frames of each layer in one step.

    Returns:
        (2, layers), moved and cancelled; gradients flow to weights and inputs.
    """
    rows = []
    for x, (_, weights, _) in zip(inputs, network.parts(), strict=True):
        moved = _current(x, weights, weights.weight.abs()).sum()
        rows.append(torch.stack((moved, moved - _current(x, weights, weights.weight).abs().sum())))
    return torch.stack(rows, 1)


def cancelled_share(sums: Tensor) -> Tensor:
    """Give the share that cancels, (layers,) of 0 to 1, of sums of `currents` over steps; 0 where nothing moves.

    Over all steps at once: shares of single steps have wild gradients where little moves.
    """
    return sums[1] / sums[0].clamp(min=1)


def _current(x: Tensor, weights: Weights, values: Tensor) -> Tensor:
    if isinstance(weights, nn.Conv2d):
        return functional.conv2d(x, values, None, weights.stride, weights.padding)
    return functional.linear(x.flatten(1), values)


def fan_outs(network: SpikingNetwork) -> list[Tensor]:
    """Give for each layer how many synapses one spike reaches, by the place in its input: (H, W), or a number."""
    fans, shape = [], network.input_shape
    for layer, weights, _ in network.parts():
        fans.append(_fan_out(weights, shape))
        if isinstance(weights, nn.Conv2d):
            height, width = (_places(weights, side) // layer.pool for side in shape[1:])
            shape = (weights.out_channels, height, width)
    return fans


def _places(weights: nn.Conv2d, side: int) -> int:
    return (side + 2 * int(weights.padding[0]) - weights.kernel_size[0]) // weights.stride[0] + 1


def _fan_out(weights: Weights, shape: tuple[int, int, int]) -> Tensor:
    if isinstance(weights, nn.Linear):
        return torch.tensor(float(weights.out_features), device=weights.weight.device)
    picture = torch.zeros(1, 1, *shape[1:], device=weights.weight.device, requires_grad=True)
    ones = torch.ones(1, 1, *weights.kernel_size, device=weights.weight.device)
    with torch.enable_grad():
        reached = functional.conv2d(picture, ones, None, weights.stride, weights.padding).sum()
    (times,) = torch.autograd.grad(reached, picture)
    return times[0, 0] * weights.out_channels
