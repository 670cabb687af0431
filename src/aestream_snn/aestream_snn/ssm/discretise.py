"""From rates in continuous time to factors of one irregular step."""

from typing import get_args

import torch

from aestream_core.errors import UnknownNameError
from aestream_snn.ssm.config import Discretisation


def decay(rates: torch.Tensor, gaps_ms: torch.Tensor) -> torch.Tensor:
    """Give exp(Λ Δ δ), what is left of a state after a gap δ (Schöne et al. 2024, eq. 6 and 9).

    Args:
        rates: (P,) complex; Λ Δ in 1/ms, real parts below 0.
        gaps_ms: (...) real.

    Returns:
        (..., P) complex; magnitudes of 1 or less.
    """
    return torch.exp(rates * gaps_ms[..., None])


def input_gain(
    name: Discretisation, rates: torch.Tensor, steps: torch.Tensor, gaps_ms: torch.Tensor
) -> torch.Tensor | None:
    """Give γ, by which an input enters the state, of h ← exp(Λ Δ δ) h + γ B u; None where it is 1.

    `zoh` holds the input over the gap: γ = (exp(ΛΔδ) - 1) / Λ (Smith et al. 2023, eq. 6). `dirac` adds spikes as they
    are: γ = 1 (Schöne et al. 2024, sec. 3.2). `async` scales them as `zoh` would for δ = 1:
    γ = (exp(ΛΔ) - 1) / Λ (eq. 10).

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
