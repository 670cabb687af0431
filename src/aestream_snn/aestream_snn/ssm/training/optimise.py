"""The optimiser's two groups of parameters, and its rates over time."""

import math

import torch

from aestream_snn.ssm.model import EventSSM
from aestream_snn.ssm.training.settings import RunSettings

SLOW = ("ssm.b", "ssm.rate_re", "ssm.rate_im")
"""B and the rates learn slowly and without decay (Smith et al. 2023); all else is regular."""


def make_optimiser(model: EventSSM, settings: RunSettings) -> torch.optim.AdamW:
    """Make AdamW with the two groups."""
    named = list(model.named_parameters())
    slow = [value for name, value in named if name.endswith(SLOW)]
    regular = [value for name, value in named if not name.endswith(SLOW)]
    return torch.optim.AdamW(
        [
            {"params": slow, "lr": settings.ssm_rate, "weight_decay": 0.0},
            {"params": regular, "lr": settings.rate, "weight_decay": settings.weight_decay},
        ]
    )


def rate_factor(step: int, *, steps: int, warmup: int) -> float:
    """Give the factor on learning rates: up in a line over `warmup` steps, then down a half cosine to 0 at `steps`."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warmup) / max(1, steps - warmup))))
