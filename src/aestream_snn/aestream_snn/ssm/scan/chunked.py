"""The scan in pure torch: steps of all chunks at once, then the carries between chunks."""

import math

import torch


def scan_chunked(a: torch.Tensor, x: torch.Tensor, initial: torch.Tensor) -> torch.Tensor:
    """Compute the scan in about 2 sqrt(L) torch operations.

    The chunks are scanned side by side from zero, their last states are carried from chunk to chunk, and each state
    gets what is left of the carry: the two-level form of Blelloch (1990), without logarithms of factors, which
    underflow. Memory: three arrays like `x`.

    Args:
        a: (B, L, P) factors.
        x: (B, L, P) inputs.
        initial: (B, P) state before the first step.

    Returns:
        (B, L, P) states.
    """
    batch, length, states = x.shape
    if length == 0:
        return x.clone()
    size = max(1, math.isqrt(length))
    count = -(-length // size)
    padding = (0, 0, 0, count * size - length)
    a = torch.nn.functional.pad(a, padding).view(batch, count, size, states)
    x = torch.nn.functional.pad(x, padding).view(batch, count, size, states)
    local, left = torch.empty_like(x), torch.empty_like(x)
    state, product = torch.zeros_like(x[:, :, 0]), torch.ones_like(x[:, :, 0])
    for step in range(size):
        state = torch.addcmul(x[:, :, step], a[:, :, step], state)
        product = product * a[:, :, step]
        local[:, :, step], left[:, :, step] = state, product
    carries = [initial]
    for end, factor in zip(local[:, :, -1].unbind(1), left[:, :, -1].unbind(1), strict=True):
        carries.append(torch.addcmul(end, factor, carries[-1]))
    carry = torch.stack(carries[:-1], 1)[:, :, None]
    return torch.addcmul(local, left, carry, out=local).view(batch, count * size, states)[:, :length]


def scan_chunked_backward(
    a: torch.Tensor, h: torch.Tensor, initial: torch.Tensor, grad: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Give the gradients of factors and inputs: a scan from the end, g_t = grad_t + conj(a_{t+1}) g_{t+1}.

    Returns:
        Gradients of `a` and `x`, both (B, L, P).
    """
    following = torch.cat([a[:, 1:], torch.zeros_like(a[:, :1])], 1).conj().flip(1).resolve_conj()
    grad_x = scan_chunked(following, grad.flip(1), torch.zeros_like(initial)).flip(1)
    before = torch.cat([initial[:, None], h[:, :-1]], 1)
    return grad_x * before.conj(), grad_x
