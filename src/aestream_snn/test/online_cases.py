"""Small models and checkpoints for the tests of live inference."""

from pathlib import Path

import torch

from aestream_gpu.windows import Window
from aestream_snn.models.table import make_model
from aestream_snn.training.checkpoint import Checkpoint, write_checkpoint

LABELS = ("left", "right", "none")
SHAPE = (2, 16, 16)
WINDOW_US = 10_000


def checkpoint(*, name: str = "conv_iaf", shape: tuple[int, int, int] = SHAPE, **frames: object) -> Checkpoint:
    """Make a checkpoint of a network of drawn weights, of windows of 10 ms and cells of 2 x 2 px."""
    torch.manual_seed(0)
    weights = {f"model.{key}": value for key, value in make_model(name, shape, len(LABELS)).state_dict().items()}
    given = {"steps": 20, "by": "time", "duration_us": 20 * WINDOW_US, "shrink": 2} | frames
    config = {"data": {"frames": given}, "model": {"name": name}, "task": {"score_scale": 0.5}}
    return Checkpoint(weights, {"config": config, "classes": list(LABELS), "input_shape": list(shape)})


def written(folder: Path, made: Checkpoint | None = None) -> Path:
    """Write a checkpoint."""
    path = folder / "small.safetensors"
    write_checkpoint(path, made or checkpoint())
    return path


def window(number: int) -> Window:
    """Make the counts of window `number` of 10 ms."""
    tensor = torch.poisson(torch.full((2, 32, 32), 1.0), torch.Generator().manual_seed(number))
    start_us = number * WINDOW_US
    return Window(tensor, ("off", "on"), start_us, start_us + WINDOW_US, int(tensor.sum()))
