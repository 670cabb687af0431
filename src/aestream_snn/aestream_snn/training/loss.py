"""From a batch to scores and a loss: in which precision, with which weights, and what activity costs."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from aestream_core.errors import InvalidArgumentError
from aestream_snn.models.activity import follow
from aestream_snn.models.base import StepModel
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.models.quantise import rounded_weights
from aestream_snn.training.config import SystemConfig, TaskConfig
from aestream_snn.training.penalties import cost_of, penalties_of


def scores_and_loss(model: StepModel, sequence: Tensor, labels: Tensor, task: TaskConfig) -> tuple[Tensor, Tensor]:
    """Ask a model about a batch.

    Args:
        model: spiking, or not; only a spiking one has penalties and 8 bits.
        sequence: (T, B, C, H, W) float32.
        labels: (B,) int64.
        task: what makes the loss.

    Returns:
        (B, classes) scores, and a scalar.
    """
    if not isinstance(model, SpikingNetwork):
        scores = model(sequence).sum(0)
        return scores, loss_of(scores, labels, task)
    weights = {f"network.{name}": w for name, w in rounded_weights(model).items()} if task.int8 else {}
    scores, cost = _call(_Loss(model, task), weights, sequence)
    return scores, loss_of(scores, labels, task) + cost


class _Loss(nn.Module):
    """Scores and penalties as one forward pass, so that other weights can be put in for it."""

    def __init__(self, network: SpikingNetwork, task: TaskConfig) -> None:
        super().__init__()
        self.network, self.task = network, task

    def forward(self, sequence: Tensor) -> tuple[Tensor, Tensor]:
        active = penalties_of(self.task)
        if not active:
            return self.network(sequence).sum(0), sequence.new_zeros(())
        outputs, activity = follow(self.network, sequence, fields=any(penalty.fields for penalty in active))
        return outputs.sum(0), cost_of(activity, self.task)


def _call(module: nn.Module, weights: Mapping[str, Tensor], sequence: Tensor) -> tuple[Tensor, Tensor]:
    result: Any = functional_call(module, dict(weights), (sequence,))
    return result[0], result[1]


def loss_of(scores: Tensor, labels: Tensor, task: TaskConfig) -> Tensor:
    """Give the cross-entropy of spike counts.

    Args:
        scores: (B, classes) spikes of all steps.
        labels: (B,) int64.
        task: how counts become scores.
    """
    return functional.cross_entropy(scores * task.score_scale, labels)


def precision_of(system: SystemConfig) -> AbstractContextManager[Any]:
    """Give the context in which convolutions and products are of the precision that was asked for.

    Raises:
        InvalidArgumentError: the GPU cannot compute in bfloat16.
    """
    wanted = system.precision == "bfloat16"
    if wanted and system.device == "cuda" and not torch.cuda.is_bf16_supported():
        name = torch.cuda.get_device_name()
        raise InvalidArgumentError(f"system.precision is bfloat16; {name} computes in float32 only")
    return torch.autocast(system.device, dtype=torch.bfloat16, enabled=wanted)
