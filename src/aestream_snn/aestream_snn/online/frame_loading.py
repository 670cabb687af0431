"""Checkpoints of `aestream train`, refused with one line where their model cannot run."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from aestream_core.errors import FormatError
from aestream_snn.data.frames import FrameConfig
from aestream_snn.models.base import StepModel
from aestream_snn.models.table import make_model
from aestream_snn.online.base import OnlineModel
from aestream_snn.online.frame_model import FrameModel
from aestream_snn.online.readout import Readout
from aestream_snn.training.checkpoint import Checkpoint, read_checkpoint

MOST_INPUTS = 16_777_216
MOST_CLASSES = 100_000


def load_frame_model(path: Path, device: torch.device, memory_ms: float, engine: str = "auto") -> OnlineModel:
    """Make the model of a checkpoint.

    Raises:
        AestreamError: the file is damaged, its model is not known, weights have other shapes or are not finite, or the
            frames that it was trained on are not windows of time.
    """
    checkpoint = read_checkpoint(path)
    try:
        return _model(checkpoint, path, device, memory_ms, engine)
    except (KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
        raise FormatError(f"{path}: its header does not say what the model is: {error!r}") from None


def _model(checkpoint: Checkpoint, path: Path, device: torch.device, memory_ms: float, engine: str) -> FrameModel:
    facts = checkpoint.facts
    config: Mapping[str, Any] = facts["config"]
    labels = tuple(str(each) for each in facts["classes"])
    frames = FrameConfig(**config["data"]["frames"])
    window_us = _window_us(frames, path)
    name = config["model"]["name"]
    model = make_model(name, _input_shape(facts, path), len(labels))
    _load(model, checkpoint, path)
    scale = float(config["task"]["score_scale"])
    readout = Readout(len(labels), scale=scale, steps=frames.steps, window_us=window_us, memory_ms=memory_ms)
    return FrameModel(
        model,
        name=f"{name} ({path.stem})",
        labels=labels,
        device=device,
        window_us=window_us,
        shrink=frames.shrink,
        readout=readout,
        engine=engine,
    )


def _window_us(frames: FrameConfig, path: Path) -> int:
    if frames.by != "time" or frames.duration_us is None:
        raise FormatError(
            f"{path}: trained on frames by {frames.by!r} with duration_us {frames.duration_us}; only windows of a "
            "known length run live: train with data.frames.by=time data.frames.duration_us=..."
        )
    return round(frames.duration_us / frames.steps)


def _input_shape(facts: Mapping[str, Any], path: Path) -> tuple[int, int, int]:
    shape = tuple(int(side) for side in facts["input_shape"])
    if len(shape) != 3 or min(shape) < 1 or math.prod(shape) > MOST_INPUTS or len(facts["classes"]) > MOST_CLASSES:
        raise FormatError(f"{path}: input_shape is {list(shape)}; it must be channels, height and width, 1 or more")
    return shape[0], shape[1], shape[2]


def _load(model: StepModel, checkpoint: Checkpoint, path: Path) -> None:
    given, wanted = checkpoint.part("model"), model.state_dict()
    for name in sorted(given.keys() | wanted.keys()):
        shapes = [tuple(part[name].shape) if name in part else "not there" for part in (given, wanted)]
        if shapes[0] != shapes[1]:
            raise FormatError(f"{path}: weight {name!r} is {shapes[0]}; the model has {shapes[1]}")
    model.load_state_dict(given)
