"""A trained model of frames, run window by window."""

from collections.abc import Mapping
from typing import Literal

import torch

from aestream_snn.models.base import StepModel
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.online.base import Scores
from aestream_snn.online.fit import fit
from aestream_snn.online.inside import Inside, Watch
from aestream_snn.online.readout import Readout
from aestream_snn.stepping.table import make_stepper

WARM_UP_STEPS = 8
MOST_SILENT = 32
"""Empty windows that are made up for at most; whoever waits longer resets."""


class FrameModel:
    """Steps a `StepModel` with one window after the other.

    Attributes:
        window_us: sensor time of the windows that it was trained on.
        remark: why steps do not run as was asked for; "" where they do.
    """

    takes: Literal["tensors"] = "tensors"

    def __init__(
        self,
        model: StepModel,
        *,
        name: str,
        labels: tuple[str, ...],
        device: torch.device,
        window_us: int,
        shrink: int,
        readout: Readout,
        engine: str = "auto",
    ) -> None:
        """Take a model over, onto a device.

        Args:
            model: with its weights.
            name: of the model.
            labels: names of its classes.
            device: where it is to run.
            window_us: see above.
            shrink: pixels along the side of one of its cells in training.
            readout: how outputs become scores.
            engine: what runs its steps, a name in `ENGINES`, or "auto".

        Raises:
            UnknownNameError: no such engine.
            InvalidArgumentError: the engine does not run on that device.
        """
        self.name, self.labels, self.device, self.window_us = name, labels, device, window_us
        self._model, self._shrink, self._readout = model.to(device).eval(), shrink, readout
        self._stepper, self.remark = make_stepper(self._model, device, engine=engine)
        self._watch: Watch | None = None
        self.reset()

    def reset(self) -> None:
        """Forget everything that was seen."""
        self._stepper.reset()
        self._readout.reset()

    @torch.inference_mode()
    def warm_up(self) -> None:
        """Run on counts of a seed, then forget."""
        made_up = torch.randint(0, 2, self._model.input_shape, generator=torch.Generator().manual_seed(0)).float()
        for _ in range(WARM_UP_STEPS):
            self.step(made_up)
        self._readout.scores()
        self.reset()
        if self._watch is not None:
            self._watch.reset()

    @torch.inference_mode()
    def step(self, tensor: torch.Tensor, *, windows: float = 1.0) -> None:
        """Take the tensor of a window in; silent windows before it are steps with empty frames."""
        frame = fit(tensor.to(self.device), self._model.input_shape, shrink=self._shrink)
        for _ in range(min(round(windows) - 1, MOST_SILENT)):
            self._readout.add(self._step(torch.zeros_like(frame)))
            windows -= 1
        self._readout.add(self._step(frame), windows=max(windows, 1.0))

    def scores(self) -> Scores:
        """Give (classes,) float32 probabilities."""
        return self._readout.scores()

    def activity(self) -> Mapping[str, object]:
        """Give what every layer does, where it has neurons and is watched."""
        inside = self.inside()
        return {} if inside is None else inside.shown()

    def watch(self, every: int) -> bool:
        """Look inside at one of `every` steps; at none where that is 0 or the model has no neurons."""
        if not every or not isinstance(self._model, SpikingNetwork):
            self._watch = None
            return False
        self._watch = Watch(self._model, every=every, step_us=self.window_us)
        return True

    def inside(self) -> Inside | None:
        """Give the last reading."""
        return None if self._watch is None else self._watch.latest

    def remember(self, memory_ms: float) -> None:
        """Let scores forget to 1/e in that time."""
        self._readout.remember(memory_ms)

    def _step(self, frame: torch.Tensor) -> torch.Tensor:
        output = self._stepper.step(frame)
        if self._watch is not None:
            self._watch.look(frame, self._stepper)
        return output
