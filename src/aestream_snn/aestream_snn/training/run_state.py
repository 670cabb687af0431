"""All that a training run changes, and its way into a checkpoint and back."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam, AdamW
from torch.optim.lr_scheduler import LambdaLR

from aestream_core.errors import FormatError
from aestream_snn.training.checkpoint import Checkpoint


@dataclass
class RunState:
    """Model, optimiser and counters.

    Attributes:
        epoch: epochs that are complete.
        best: best validation accuracy so far.
        best_epoch: the epoch that it came from.
        elapsed_s: training time so far.
        curve: one row of numbers an epoch.
    """

    model: nn.Module
    optimiser: Adam | AdamW
    schedule: LambdaLR
    epoch: int = 0
    best: float = -1.0
    best_epoch: int = 0
    elapsed_s: float = 0.0
    curve: list[dict[str, float]] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """Give the counters."""
        names = ("epoch", "best", "best_epoch", "elapsed_s", "curve")
        return {name: getattr(self, name) for name in names} | {"updates": self.schedule.last_epoch}

    def tensors(self) -> dict[str, Tensor]:
        """Give the tensors of model and optimiser by name."""
        tensors = {f"model.{name}": tensor for name, tensor in self.model.state_dict().items()}
        for number, values in self.optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{number}.{name}": torch.as_tensor(value) for name, value in values.items()}
        return tensors

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from where a checkpoint was written.

        Raises:
            FormatError: it is of another model.
        """
        load_weights(self.model, checkpoint)
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in checkpoint.part("optimiser").items():
            number, _, value = name.partition(".")
            state.setdefault(int(number), {})[value] = tensor
        for name in ("epoch", "best", "best_epoch", "elapsed_s", "curve"):
            setattr(self, name, checkpoint.facts[name])
        self._restore_optimiser(state, int(checkpoint.facts["updates"]))

    def _restore_optimiser(self, state: dict[int, dict[str, Tensor]], updates: int) -> None:
        self.schedule.last_epoch = updates
        rates = [function(updates) for function in self.schedule.lr_lambdas]
        groups = self.optimiser.state_dict()["param_groups"]
        for group, base, factor in zip(groups, self.schedule.base_lrs, rates, strict=True):
            group["lr"] = base * factor
        self.optimiser.load_state_dict({"state": state, "param_groups": groups})


def load_weights(model: nn.Module, checkpoint: Checkpoint) -> None:
    """Put a checkpoint's weights into a model.

    Raises:
        FormatError: they are of another model.
    """
    try:
        model.load_state_dict(checkpoint.part("model"))
    except RuntimeError as error:
        raise FormatError(f"the checkpoint is of another model: {error}") from None
