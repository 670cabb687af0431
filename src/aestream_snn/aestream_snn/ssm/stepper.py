"""Event by event in torch: slow, plain, and what the streaming engine must equal."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch

from aestream_snn.ssm.block import SSMLayer
from aestream_snn.ssm.model import EventSSM
from aestream_snn.ssm.pooling import TIME_EPSILON_MS


@dataclass
class LayerMemory:
    """What a layer remembers: its state, and the inputs of the window that is not full yet."""

    h: torch.Tensor
    first: torch.Tensor
    inputs: list[torch.Tensor] = field(default_factory=list)
    normed: list[torch.Tensor] = field(default_factory=list)
    gaps: list[torch.Tensor] = field(default_factory=list)


@dataclass
class StepState:
    """What is remembered between events."""

    layers: list[LayerMemory]
    total: torch.Tensor
    weight: torch.Tensor


class Stepper:
    """Runs an `EventSSM` one event at a time, as the equations of `block` and `readout` read; no gradients."""

    def __init__(self, model: EventSSM) -> None:
        self.model = model.eval()

    def start(self) -> StepState:
        """Give the state before the first event."""
        layers = []
        for layer in self.model.layers():
            zeros = torch.zeros(1, len(layer.ssm.log_step), dtype=torch.complex64)
            layers.append(LayerMemory(zeros, zeros))
        return StepState(layers, torch.zeros(self.model.head.in_features), torch.zeros(()))

    @torch.no_grad()
    def push(
        self, tokens: npt.NDArray[np.integer], gaps_ms: npt.NDArray[np.floating], state: StepState
    ) -> tuple[torch.Tensor, StepState]:
        """Take (N,) tokens and their gaps in; give the (classes,) scores of all so far."""
        for token, gap in zip(tokens.tolist(), gaps_ms.tolist(), strict=True):
            self._step(int(token), gap, state)
        pooled = state.total / state.weight.clamp(min=TIME_EPSILON_MS)
        scores: torch.Tensor = self.model.head(pooled)
        return scores, state

    def _step(self, token: int, gap_ms: float, state: StepState) -> None:
        x: torch.Tensor | None = self.model.embedding.weight[token]
        gap = torch.tensor(gap_ms)
        for layer, memory in zip(self.model.layers(), state.layers, strict=True):
            assert x is not None
            x, gap = self._layer(layer, memory, x, gap)
            if x is None:
                return
        assert x is not None
        mode = self.model.config.readout
        share = gap + TIME_EPSILON_MS if mode == "time" else torch.ones(())
        keep = 0.0 if mode == "last" else 1.0
        state.total = state.total * keep + x * share
        state.weight = state.weight * keep + share

    @staticmethod
    def _layer(
        layer: SSMLayer, memory: LayerMemory, x: torch.Tensor, gap: torch.Tensor
    ) -> tuple[torch.Tensor | None, torch.Tensor]:
        u = layer.norm(x[None, None])[0, 0]
        memory.h = layer.ssm.states(u[None, None], gap[None, None], memory.h)[:, 0]
        if not memory.inputs:
            memory.first = memory.h
        memory.inputs.append(x)
        memory.normed.append(u)
        memory.gaps.append(gap)
        if len(memory.inputs) < layer.stride:
            return None, gap
        gaps = torch.stack(memory.gaps)
        share = {
            "avg": torch.ones_like(gaps),
            "last": torch.nn.functional.one_hot(torch.tensor(0), len(gaps)).float(),
            "time": gaps + TIME_EPSILON_MS,
        }[layer.mode]
        share = share / share.sum()
        skipped, pooled = share @ torch.stack(memory.inputs), share @ torch.stack(memory.normed)
        memory.inputs, memory.normed, memory.gaps = [], [], []
        y = layer.ssm.observe(memory.first[None], pooled[None, None])
        return layer.finish(y, skipped[None, None])[0, 0], gaps.sum()
