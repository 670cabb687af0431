"""The scan as a loop: slow, and what every other one must equal."""

import torch


def scan_ref(a: torch.Tensor, x: torch.Tensor, initial: torch.Tensor | None = None) -> torch.Tensor:
    """Compute h_t = a_t h_{t-1} + x_t along the middle axis (event_ssm/ssm.py: binary_operator, as a loop).

    Args:
        a: (B, L, P) factors, real or complex.
        x: (B, L, P) inputs.
        initial: (B, P) state before the first step; zeros if None.

    Returns:
        (B, L, P) states. Autograd goes through the loop.
    """
    state = torch.zeros_like(x[:, 0]) if initial is None else initial
    states = []
    for factor, value in zip(a.unbind(1), x.unbind(1), strict=True):
        state = factor * state + value
        states.append(state)
    return torch.stack(states, 1)
