"""One layer: norm, state-space model, gate, and what is pooled around them."""

import math

import torch
from torch import nn

from aestream_snn.ssm.config import SSMConfig
from aestream_snn.ssm.discretise import decay, input_gain
from aestream_snn.ssm.hippo import block_legs
from aestream_snn.ssm.norms import make_norm
from aestream_snn.ssm.pooling import pool, pool_gaps, windows
from aestream_snn.ssm.scan import scan_fn

LARGEST_REAL_PART = -1e-4


def _lecun(shape: tuple[int, ...], fan_in: int) -> torch.Tensor:
    """Draw from a normal cut at two standard deviations, of variance 1 / fan_in (LeCun et al. 1998)."""
    std = 1.0 / math.sqrt(fan_in) / 0.87962566103423978
    return nn.init.trunc_normal_(torch.empty(shape), std=std, a=-2 * std, b=2 * std)


class DiagonalSSM(nn.Module):
    """Diagonal complex state-space model with irregular steps.

    h_i = exp(Λ Δ δ_i) h_{i-1} + γ_i B u_i;  y_j = c Re(C h) + D pool(u)_j, of the first state of each window of
    `stride` events; c is 2 where one state stands for a conjugate pair. The recurrence and its output are those of S5
    (Smith et al. 2023, arXiv:2208.04933), with events as in Schöne et al. 2024 (arXiv:2404.18508); event_ssm/ssm.py:
    S5SSM, apply_ssm. Parameters are real, the last axis holds real and imaginary part.
    """

    def __init__(self, config: SSMConfig, *, into: int, out: int, states: int, stride: int) -> None:
        super().__init__()
        self.config, self.stride = config, stride
        rates, v, inverse = block_legs(states, config.block, conjugate=config.conjugate)
        kept = len(rates)
        b = torch.from_numpy(inverse) @ _lecun((states, into), states).to(torch.complex128)
        raw = torch.view_as_complex(_lecun((out, states, 2), states * out).double())
        c = raw @ torch.from_numpy(v)
        low, high = math.log(config.dt_min), math.log(config.dt_max)
        self.rate_re = nn.Parameter(torch.from_numpy(rates.real.copy()).float())
        self.rate_im = nn.Parameter(torch.from_numpy(rates.imag.copy()).float())
        self.b = nn.Parameter(torch.view_as_real(b).float())
        self.c = nn.Parameter(torch.view_as_real(c.resolve_conj()).float())
        self.d = nn.Parameter(torch.randn(out) if into == out else nn.init.xavier_normal_(torch.empty(out, into)))
        self.log_step = nn.Parameter(low + torch.rand(kept) * (high - low))

    def rates(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Give Λ Δ, (P,) complex in 1/ms, and Δ."""
        real = self.rate_re.clamp(max=LARGEST_REAL_PART) if self.config.clip else self.rate_re
        steps = self.log_step.exp()
        return torch.complex(real * steps, self.rate_im * steps), steps

    def states(self, u: torch.Tensor, gaps_ms: torch.Tensor, initial: torch.Tensor | None) -> torch.Tensor:
        """Give the states after each of (B, L, H) inputs: (B, L, P) complex."""
        rates, steps = self.rates()
        b = torch.view_as_complex(self.b)
        gain = input_gain(self.config.discretisation, rates, steps, gaps_ms)
        if gain is not None and gain.dim() == 1:
            b, gain = b * gain[:, None], None
        inputs = torch.view_as_complex(
            (u @ torch.view_as_real(b).permute(1, 0, 2).flatten(1)).view(*u.shape[:2], len(b), 2)
        )
        return scan_fn(decay(rates, gaps_ms), inputs if gain is None else inputs * gain, initial)

    def observe(self, h: torch.Tensor, pooled: torch.Tensor) -> torch.Tensor:
        """Give c Re(C h) + D pool(u) for (B, L, P) states and (B, L, H) pooled inputs."""
        scale = 2.0 if self.config.conjugate else 1.0
        c = (self.c * self.c.new_tensor([scale, -scale])).flatten(1)
        y = torch.view_as_real(h).flatten(2) @ c.T
        return y + (pooled * self.d if self.d.dim() == 1 else pooled @ self.d.T)

    def forward(self, u: torch.Tensor, gaps_ms: torch.Tensor, initial: torch.Tensor | None = None) -> torch.Tensor:
        """Map (B, L, H) inputs to (B, L // stride, out) outputs."""
        h = self.states(u, gaps_ms, initial)
        first = h if self.stride == 1 else windows(h, self.stride)[:, :, 0]
        return self.observe(first, pool(u, gaps_ms, stride=self.stride, mode=self.config.pooling))


class SSMLayer(nn.Module):
    """Norm, SSM, gate and the way around them (Schöne et al. 2024; event_ssm/layers.py: SequenceLayer).

    out = W_s pool(x) + drop(z), z = y σ(W drop(gelu(y)) + b), y = SSM(norm(x)); W_s only where the width changes. The
    gate is that of S5 (Smith et al. 2023), in its code "half GLU", with the tanh approximation of gelu (Hendrycks and
    Gimpel 2016, arXiv:1606.08415), which is flax's own. Dropout draws one mask a sample and feature, kept over time
    (Gal and Ghahramani 2016).
    """

    def __init__(self, config: SSMConfig, *, into: int, out: int, states: int, stride: int) -> None:
        super().__init__()
        self.stride, self.mode = stride, config.pooling
        self.norm = make_norm(config.norm, into)
        self.ssm = DiagonalSSM(config, into=into, out=out, states=states, stride=stride)
        self.gate = nn.Linear(out, out)
        self.skip = nn.Linear(into, out) if into != out else nn.Identity()
        self.drop = nn.Dropout1d(config.dropout)
        for linear in (self.gate, self.skip):
            if isinstance(linear, nn.Linear):
                linear.weight.data = _lecun(tuple(linear.weight.shape), linear.in_features)
                nn.init.zeros_(linear.bias)

    def _dropped(self, x: torch.Tensor) -> torch.Tensor:
        dropped: torch.Tensor = self.drop(x.transpose(1, 2)).transpose(1, 2) if self.training and self.drop.p else x
        return dropped

    def finish(self, y: torch.Tensor, skipped: torch.Tensor) -> torch.Tensor:
        """Gate (B, L, out) outputs of the SSM and add (B, L, into) pooled inputs."""
        gate = torch.sigmoid(self.gate(self._dropped(nn.functional.gelu(y, approximate="tanh"))))
        out: torch.Tensor = self.skip(skipped) + self._dropped(y * gate)
        return out

    def forward(
        self, x: torch.Tensor, gaps_ms: torch.Tensor, lengths: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Map (B, L, into) features, gaps and lengths to those after pooling."""
        y = self.ssm(self.norm(x, lengths), gaps_ms)
        skipped = pool(x, gaps_ms, stride=self.stride, mode=self.mode)
        return self.finish(y, skipped), pool_gaps(gaps_ms, self.stride), lengths // self.stride
