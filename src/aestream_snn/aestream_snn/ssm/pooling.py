"""One output for a window of events."""

import torch

from aestream_snn.ssm.config import Pooling

TIME_EPSILON_MS = 1e-6


def windows(x: torch.Tensor, stride: int) -> torch.Tensor:
    """View (B, L, ...) as (B, L // stride, stride, ...); the incomplete window at the end is left out."""
    whole = x.shape[1] // stride
    return x[:, : whole * stride].reshape(x.shape[0], whole, stride, *x.shape[2:])


def pool(x: torch.Tensor, gaps_ms: torch.Tensor, *, stride: int, mode: Pooling) -> torch.Tensor:
    """Pool (B, L, D) features over windows of `stride` events.

    Schöne et al. 2024 (arXiv:2404.18508), event pooling; event_ssm/layers.py: EventPooling.

    `last` keeps the first event of a window, as upstream does under that name; `avg` averages; `time` weights each
    event by its gap plus 1e-6 ms.

    Returns:
        (B, L // stride, D).
    """
    if stride == 1:
        return x
    parts = windows(x, stride)
    if mode == "last":
        return parts[:, :, 0]
    if mode == "avg":
        return parts.mean(2)
    weights = windows(gaps_ms, stride)[..., None] + TIME_EPSILON_MS
    return (parts * weights).sum(2) / weights.sum(2)


def pool_gaps(gaps_ms: torch.Tensor, stride: int) -> torch.Tensor:
    """Add up the (B, L) gaps of each window, (B, L // stride): time passes as before (EventPooling, likewise)."""
    return gaps_ms if stride == 1 else windows(gaps_ms, stride).sum(2)
