from typing import Any

import pytest
import torch

from aestream_core.errors import UnknownNameError
from aestream_snn.ssm.discretise import decay, decay_ref, input_gain


def problem(states: int, rows: int = 300) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(states)
    rates = torch.complex(-torch.rand(states), 40 * torch.randn(states))
    return rates.requires_grad_(), torch.rand(2, rows).square() * 20


@pytest.mark.parametrize("states", [1, 8, 16, 17, 64, 90])
def test_the_decay_in_cpp_equals_torchs(states: int) -> None:
    rates, gaps = problem(states)
    torch.testing.assert_close(decay(rates, gaps), decay_ref(rates, gaps), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("states", [1, 8, 17, 64])
def test_its_gradient_equals_torchs(states: int) -> None:
    rates, gaps = problem(states)
    weights = torch.randn(2, 300, states, dtype=torch.complex64)
    (got,) = torch.autograd.grad((decay(rates, gaps) * weights).abs().square().sum(), rates)
    (want,) = torch.autograd.grad((decay_ref(rates, gaps) * weights).abs().square().sum(), rates)
    torch.testing.assert_close(got, want, rtol=1e-3, atol=1e-2)


def test_angles_of_hours_and_gaps_that_leave_nothing_stay_exact() -> None:
    rates = torch.tensor([-1e-9 + 3j, -1 + 3j])
    gaps = torch.tensor([0.0, 1e5, 3e7])
    got, want = decay(rates, gaps), decay_ref(rates.to(torch.complex128), gaps.double())
    assert torch.equal(got[0], torch.ones(2, dtype=torch.complex64))
    assert got[1:, 1].abs().max() < 1e-30
    torch.testing.assert_close(got[:, 0].abs(), want[:, 0].abs().float())
    torch.testing.assert_close(got[1, 0], torch.exp(rates * gaps[1])[0], rtol=1e-4, atol=1e-4)


def test_gains_are_the_integrals_they_stand_for() -> None:
    rates, steps, gaps = torch.tensor([-0.1 + 0.3j]), torch.tensor([0.2]), torch.tensor([[0.5]])
    exact = ((torch.exp(rates * 0.5) - 1) / rates * steps)[None, None]
    got = input_gain("zoh", rates, steps, gaps)
    assert got is not None
    torch.testing.assert_close(got, exact)
    assert input_gain("dirac", rates, steps, gaps) is None
    wrong: Any = "euler"
    with pytest.raises(UnknownNameError, match="unknown discretisation 'euler'; known: async, dirac, zoh"):
        input_gain(wrong, rates, steps, gaps)
