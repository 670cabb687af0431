"""From rates in continuous time to factors of one irregular step."""

from typing import Any, get_args

import torch

from aestream_core.errors import UnknownNameError
from aestream_snn import _ssm
from aestream_snn.ssm.config import Discretisation


def decay(rates: torch.Tensor, gaps_ms: torch.Tensor) -> torch.Tensor:
    """Give exp(Λ Δ δ), what is left of a state after a gap δ.

    The solution of dh/dt = Λ Δ h: for irregular samples in Smith et al. 2023 (arXiv:2208.04933), for events in Schöne
    et al. 2024 (arXiv:2404.18508); `Lambda_bar` of all three in event_ssm/ssm.py: discretize_zoh and so on.

    Args:
        rates: (P,) complex; Λ Δ in 1/ms, real parts below 0.
        gaps_ms: (...) real.

    Returns:
        (..., P) complex; magnitudes of 1 or less. In C++ for complex64 on a CPU, where torch's complex exponential is
        the slowest part of training; gaps then get no gradient.
    """
    if rates.dtype == torch.complex64 and rates.device.type == "cpu" and not gaps_ms.requires_grad:
        result: torch.Tensor = _Decay.apply(rates, gaps_ms.contiguous())  # type: ignore[no-untyped-call]
        return result
    return decay_ref(rates, gaps_ms)


def decay_ref(rates: torch.Tensor, gaps_ms: torch.Tensor) -> torch.Tensor:
    """Compute the same in torch; what the C++ must equal."""
    return torch.exp(rates * gaps_ms[..., None])


class _Decay(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, rates: torch.Tensor, gaps_ms: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        out = torch.empty(*gaps_ms.shape, len(rates), dtype=rates.dtype)
        _ssm.decay(rates.detach().numpy(), gaps_ms.numpy(), out.numpy())
        ctx.save_for_backward(gaps_ms, out)
        return out

    @staticmethod
    @torch.autograd.function.once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor, None]:  # type: ignore[override]
        gaps_ms, out = ctx.saved_tensors
        grad_rates = torch.empty(out.shape[-1], dtype=out.dtype)
        grad = grad.resolve_conj().contiguous()
        _ssm.decay_backward(gaps_ms.numpy(), out.numpy(), grad.numpy(), grad_rates.numpy())
        return grad_rates, None


def input_gain(
    name: Discretisation, rates: torch.Tensor, steps: torch.Tensor, gaps_ms: torch.Tensor
) -> torch.Tensor | None:
    """Give γ, by which an input enters the state, of h ← exp(Λ Δ δ) h + γ B u; None where it is 1.

    - `zoh` holds the input over the gap: γ = (exp(ΛΔδ) - 1) / Λ (Smith et al. 2023, arXiv:2208.04933, zero-order hold;
      event_ssm/ssm.py: discretize_zoh).
    - `dirac` adds spikes as they are: γ = 1 (Schöne et al. 2024, arXiv:2404.18508, Dirac delta inputs;
      discretize_dirac).
    - `async` scales them as `zoh` would for δ = 1, whatever the gap: γ = (exp(ΛΔ) - 1) / Λ (the same paper,
      asynchronous discretisation, which normalises inputs independently of time; discretize_async).

    Args:
        name: the discretisation.
        rates: (P,) complex; Λ Δ.
        steps: (P,) real; Δ.
        gaps_ms: (...) real.

    Returns:
        (P,) or, for `zoh`, (..., P) complex.
    """
    if name == "dirac":
        return None
    if name == "async":
        return torch.expm1(rates) / rates * steps
    if name == "zoh":
        return torch.expm1(rates * gaps_ms[..., None]) / rates * steps
    raise UnknownNameError("discretisation", name, get_args(Discretisation))
