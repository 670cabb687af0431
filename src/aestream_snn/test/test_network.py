"""Models: steps and sequences agree, states are the caller's, names are known."""

import pytest
import torch

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_snn import MODELS, SpikingNetwork, make_model
from aestream_snn.models.calibrate import calibrate
from aestream_snn.models.layers import Conv, Dense


def frames(steps: int, batch: int, side: int = 24) -> torch.Tensor:
    generator = torch.Generator().manual_seed(2)
    return (torch.rand(steps, batch, 2, side, side, generator=generator) < 0.1).float()


@pytest.mark.parametrize("name", MODELS)
def test_steps_and_the_whole_sequence_agree(name):
    torch.manual_seed(0)
    model, sequence = make_model(name, (2, 24, 24), 5), frames(6, 2)
    if isinstance(model, SpikingNetwork):
        calibrate(model, sequence)
    state, outputs = model.initial_state(), []
    for x in sequence:
        y, state = model.step(x, state)
        outputs.append(y)
    torch.testing.assert_close(model(sequence).sum(0), torch.stack(outputs).sum(0), rtol=1e-4, atol=1e-4)
    assert torch.stack(outputs).any()


@pytest.mark.parametrize("name", MODELS)
def test_a_step_leaves_the_state_that_it_was_given(name):
    model, sequence = make_model(name, (2, 24, 24), 5), frames(2, 1)
    _, state = model.step(sequence[0], model.initial_state())
    before = [v.clone() for v in state if v is not None]
    first, _ = model.step(sequence[1], state)
    again, _ = model.step(sequence[1], state)
    assert torch.equal(first, again)
    assert all(torch.equal(a, b) for a, b in zip(before, [v for v in state if v is not None], strict=True))


@pytest.mark.parametrize("name", MODELS)
def test_every_weight_gets_a_gradient(name):
    torch.manual_seed(0)
    model, sequence = make_model(name, (2, 24, 24), 5), frames(6, 2)
    if isinstance(model, SpikingNetwork):
        calibrate(model, sequence)
    (model(sequence).sum(0) * torch.randn(2, 5)).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_gradients_equal_those_of_the_slow_twin(monkeypatch):
    torch.manual_seed(0)
    model, sequence = make_model("conv_iaf", (2, 24, 24), 5), frames(5, 2)
    calibrate(model, sequence)
    fast = torch.autograd.grad(model(sequence).square().sum(), list(model.parameters()))
    import aestream_snn.models.network as network
    from aestream_snn import neuron_step_ref

    monkeypatch.setattr(network, "neuron_step", neuron_step_ref)
    monkeypatch.setattr(network, "event_conv2d", lambda x, conv: conv(x))
    slow = torch.autograd.grad(model(sequence).square().sum(), list(model.parameters()))
    for a, b in zip(fast, slow, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-3)


def test_calibration_makes_a_silent_network_spike():
    torch.manual_seed(0)
    model, sequence = make_model("conv_iaf_deep", (2, 24, 24), 5), frames(6, 4)
    for weights in model.weights:
        weights.weight.data.mul_(1e-3)
    assert not model(sequence).any()
    calibrate(model, sequence)
    assert model(sequence).any()


def test_calibration_by_frames_without_events_is_refused():
    with pytest.raises(InvalidArgumentError, match="no current reaches layer 0"):
        calibrate(make_model("conv_iaf", (2, 24, 24), 5), torch.zeros(3, 2, 2, 24, 24))


def test_an_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(UnknownNameError, match="unknown model 'conv_ifa'; known: conv_iaf, conv_iaf_deep"):
        make_model("conv_ifa", (2, 24, 24), 5)


def test_a_frame_that_is_too_small_is_refused():
    with pytest.raises(InvalidArgumentError, match=r"leaves .* of an input of"):
        make_model("conv_iaf", (2, 4, 4), 5)


def test_a_frame_of_another_shape_is_refused():
    model = make_model("conv_iaf", (2, 24, 24), 5)
    with pytest.raises(InvalidArgumentError, match=r"a frame is \(2, 8, 8\); this network takes \(2, 24, 24\)"):
        model.step(torch.zeros(1, 2, 8, 8), model.initial_state())


def test_maps_behind_a_dense_layer_are_refused():
    with pytest.raises(InvalidArgumentError, match="cannot follow a dense layer"):
        SpikingNetwork((2, 24, 24), (Dense(5), Conv(8)))
