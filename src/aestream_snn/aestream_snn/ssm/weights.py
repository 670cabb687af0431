"""Weights in files, with the configuration beside them; weights that cannot be right are refused."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_snn.ssm.config import SSMConfig
from aestream_snn.ssm.model import EventSSM

_KEY = "event_ssm"


def check_finite(weights: Mapping[str, torch.Tensor]) -> None:
    """Refuse NaN and infinity.

    Raises:
        InvalidArgumentError: names the first parameter that holds one.
    """
    for name, value in weights.items():
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise InvalidArgumentError(f"parameter {name} holds NaN or infinity; all weights must be finite")


def save_model(model: EventSSM, path: str | Path) -> None:
    """Write a model as safetensors, its configuration as JSON in the file's metadata.

    Raises:
        InvalidArgumentError: a weight is NaN or infinite.
    """
    weights = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    check_finite(weights)
    save_file(weights, str(path), {_KEY: json.dumps(asdict(model.config))})


def load_model(path: str | Path) -> EventSSM:
    """Read a model that `save_model` wrote, ready to evaluate.

    Raises:
        FormatError: the file is none of ours, or is damaged.
        InvalidArgumentError: a weight is NaN or infinite.
    """
    try:
        with safe_open(str(path), framework="pt") as file:
            settings = (file.metadata() or {}).get(_KEY)
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise FormatError(f"{path}: {error}") from error
    if settings is None:
        raise FormatError(f"{path} holds no Event-SSM: its metadata lacks {_KEY!r}")
    check_finite(weights)
    try:
        model = EventSSM(SSMConfig(**json.loads(settings)))
        model.load_state_dict(weights)
    except (RuntimeError, TypeError, ValueError) as error:
        raise FormatError(f"{path}: {str(error).splitlines()[0]}") from error
    return model.eval()
