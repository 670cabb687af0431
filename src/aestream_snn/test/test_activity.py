"""Activity: synaptic operations are exact at borders, rates and silent neurons are counted, gradients flow."""

import pytest
import torch
from torch.nn import functional

from aestream_snn import SpikingNetwork
from aestream_snn.models.activity import fan_outs, follow
from aestream_snn.models.calibrate import calibrate
from aestream_snn.models.layers import Conv, Dense


def network() -> tuple[SpikingNetwork, torch.Tensor]:
    generator = torch.Generator().manual_seed(4)
    sequence = (torch.rand(6, 3, 2, 17, 20, generator=generator) < 0.1).float()
    torch.manual_seed(4)
    made = SpikingNetwork((2, 17, 20), (Conv(4, 3, padding=1, pool=2), Conv(6, 3, stride=2), Dense(5)))
    calibrate(made, sequence)
    return made, sequence


def test_following_changes_no_output():
    made, sequence = network()
    assert torch.equal(follow(made, sequence)[0], made(sequence))


def test_synaptic_operations_are_the_additions_that_a_convolution_of_ones_makes():
    made, sequence = network()
    _, activity = follow(made, sequence)
    additions = functional.conv2d(sequence.flatten(0, 1), torch.ones(4, 2, 3, 3), padding=1).sum() / 3
    assert activity.synops[0].item() == pytest.approx(additions.item())


def test_a_spike_in_a_corner_reaches_fewer_synapses():
    fans = fan_outs(network()[0])
    assert fans[0][0, 0] == 4 * 4
    assert fans[0][5, 5] == 9 * 4
    assert fans[2] == 5


def test_a_network_without_weights_is_silent():
    made, sequence = network()
    for weights in made.weights:
        weights.weight.data.zero_()
    _, activity = follow(made, sequence)
    assert activity.rates.tolist() == [0, 0, 0]
    assert activity.dead.tolist() == [1, 1, 1]
    assert activity.synops[1:].tolist() == [0, 0]


def test_operations_have_a_gradient():
    made, sequence = network()
    _, activity = follow(made, sequence)
    activity.synops.sum().backward()
    assert made.weights[0].weight.grad.abs().sum() > 0
