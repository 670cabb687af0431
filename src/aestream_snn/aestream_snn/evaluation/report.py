"""`aestream evaluate` without its parser: a checkpoint in, numbers out."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from aestream_snn.data.frames import frames_of
from aestream_snn.data.recordings import Recordings
from aestream_snn.evaluation.answers import Answers, Sureness, ask, sureness
from aestream_snn.evaluation.choice import some_of
from aestream_snn.evaluation.disturbances import DISTURBANCES, Disturbed
from aestream_snn.models.activity import Activity, follow
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.models.quantise import quantised
from aestream_snn.training.accuracy import Verdict, judge
from aestream_snn.training.checkpoint import read_checkpoint
from aestream_snn.training.compose import from_mapping
from aestream_snn.training.config import TrainConfig
from aestream_snn.training.trainer import load_data, model_of

ACTIVITY_RECORDINGS = 64
"""Recordings by which spikes and synaptic operations are counted."""


@dataclass(frozen=True)
class Evaluation:
    """What a model is worth.

    Attributes:
        verdict: accuracy and confusion on the test data.
        int8: accuracy with weights of 8 bits; None for a model that does not spike.
        answers: when it was sure; None for a model that gives one answer.
        step_us: time of one step in µs, where frames are of equal time.
        robustness: (disturbance, strength, unit, accuracy).
        activity: spikes and synaptic operations; None for a model that does not spike.
    """

    verdict: Verdict
    int8: float | None
    answers: Answers | None
    step_us: float | None
    robustness: tuple[tuple[str, float, str, float], ...]
    activity: Activity | None = None

    def facts(self) -> dict[str, Any]:
        """Give all of it as plain values."""
        return {
            "accuracy": self.verdict.accuracy,
            "int8": self.int8,
            "classes": list(self.verdict.classes),
            "confusion": self.verdict.confusion.tolist(),
            "sure": None if (sure := self.sureness()) is None else asdict(sure),
            "synops_until_sure": self.synops_until_sure(),
            "synops": None if self.activity is None else self.activity.synops.tolist(),
            "rates": None if self.activity is None else self.activity.rates.tolist(),
            "dead": None if self.activity is None else self.activity.dead.tolist(),
            "robustness": [
                dict(zip(("name", "strength", "unit", "accuracy"), r, strict=True)) for r in self.robustness
            ],
        }

    def sureness(self) -> "Sureness | None":
        """Say when right answers were sure; None where steps have no time, or none was."""
        return None if self.answers is None or self.step_us is None else sureness(self.answers, self.step_us)

    def synops_until_sure(self) -> float | None:
        """Give the synaptic operations until the median of `sureness`, were they spread evenly over a recording."""
        sure, answers = self.sureness(), self.answers
        if sure is None or answers is None or self.activity is None or self.step_us is None:
            return None
        return float(self.activity.synops.sum()) * sure.median_us / (self.step_us * answers.steps)


def evaluate(
    path: Path, *, data_dir: Path | None = None, recordings: int | None = None, robustness: bool = True
) -> Evaluation:
    """Evaluate a checkpoint on the test data of the data set that it was trained on.

    Args:
        path: the checkpoint.
        data_dir: where the data lie, if not where they lay.
        recordings: at most that many, spread over the classes.
        robustness: whether to disturb them too.

    Raises:
        FormatError: the file is no checkpoint.
        InvalidArgumentError: the data are not there.
    """
    checkpoint = read_checkpoint(path)
    config = from_mapping(TrainConfig, _with_folder(checkpoint.facts["config"], data_dir))
    torch.set_num_threads(config.system.threads)
    model, frames = model_of(checkpoint), config.data.frames
    test = some_of(load_data(config, "test"), recordings)
    spiking = isinstance(model, SpikingNetwork)
    int8 = judge(quantised(model), test, frames).accuracy if isinstance(model, SpikingNetwork) else None
    answers = ask(model, test, frames) if spiking else None
    timed = frames.by == "time" and frames.duration_us is not None
    step_us = frames.duration_us / frames.steps if timed and frames.duration_us else None
    rows = tuple(
        (name, strength, unit, judge(model, disturbed, frames).accuracy)
        for name, strength, unit, disturbed in (_disturbed(test) if robustness else ())
    )
    activity = _activity(model, test, config) if isinstance(model, SpikingNetwork) else None
    return Evaluation(judge(model, test, frames), int8, answers, step_us, rows, activity)


@torch.no_grad()
def _activity(model: SpikingNetwork, test: Recordings, config: TrainConfig) -> Activity:
    some = np.linspace(0, len(test) - 1, min(len(test), ACTIVITY_RECORDINGS)).astype(int).tolist()
    return follow(model, frames_of(test, some, config.data.frames))[1]


def _disturbed(test: Recordings) -> Iterator[tuple[str, float, str, Recordings]]:
    for name, row in DISTURBANCES.items():
        for strength in row.strengths:
            yield name, strength, row.unit, Disturbed(test, row, strength)


def _with_folder(config: dict[str, Any], data_dir: Path | None) -> dict[str, Any]:
    if data_dir is None:
        return config
    return config | {"data": config["data"] | {"data_dir": str(data_dir)}}
