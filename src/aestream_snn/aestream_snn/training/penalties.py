"""What activity may cost in the loss: a table. A penalty whose weight or limit is 0 is off."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from aestream_snn.models.activity import Activity
from aestream_snn.training.config import TaskConfig


@dataclass(frozen=True)
class Penalty:
    """One penalty.

    Attributes:
        weight: what a configuration gives it; 0 is off.
        cost: from activity to a scalar, 0 where nothing is to be paid.
        fields: whether it needs what cancels inside of receptive fields.
    """

    weight: Callable[[TaskConfig], float]
    cost: Callable[[Activity, TaskConfig], Tensor]
    fields: bool = False


def synops_above(activity: Activity, task: TaskConfig) -> Tensor:
    """Give by what share of the limit the synaptic operations of a recording lie above it."""
    return torch.relu(activity.synops.sum() / task.synops_limit - 1)


def rates_outside(activity: Activity, task: TaskConfig) -> Tensor:
    """Give how far rates lie outside their band, the mean over neurons, then over layers.

    A rate below the band has a gradient only where membranes come near the threshold: it wakes neurons that nearly
    spike.
    """
    low, high = task.rate_low, task.rate_high or float("inf")
    costs = [(torch.relu(low - rates) + torch.relu(rates - high)).mean() for rates in activity.place_rates]
    return torch.stack(costs).mean()


def fields_cancelled(activity: Activity, task: TaskConfig) -> Tensor:
    """Give the share of currents that cancel inside of receptive fields, the mean over layers."""
    assert activity.cancelled is not None
    return activity.cancelled.mean()


PENALTIES: dict[str, Penalty] = {
    "synops": Penalty(lambda task: task.synops_penalty if task.synops_limit else 0.0, synops_above),
    "rate": Penalty(lambda task: task.rate_penalty, rates_outside),
    "field": Penalty(lambda task: task.field_penalty, fields_cancelled, fields=True),
}


def penalties_of(task: TaskConfig) -> list[Penalty]:
    """List those that a configuration turns on."""
    return [penalty for penalty in PENALTIES.values() if penalty.weight(task) > 0]


def cost_of(activity: Activity, task: TaskConfig) -> Tensor:
    """Add up what is to be paid."""
    return torch.stack([p.weight(task) * p.cost(activity, task) for p in penalties_of(task)]).sum()
