"""One vector for a whole recording."""

import torch

from aestream_snn.ssm.config import Pooling
from aestream_snn.ssm.pooling import TIME_EPSILON_MS


def read_out(x: torch.Tensor, gaps_ms: torch.Tensor, lengths: torch.Tensor, mode: Pooling) -> torch.Tensor:
    """Read (B, L, D) features out: their mean, their mean weighted by time, or the last.

    Schöne et al. 2024 (arXiv:2404.18508), event_ssm/seq_model.py: masked_meanpool, masked_timepool. The latter divides
    by all gaps, padding included; here those behind `lengths` count nowhere.

    Args:
        x: (B, L, D) features.
        gaps_ms: (B, L) gaps.
        lengths: (B,) number of features that are no padding; a recording without any gives zeros.
        mode: as in `SSMConfig.readout`.

    Returns:
        (B, D).
    """
    there = torch.arange(x.shape[1], device=x.device) < lengths[:, None]
    if mode == "last":
        last = x[torch.arange(len(x), device=x.device), (lengths - 1).clamp(min=0)] if x.shape[1] else x.sum(1)
        return torch.where(lengths[:, None] > 0, last, 0.0)
    weights = (gaps_ms + TIME_EPSILON_MS) * there if mode == "time" else there.to(x.dtype)
    total = (torch.where(there[..., None], x, 0.0) * weights[..., None]).sum(1)
    return total / weights.sum(1).clamp(min=TIME_EPSILON_MS)[:, None]
