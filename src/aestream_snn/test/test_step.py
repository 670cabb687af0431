"""Neurons: the fast step equals the slow one, forward and backward, and does what it says."""

import itertools
from dataclasses import replace

import pytest
import torch

from aestream_core.errors import InvalidArgumentError
from aestream_snn import IAF, LIF, NeuronConfig, neuron_step, neuron_step_ref
from aestream_snn.neurons.config import SURROGATES

RULES = list(itertools.product(("multi", "single"), ("subtract", "zero"), SURROGATES, (None, -0.7)))
SHAPES = (((2, 8, 7, 9), 2), ((1, 16, 6, 4), 2), ((2, 3, 10, 11), 4), ((2, 3, 5, 5), 1), ((3, 17), 1))


@pytest.mark.parametrize(("shape", "pool"), SHAPES)
@pytest.mark.parametrize(("spikes", "reset", "surrogate", "min_v"), RULES)
def test_the_native_step_and_its_gradients_equal_the_slow_twin(spikes, reset, surrogate, min_v, shape, pool):
    config = NeuronConfig(0.8, min_v, 0.9, 0.7, spikes, reset, surrogate, width=0.3, scale=0.9)
    generator = torch.Generator().manual_seed(0)
    current, v = (torch.randn(shape, generator=generator).mul(1.5).requires_grad_() for _ in range(2))
    results = []
    for step in (neuron_step, neuron_step_ref):
        sums, after = step(current, v, config, pool=pool)
        weights = torch.linspace(0.5, 1.5, sums.numel()).reshape(sums.shape)
        grads = torch.autograd.grad((sums * weights).sum() + after.square().sum(), (current, v))
        results.append((sums, after, *grads))
    for fast, slow in zip(*results, strict=True):
        torch.testing.assert_close(fast, slow, rtol=1e-5, atol=1e-5)


def test_only_the_gradient_that_arrives_counts():
    current = torch.randn(2, 8, 4, 4, requires_grad=True)
    for part in (0, 1):
        fast = torch.autograd.grad(neuron_step(current, None, IAF, pool=2)[part].sum(), current)
        slow = torch.autograd.grad(neuron_step_ref(current, None, IAF, pool=2)[part].sum(), current)
        torch.testing.assert_close(fast, slow)


def test_spikes_are_counted_by_hand():
    spikes, v = neuron_step(torch.tensor([[0.4, 2.5, -3.0, 1.0]]), torch.tensor([[0.5, 0.0, 0.0, 0.0]]), IAF)
    assert spikes.tolist() == [[0, 2, 0, 1]]
    torch.testing.assert_close(v, torch.tensor([[0.9, 0.5, -1.0, 0.0]]))


def test_a_single_spike_is_all_that_some_neurons_give():
    spikes, v = neuron_step(torch.tensor([[2.5]]), None, replace(IAF, spikes="single"))
    assert (spikes.item(), v.item()) == (1, 1.5)


def test_a_reset_to_zero_forgets_what_was_left():
    spikes, v = neuron_step(torch.tensor([[2.5, 0.5]]), None, replace(IAF, reset="zero"))
    assert (spikes.tolist(), v.tolist()) == ([[2, 0]], [[0, 0.5]])


def test_a_leaky_membrane_tends_to_its_current():
    v = None
    for _ in range(100):
        _, v = neuron_step(torch.full((1, 1), 0.5), v, LIF)
    assert v.item() == pytest.approx(0.5, abs=1e-4)


def test_the_state_that_was_given_stays_as_it_was():
    v = torch.zeros(1, 3)
    neuron_step(torch.ones(1, 3), v, IAF)
    assert v.tolist() == [[0, 0, 0]]


def test_a_compiled_step_gives_the_same():
    current, v = torch.randn(2, 4), torch.randn(2, 4)
    compiled = torch.compile(neuron_step, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(current, v, IAF), neuron_step(current, v, IAF))


def test_windows_of_what_has_no_height_are_refused():
    with pytest.raises(InvalidArgumentError, match=r"pool is 2; a current of shape \(1, 4\) has no windows"):
        neuron_step(torch.zeros(1, 4), None, IAF, pool=2)


def test_a_membrane_of_another_shape_is_refused():
    with pytest.raises(InvalidArgumentError, match=r"the membrane is \(1, 3\); the current is \(1, 4\)"):
        neuron_step(torch.zeros(1, 4), torch.zeros(1, 3), IAF)


@pytest.mark.parametrize("other", [torch.float16, torch.float64])
def test_a_membrane_of_another_type_or_device_is_refused(other):
    with pytest.raises(InvalidArgumentError, match=f"the membrane is {other} on cpu; the current is torch.float32"):
        neuron_step(torch.ones(1, 6), torch.ones(1, 6, dtype=other), IAF)
    with pytest.raises(InvalidArgumentError, match=r"the membrane is torch.float32 on meta"):
        neuron_step(torch.ones(1, 6), torch.ones(1, 6, device="meta"), IAF)


def test_a_reset_that_there_is_not_is_refused():
    with pytest.raises(InvalidArgumentError, match="reset is 'half'; it must be one of subtract, zero"):
        NeuronConfig(reset="half")
