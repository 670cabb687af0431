"""From a file, or the name of a shipped model, to a model that runs live: the table of kinds of files."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from aestream_core.errors import FormatError
from aestream_snn.online.base import OnlineModel
from aestream_snn.online.event_model import load_event_model
from aestream_snn.online.frame_loading import load_frame_model
from aestream_snn.shipped import SHIPPED, checkpoint_path
from aestream_snn.ssm.weights import HEADER_KEY

Load = Callable[[Path, torch.device, float, str], OnlineModel]
"""Makes a model of a file, on a device, whose scores forget to 1/e in so many ms, for an engine."""


@dataclass(frozen=True)
class Kind:
    """One kind of files.

    Attributes:
        load: reads a file.
        help: what is in it.
    """

    load: Load
    help: str


KINDS: dict[str, Kind] = {
    HEADER_KEY: Kind(load_event_model, "files of `aestream train ssm=...`: models of events"),
    "aestream": Kind(load_frame_model, "checkpoints of `aestream train`: models of frames"),
}
"""Kinds of files by the entry of their header that holds what the model is."""


def load_online(model: str, *, device: torch.device, memory_ms: float = 400.0, engine: str = "auto") -> OnlineModel:
    """Make a model ready to run.

    Args:
        model: name of a shipped model, or a path.
        device: where it is to run.
        memory_ms: time in which scores forget to 1/e.
        engine: what runs the steps of a model of frames, a name in `aestream_snn.stepping.table.ENGINES`, or "auto".

    Raises:
        AestreamError: there is no such file, or it is no checkpoint whose model can run; the message is one line.
    """
    path = checkpoint_path(model)
    kinds = [kind for key, kind in KINDS.items() if key in _header(path)]
    if not kinds:
        raise FormatError(f"{path}: no checkpoint of this suite; its header has none of {', '.join(map(repr, KINDS))}")
    return kinds[0].load(path, device, memory_ms, engine)


def _header(path: Path) -> dict[str, str]:
    try:
        if not path.is_file():
            known = ", ".join(SHIPPED)
            raise FormatError(f"model {str(path)!r} is no file, and no shipped model; shipped: {known}")
        with safe_open(path, "pt") as file:
            return dict(file.metadata() or {})
    except (OSError, SafetensorError, json.JSONDecodeError) as error:
        raise FormatError(f"{path}: no safetensors file: {' '.join(str(error).split())}") from None
