"""Weights in files, with the configuration beside them; weights that cannot be right are refused."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_snn.ssm.config import SSMConfig
from aestream_snn.ssm.model import EventSSM

HEADER_KEY = "event_ssm"
"""Entry of the file's header that holds the configuration."""
_MEANING = "event_ssm_meaning"


@dataclass(frozen=True)
class Meaning:
    """What a model's classes and tokens stand for.

    Attributes:
        labels: names of the classes.
        columns: of cells of pixels, or channels of sound.
        rows: of cells of pixels; 1 for sound.
    """

    labels: tuple[str, ...]
    columns: int
    rows: int


def check_finite(weights: Mapping[str, torch.Tensor]) -> None:
    """Refuse NaN and infinity.

    Raises:
        InvalidArgumentError: names the first parameter that holds one.
    """
    for name, value in weights.items():
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise InvalidArgumentError(f"parameter {name} holds NaN or infinity; all weights must be finite")


def save_model(model: EventSSM, path: str | Path, meaning: Meaning | None = None) -> None:
    """Write a model as safetensors, its configuration as JSON in the file's metadata, and what it means where given.

    Raises:
        InvalidArgumentError: a weight is NaN or infinite.
    """
    weights = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    check_finite(weights)
    header = {HEADER_KEY: json.dumps(asdict(model.config))}
    save_file(weights, str(path), header if meaning is None else header | {_MEANING: json.dumps(asdict(meaning))})


def load_model(path: str | Path) -> EventSSM:
    """Read a model that `save_model` wrote, ready to evaluate.

    Raises:
        FormatError: the file is none of ours, or is damaged.
        InvalidArgumentError: a weight is NaN or infinite.
    """
    try:
        with safe_open(str(path), framework="pt") as file:
            settings = (file.metadata() or {}).get(HEADER_KEY)
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise FormatError(f"{path}: {error}") from error
    if settings is None:
        raise FormatError(f"{path} holds no Event-SSM: its metadata lacks {HEADER_KEY!r}")
    check_finite(weights)
    try:
        model = EventSSM(SSMConfig(**json.loads(settings)))
        model.load_state_dict(weights)
    except (RuntimeError, TypeError, ValueError) as error:
        raise FormatError(f"{path}: {str(error).splitlines()[0]}") from error
    return model.eval()


def load_meaning(path: str | Path) -> Meaning:
    """Read what a model's classes and tokens stand for.

    Raises:
        FormatError: the file is damaged, or does not say it.
    """
    try:
        with safe_open(str(path), framework="pt") as file:
            facts = json.loads((file.metadata() or {})[_MEANING])
            return Meaning(tuple(map(str, facts["labels"])), int(facts["columns"]), int(facts["rows"]))
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise FormatError(f"{path} does not say what its classes and tokens are: {error!r}") from None
