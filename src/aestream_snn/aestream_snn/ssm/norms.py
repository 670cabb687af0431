"""Normalisation of features, over a token or over a batch, without padding."""

from typing import get_args

import torch
from torch import nn

from aestream_core.errors import UnknownNameError
from aestream_snn.ssm.config import Norm


class TokenNorm(nn.LayerNorm):
    """Layer normalisation (Ba et al. 2016, arXiv:1607.06450) with flax's epsilon of 1e-6; each token by itself."""

    def __init__(self, features: int) -> None:
        super().__init__(features, eps=1e-6)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Normalise (B, L, D) features."""
        return super().forward(x)


class MaskedBatchNorm(nn.BatchNorm1d):
    """Batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167) whose statistics leave padding out.

    Upstream counts padding. Epsilon 1e-5, momentum 0.05.
    """

    def __init__(self, features: int) -> None:
        super().__init__(features, eps=1e-5, momentum=0.05)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Normalise (B, L, D) features; in training, by the mean of those before `lengths`."""
        if not self.training or lengths is None:
            return self._scaled(x, self.running_mean, self.running_var)
        there = torch.arange(x.shape[1], device=x.device) < lengths[:, None]
        kept = x[there]
        mean, variance = kept.mean(0), kept.var(0, unbiased=False)
        if len(kept) == 0:
            return self._scaled(x, self.running_mean, self.running_var)
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum or 0.0)  # type: ignore[union-attr]
            self.running_var.lerp_(variance, self.momentum or 0.0)  # type: ignore[union-attr]
        return self._scaled(x, mean, variance)

    def _scaled(self, x: torch.Tensor, mean: torch.Tensor | None, variance: torch.Tensor | None) -> torch.Tensor:
        assert mean is not None
        assert variance is not None
        return (x - mean) * torch.rsqrt(variance + self.eps) * self.weight + self.bias


def make_norm(name: Norm, features: int) -> TokenNorm | MaskedBatchNorm:
    """Make the norm of that name.

    Raises:
        UnknownNameError: there is no such norm.
    """
    if name == "layer":
        return TokenNorm(features)
    if name == "batch":
        return MaskedBatchNorm(features)
    raise UnknownNameError("norm", name, get_args(Norm))
