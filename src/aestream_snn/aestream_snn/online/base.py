"""What every model that runs live is."""

from collections.abc import Mapping
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import torch

from aestream_core.events import Events
from aestream_snn.online.inside import Inside

Scores = npt.NDArray[np.float32]


class OnlineModel(Protocol):
    """A model with a state that it keeps. One thread uses it at a time.

    Attributes:
        name: of the model, as its checkpoint has it.
        labels: names of the classes.
        device: where it runs.
    """

    name: str
    labels: tuple[str, ...]
    device: torch.device

    @property
    def takes(self) -> Literal["tensors", "events"]:
        """Say what it is fed: "tensors" (a `TensorModel`) or "events" (an `EventModel`)."""

    def reset(self) -> None:
        """Forget everything that was seen."""

    @property
    def remark(self) -> str:
        """Say what of it is not as the user asked for; "" where all is."""

    def warm_up(self) -> None:
        """Run a few times on made-up input, so that the first real one takes no longer than the others; then forget."""

    def scores(self) -> Scores:
        """Give (classes,) float32 probabilities by what was seen, the newest above all."""

    def activity(self) -> Mapping[str, object]:
        """Give what diagnostics say of the model's inside."""

    def watch(self, every: int) -> bool:
        """Look inside at one of `every` steps from now on, at none where it is 0.

        Returns:
            Whether there will be something to see: networks of spiking neurons only.
        """

    def inside(self) -> Inside | None:
        """Give the last reading of a model that is watched, None before the first. From any thread."""

    def remember(self, memory_ms: float) -> None:
        """Let scores forget to 1/e in that time, from now on."""


@runtime_checkable
class TensorModel(OnlineModel, Protocol):
    """Is fed tensors of windows.

    Attributes:
        window_us: sensor time of the windows that it was trained on.
    """

    window_us: int

    def step(self, tensor: torch.Tensor, *, windows: float = 1.0) -> None:
        """Take the tensor of a window in.

        Args:
            tensor: (C, H, W) float32, of a sensor of any size that holds the model's input; its device may be another.
            windows: windows that passed since the last one; more than 1 where windows were silent or left out.

        Raises:
            InvalidArgumentError: it has other channels, or fewer pixels than the model has inputs.
        """


@runtime_checkable
class EventModel(OnlineModel, Protocol):
    """Is fed packets of events."""

    @property
    def resets(self) -> int:
        """Count the times that it began anew by itself, as time went backwards."""

    def push(self, events: Events) -> None:
        """Take a packet of any size in.

        Raises:
            InvalidArgumentError: it is of another sensor than the model was trained for.
        """
