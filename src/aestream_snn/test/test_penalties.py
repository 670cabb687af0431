"""Penalties, 8-bit training, limits of weights and precision: each does what its name says."""

import pytest
import torch
from making_networks import small_network

from aestream_snn.models.activity import cancelled_share, currents, follow
from aestream_snn.models.quantise import limit_weights, quantised, rounded
from aestream_snn.training.config import SystemConfig, TaskConfig
from aestream_snn.training.loss import precision_of, scores_and_loss
from aestream_snn.training.penalties import PENALTIES, penalties_of

ON = {
    "synops": TaskConfig(synops_limit=1.0),
    "rate": TaskConfig(rate_penalty=1.0, rate_low=0.2, rate_high=0.3),
    "field": TaskConfig(field_penalty=1.0),
}


def test_penalties_are_off_by_default():
    assert penalties_of(TaskConfig()) == []


@pytest.mark.parametrize("name", PENALTIES)
def test_a_penalty_falls_when_its_gradient_is_followed(name):
    network, sequence = small_network()
    task, penalty = ON[name], PENALTIES[name]
    costs = []
    optimiser = torch.optim.SGD(network.parameters(), lr=1e-3)
    for _ in range(8):
        _, activity = follow(network, sequence, fields=penalty.fields)
        cost = penalty.cost(activity, task)
        optimiser.zero_grad()
        cost.backward()
        for parameter in network.parameters():
            if parameter.grad is not None:
                parameter.grad.div_(parameter.grad.norm().clamp(min=1e-9)).mul_(20)
        optimiser.step()
        costs.append(cost.item())
    assert costs[-1] < costs[0]


@pytest.mark.parametrize("name", PENALTIES)
def test_a_penalty_is_part_of_the_loss(name):
    network, sequence = small_network()
    labels = torch.tensor([0, 1, 2])
    _, plain = scores_and_loss(network, sequence, labels, TaskConfig())
    _, dearer = scores_and_loss(network, sequence, labels, ON[name])
    assert dearer > plain


def test_rates_inside_their_band_cost_nothing():
    network, sequence = small_network()
    _, activity = follow(network, sequence)
    wide = TaskConfig(rate_penalty=1.0, rate_low=0.0, rate_high=0.0)
    assert PENALTIES["rate"].cost(activity, wide) == 0


def test_currents_of_one_sign_do_not_cancel_and_of_both_do():
    network, sequence = small_network()
    inputs = [sequence[0], torch.ones(3, 4, 8, 8), torch.ones(3, 6, 4, 4)]
    assert (cancelled_share(currents(network, inputs)) > 0.1).all()
    for weights in network.weights:
        weights.weight.data.abs_()
    assert cancelled_share(currents(network, inputs)).tolist() == pytest.approx([0, 0, 0], abs=1e-5)
    assert cancelled_share(currents(network, [torch.zeros_like(x) for x in inputs])).tolist() == [0, 0, 0]


def test_steps_in_which_little_moves_do_not_rule_the_share():
    network, sequence = small_network()
    _, whole = follow(network, sequence, fields=True)
    quiet = torch.cat((sequence, torch.zeros_like(sequence)))
    _, with_silence = follow(network, quiet, fields=True)
    assert with_silence.cancelled.tolist() == pytest.approx(whole.cancelled.tolist(), rel=0.05)


def test_training_for_8_bits_sees_what_the_quantised_network_gives():
    network, sequence = small_network()
    scores, loss = scores_and_loss(network, sequence, torch.tensor([0, 1, 2]), TaskConfig(int8=True))
    assert torch.equal(scores, quantised(network)(sequence).sum(0))
    loss.backward()
    assert all(weights.weight.grad.abs().sum() > 0 for weights in network.weights)


def test_rounding_passes_the_gradient_straight_through():
    weight = torch.linspace(-1, 1, 50, requires_grad=True)
    values = rounded(weight, 1.0)
    assert (values - weight).abs().max() <= 0.5 / 127 + 1e-6
    (values * 3).sum().backward()
    assert torch.equal(weight.grad, torch.full((50,), 3.0))


def test_weights_are_brought_below_the_threshold():
    network, _ = small_network()
    network.weights[0].weight.data.mul_(10)
    limit_weights(network, 0.9)
    assert network.weights[0].weight.abs().max().item() == pytest.approx(0.9)


def test_bfloat16_keeps_membranes_in_float32_and_nearly_the_loss():
    network, sequence = small_network()
    labels = torch.tensor([0, 1, 2])
    _, exact = scores_and_loss(network, sequence, labels, TaskConfig())
    with precision_of(SystemConfig(precision="bfloat16")):
        _, state = network.step(sequence[0], network.initial_state())
        _, loss = scores_and_loss(network, sequence, labels, TaskConfig())
    assert {v.dtype for v in state} == {torch.float32}
    assert loss.item() == pytest.approx(exact.item(), rel=0.5)
    loss.backward()
    assert network.weights[0].weight.grad.dtype == torch.float32
