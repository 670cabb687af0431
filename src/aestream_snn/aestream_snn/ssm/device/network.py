"""All layers over the packet of an inbox, in place: the body of a CUDA graph."""

import torch

from aestream_snn.ssm.arrays import layer_arrays
from aestream_snn.ssm.config import Pooling
from aestream_snn.ssm.device.layer import DeviceLayer, Rows
from aestream_snn.ssm.device.state import Memory, memories
from aestream_snn.ssm.model import EventSSM
from aestream_snn.ssm.pooling import TIME_EPSILON_MS
from aestream_snn.ssm.scan import Backend

_LEAST_WEIGHT = 1e-300
"""Divides the zeros of a readout that has seen nothing: a graph replays the same calls whatever the values."""


class DeviceNetwork:
    """Weights, one working state and one score vector on a device.

    Attributes:
        numbers: (N,) float32 working state of the layers; see `DeviceState`.
        readout: (features + 1,) float64 working state of the readout.
        scores: (classes,) float32 that the last `advance` left.
        forget_rate: () float64, 1/ms by which the readout forgets; 0 is never.
    """

    @torch.no_grad()
    def __init__(self, model: EventSSM, *, device: torch.device, backend: Backend) -> None:
        """Take the weights over."""
        config = model.config
        self._layers = [
            DeviceLayer(arrays, pooling=config.pooling, device=device, backend=backend)
            for arrays in layer_arrays(model, tick_ms=1.0)
        ]
        shapes = [(layer.states, layer.into) for layer in self._layers]
        self.numbers = torch.zeros(sum(Memory.size(*shape) for shape in shapes), device=device)
        self._memories = list(memories(self.numbers, shapes))
        self.readout = torch.zeros(self._layers[-1].out + 1, dtype=torch.float64, device=device)
        self.scores = torch.zeros(config.classes, device=device)
        self.forget_rate = torch.zeros((), dtype=torch.float64, device=device)
        self._mode: Pooling = config.readout
        self._head = model.head.weight.to(device, torch.float64)
        self._head_bias = model.head.bias.to(device, torch.float64)
        self._embedding = model.embedding.weight.to(device)
        self._table = self._layers[0].inputs(self._embedding)

    def advance(self, inbox: torch.Tensor) -> None:
        """Take the packet of an inbox in.

        Args:
            inbox: (2 N + 1,) int32: N tokens, N gaps in ms as the bits of float32, and how many of them are there.
                Those behind have token and gap 0.
        """
        size = len(inbox) // 2
        tokens, gaps_ms = inbox[:size].long(), inbox[size : 2 * size].view(torch.float32)
        rows = Rows(self._embedding.index_select(0, tokens), gaps_ms, inbox[2 * size].long())
        u, inputs = self._table
        given = u.index_select(0, tokens), inputs.index_select(0, tokens)
        for layer, memory in zip(self._layers, self._memories, strict=True):
            rows, given = layer.push(rows, memory, given), None  # type: ignore[assignment]
        self._read_out(rows)
        self.scores.copy_(self.score(self.readout))

    def score(self, readout: torch.Tensor) -> torch.Tensor:
        """Give (classes,) float64 scores of a readout; before the first output, the head's bias."""
        total, weight = readout[:-1], readout[-1]
        return self._head @ (total / weight.clamp(min=_LEAST_WEIGHT)) + self._head_bias

    def _read_out(self, rows: Rows) -> None:
        """Add outputs to the readout; each forgets what was before it by its gap."""
        there, x = rows.there, rows.x.double()
        if self._mode == "last":
            last = x.index_select(0, (rows.count - 1).clamp(min=0)[None])[0]
            kept = torch.cat([last, torch.ones_like(last[:1])])
            self.readout.copy_(torch.where(rows.count > 0, kept, self.readout))
            return
        gaps_ms = rows.gaps_ms.double()
        share = (gaps_ms + TIME_EPSILON_MS if self._mode == "time" else torch.ones_like(gaps_ms)) * there
        total_ms = gaps_ms.sum()
        left = share * torch.exp(-self.forget_rate * (total_ms - gaps_ms.cumsum(0)))
        added = torch.cat([left @ x, left.sum()[None]])
        self.readout.copy_(self.readout * torch.exp(-self.forget_rate * total_ms) + added)
