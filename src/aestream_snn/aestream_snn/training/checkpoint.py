"""Checkpoints: safetensors with a JSON header, never pickle, so that reading one runs no code.

A file holds tensors by name, `model.*` and `optimiser.*`, and in its header under `aestream` what else there is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from aestream_core.errors import FormatError

VERSION = 1


@dataclass(frozen=True)
class Checkpoint:
    """What a file holds.

    Attributes:
        tensors: by name.
        facts: numbers and texts: the configuration, the epoch, the classes, ...
    """

    tensors: Mapping[str, Tensor]
    facts: Mapping[str, Any]

    def part(self, prefix: str) -> dict[str, Tensor]:
        """Give the tensors whose names begin with `prefix.`, by what follows."""
        return {name.removeprefix(f"{prefix}."): t for name, t in self.tensors.items() if name.startswith(f"{prefix}.")}


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a file that appears as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    facts = json.dumps({"version": VERSION, **checkpoint.facts})
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in checkpoint.tensors.items()}
    save_file(tensors, temporary, metadata={"aestream": facts})
    temporary.replace(path)


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a file.

    Raises:
        FormatError: it is no checkpoint of this suite, or one of a newer version, or a weight is NaN or infinite.
    """
    try:
        with safe_open(path, "pt") as file:
            header = file.metadata() or {}
            facts = json.loads(header.get("aestream", "null"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError, json.JSONDecodeError) as error:
        raise FormatError(f"{path}: no checkpoint that can be read: {error}") from None
    if "event_ssm" in header:
        raise FormatError(f"{path}: a model of events, which `camera_to_ssm` runs; this takes networks of frames")
    if not isinstance(facts, dict) or facts.get("version") != VERSION:
        found = facts.get("version") if isinstance(facts, dict) else None
        raise FormatError(f"{path}: a checkpoint of version {found!r}; this reads version {VERSION}")
    checkpoint = Checkpoint(tensors, facts)
    for name, weights in checkpoint.part("model").items():
        if not bool(torch.isfinite(weights).all()):
            raise FormatError(f"{path}: weight {name!r} holds NaN or infinity; all weights must be finite")
    return checkpoint
