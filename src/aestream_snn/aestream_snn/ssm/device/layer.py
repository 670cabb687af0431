"""One layer over a packet, from the state that the last one left.

Every size is that of the packet's bucket and nothing depends on values: what is filling and where the window stands are
numbers on the device, as a CUDA graph needs. Rows behind `count` have gap 0 and no input, so that they leave the state
as it is.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from aestream_snn.ssm.config import Pooling
from aestream_snn.ssm.device.state import Memory
from aestream_snn.ssm.pooling import TIME_EPSILON_MS
from aestream_snn.ssm.scan import Backend, scan_fn

_LEAST_SHARE = 1e-30


@dataclass(frozen=True, eq=False)
class Rows:
    """Inputs of a layer.

    Attributes:
        x: (N, into) features; whatever stands behind `count` is finite.
        gaps_ms: (N,) float32; 0 behind `count`.
        count: () int64, rows that are no padding.
    """

    x: torch.Tensor
    gaps_ms: torch.Tensor
    count: torch.Tensor

    @property
    def there(self) -> torch.Tensor:
        """Say which rows are no padding, (N,)."""
        return torch.arange(len(self.x), device=self.x.device) < self.count


class DeviceLayer:
    """Takes rows in, gives a row for each window that they fill."""

    def __init__(self, arrays: dict[str, Any], *, pooling: Pooling, device: torch.device, backend: Backend) -> None:
        """Take over what `layer_arrays` gives for a tick of 1 ms."""

        def tensor(values: np.ndarray) -> torch.Tensor:
            return torch.from_numpy(np.ascontiguousarray(values)).to(device)

        self.into, self.out, self.stride = int(arrays["into"]), int(arrays["out"]), int(arrays["stride"])
        self._pooling, self._backend, self._layer_norm = pooling, backend, bool(arrays["layer_norm"])
        self._scale, self._bias = tensor(arrays["norm_scale"]), tensor(arrays["norm_bias"])
        rates = tensor(arrays["rates"].astype(np.complex64))
        self.states, self._rates = len(rates), torch.view_as_real(rates).unbind(1)
        self._gains = tensor(arrays["gains"].astype(np.complex64)) if arrays["gains"].size else None
        self._b = tensor(arrays["b"].transpose(2, 1, 0).reshape(self.into, -1))
        self._c = tensor(arrays["c"].reshape(self.out, 2, self.states).transpose(2, 1, 0).reshape(-1, self.out))
        d = tensor(arrays["d"])
        self._d = d if d.dim() == 1 else d.T.contiguous()
        self._gate, self._gate_bias = tensor(arrays["gate"]), tensor(arrays["gate_bias"])
        self._skip = tensor(arrays["skip"]) if arrays["skip"].size else None
        self._skip_bias = tensor(arrays["skip_bias"])

    def most(self, rows: int) -> int:
        """Give how many windows so many rows can fill."""
        return rows if self.stride == 1 else (self.stride - 1 + rows) // self.stride

    def inputs(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Give normalised (N, into) features u and B u, (N, P) complex."""
        if self._layer_norm:
            u = torch.nn.functional.layer_norm(x, (self.into,), self._scale, self._bias, eps=1e-6)
        else:
            u = x * self._scale + self._bias
        return u, torch.view_as_complex((u @ self._b).view(len(x), self.states, 2))

    def push(self, rows: Rows, memory: Memory, given: tuple[torch.Tensor, torch.Tensor] | None = None) -> Rows:
        """Advance the state, which is changed in place.

        Args:
            rows: N of them.
            memory: of this layer.
            given: what `inputs` gives, where it stands in a table.
        """
        u, inputs = self.inputs(rows.x) if given is None else given
        h = self._scan(inputs, rows, memory)
        if self.stride == 1:
            return Rows(self._finish(h, u, rows.x), rows.gaps_ms, rows.count)
        return self._pool(h, u, rows, memory)

    def _scan(self, inputs: torch.Tensor, rows: Rows, memory: Memory) -> torch.Tensor:
        """Give the (N, P, 2) states: h ← exp(ΛΔδ) h + γ B u."""
        real, turn = (rows.gaps_ms[:, None] * part for part in self._rates)
        if self._gains is not None:
            inputs = inputs * self._gains * _expm1(real, turn)
        inputs = inputs * rows.there[:, None]
        start = torch.view_as_complex(memory.h)[None]
        h = scan_fn(torch.polar(real.exp(), turn)[None], inputs[None], start, backend=self._backend)[0]
        states = torch.view_as_real(h)
        memory.h.copy_(states[-1])
        return states

    def _pool(self, h: torch.Tensor, u: torch.Tensor, rows: Rows, memory: Memory) -> Rows:
        count, most = len(rows.x), self.most(len(rows.x))
        phase = memory.phase.long()
        place = phase + torch.arange(count, device=h.device)
        share = self._share(rows, place) * rows.there
        columns = torch.cat([torch.stack([share, rows.gaps_ms], 1), share[:, None] * rows.x, share[:, None] * u], 1)
        spread = columns.new_zeros((most + 1) * self.stride, columns.shape[1]).index_copy_(0, place, columns)
        sums = spread.view(most + 1, self.stride, -1).sum(1)
        sums[0] += memory.sums
        begin = torch.arange(most + 1, device=h.device) * self.stride - phase
        first = h.index_select(0, begin.clamp(0, count - 1))
        first[0] = torch.where(phase > 0, memory.first, h[0])
        full = torch.div(phase + rows.count, self.stride, rounding_mode="floor")
        memory.sums.copy_(sums.index_select(0, full[None])[0])
        memory.first.copy_(first.index_select(0, full[None])[0])
        memory.phase.copy_(phase + rows.count - full * self.stride)
        return self._windows(first[:most], sums[:most], full)

    def _share(self, rows: Rows, place: torch.Tensor) -> torch.Tensor:
        """Give the weight of each row in its window, as `pool` has it."""
        if self._pooling == "avg":
            return torch.ones_like(rows.gaps_ms)
        if self._pooling == "last":
            return (place % self.stride == 0).to(rows.gaps_ms.dtype)
        return rows.gaps_ms + TIME_EPSILON_MS

    def _windows(self, first: torch.Tensor, sums: torch.Tensor, full: torch.Tensor) -> Rows:
        pooled = sums[:, 2:] / sums[:, :1].clamp(min=_LEAST_SHARE)
        skip, u = pooled[:, : self.into], pooled[:, self.into :]
        there = torch.arange(len(sums), device=sums.device) < full
        return Rows(self._finish(first, u, skip), sums[:, 1] * there, full)

    def _finish(self, h: torch.Tensor, u: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """Give y = c Re(C h) + D u, gated, beside the way around, as `SSMLayer.finish` does."""
        y = h.flatten(1) @ self._c + (u * self._d if self._d.dim() == 1 else u @ self._d)
        linear, gelu = torch.nn.functional.linear, torch.nn.functional.gelu
        gate = torch.sigmoid(linear(gelu(y, approximate="tanh"), self._gate, self._gate_bias))
        return (skip if self._skip is None else linear(skip, self._skip, self._skip_bias)) + y * gate


def _expm1(real: torch.Tensor, turn: torch.Tensor) -> torch.Tensor:
    """Give exp(real + i turn) - 1 without cancellation for small arguments."""
    grown = torch.expm1(real)
    return torch.complex(grown * turn.cos() - 2 * (turn / 2).sin() ** 2, real.exp() * turn.sin())
