"""To torch.export: one step as a graph of torch operations, without this package."""

import copy
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.export import ExportedProgram

from aestream_snn.models.network import SpikingNetwork


class _Step(nn.Module):
    """A step whose state is tensors in and tensors out."""

    def __init__(self, network: SpikingNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        y, after = self.network.step(x, state)
        return (y, *(v for v in after if v is not None))


def to_program(network: SpikingNetwork, *, batch: int = 1) -> ExportedProgram:
    """Export one step: `program.module()(x, *state)` gives (y, *state), and begins with `zero_state`.

    Args:
        network: not changed.
        batch: recordings side by side.
    """
    x, state = torch.zeros(batch, *network.input_shape), zero_state(network, batch=batch)
    plain = copy.deepcopy(network)
    for _, weights, _ in plain.parts():
        weights.weight.data = weights.weight.data.contiguous()
    with torch.no_grad():
        return torch.export.export(_Step(plain).eval(), (x, *state))


def write_program(network: SpikingNetwork, path: Path, *, batch: int = 1) -> None:
    """Write it as a .pt2 file: `torch.export.load(path)`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.export.save(to_program(network, batch=batch), path)


@torch.no_grad()
def zero_state(network: SpikingNetwork, *, batch: int = 1) -> tuple[Tensor, ...]:
    """Give the membranes of a network that has seen nothing, as zeros."""
    _, state = network.step(torch.zeros(batch, *network.input_shape), network.initial_state())
    return tuple(torch.zeros_like(v) for v in state if v is not None)
