"""An event-by-event state-space model, run packet by packet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.events import Events
from aestream_snn.online.base import Scores
from aestream_snn.online.inside import Inside
from aestream_snn.ssm.device.launches import BUCKETS
from aestream_snn.ssm.model import EventSSM
from aestream_snn.ssm.packet_engine import make_engine
from aestream_snn.ssm.weights import Meaning, load_meaning, load_model


class EventStateModel:
    """Feeds packets to the engine of a device.

    Attributes:
        resets: times that it began anew by itself, as time went backwards within a packet or between two.
    """

    takes: Literal["events"] = "events"
    remark = ""

    def __init__(self, model: EventSSM, meaning: Meaning, *, name: str, device: torch.device, memory_ms: float) -> None:
        """Take the weights over.

        Args:
            model: the trained network, of vision.
            meaning: its classes and cells.
            name: of the model.
            device: where it is to run.
            memory_ms: time in which scores forget to 1/e.

        Raises:
            InvalidArgumentError: classes or cells are others than the model has.
        """
        if len(meaning.labels) != model.config.classes:
            raise InvalidArgumentError(f"{len(meaning.labels)} labels; the model has {model.config.classes} classes")
        self.name, self.labels, self.device = name, meaning.labels, device
        self._downsampling = model.config.downsampling
        self._cells = meaning.columns, meaning.rows
        self._engine = make_engine(model, device=device, forget_ms=memory_ms, cells=self._cells)
        self._past = np.zeros(2, np.int64)
        self._state = self._engine.start()

    @property
    def resets(self) -> int:
        """Times that it began anew by itself."""
        return int(self._past[0] + self._state.resets)

    def reset(self) -> None:
        """Forget everything that was seen; what was counted stays."""
        self._past += (self._state.resets, self._state.outside)
        self._state = self._engine.start()

    def warm_up(self) -> None:
        """Run on packets of every size that is prepared for, of a seed, then forget."""
        rng, state = np.random.default_rng(0), self._engine.start()
        for events in BUCKETS:
            tokens = rng.integers(0, 2 * self._cells[0] * self._cells[1], events)
            self._engine.push_tokens(tokens, np.arange(events), state)

    def push(self, events: Events) -> None:
        """Take a packet of any size in; of a larger sensor, the middle."""
        self._engine.push(events, self._state)

    def scores(self) -> Scores:
        """Give (classes,) float32 probabilities of all events so far."""
        scores: Scores = torch.softmax(torch.from_numpy(self._engine.scores(self._state)), 0).numpy()
        return scores

    def activity(self) -> Mapping[str, object]:
        """Give events outside the cells, and events for one change of the scores."""
        return {
            "events beside the model's cells": int(self._past[1]) + self._state.outside,
            "events for one output": self._downsampling,
        }

    def watch(self, every: int) -> bool:
        """Say that there is nothing to see: its states are no spikes."""
        return False

    def inside(self) -> Inside | None:
        """Give nothing."""
        return None

    def remember(self, memory_ms: float) -> None:
        """Let scores forget to 1/e in that time, from now on."""
        self._engine.remember(memory_ms)


def load_event_model(path: Path, device: torch.device, memory_ms: float, _engine: str = "auto") -> EventStateModel:
    """Make the model of a file that `aestream train ssm=...` wrote; its engine follows from the device.

    Raises:
        FormatError: the file is damaged, does not say what its classes are, or is of sound.
        InvalidArgumentError: a weight is NaN or infinite.
    """
    model, meaning = load_model(path), load_meaning(path)
    if meaning.rows == 1:
        raise FormatError(f"{path} was trained on {meaning.columns} channels of sound; packets are of cameras")
    return EventStateModel(model, meaning, name=f"event_ssm ({path.stem})", device=device, memory_ms=memory_ms)
