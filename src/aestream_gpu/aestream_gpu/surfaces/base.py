"""The contract of a surface."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from aestream_core.events import Events


@dataclass
class SurfaceCounters:
    """What a surface did since it was made.

    Attributes:
        events: events added.
        invalid_events: events outside the sensor; they add nothing.
        bytes_copied: bytes of events copied on their way into the tensor.
    """

    events: int = 0
    invalid_events: int = 0
    bytes_copied: int = 0


class Surface(Protocol):
    """Accumulates events into a tensor.

    Attributes:
        channels: names of the tensor's channels, in order.
    """

    channels: tuple[str, ...]

    def add(self, events: Events) -> None:
        """Accumulate a packet. Events are only read; where the device is the CPU nothing is copied."""

    def read(self) -> torch.Tensor:
        """Give the (C, H, W) float32 tensor as it is now, on the surface's device, complete. Not a copy."""

    def reset(self) -> None:
        """Begin a new tensor of zeros. The one that `read` gave stays as it is."""

    def counters(self) -> SurfaceCounters:
        """Give the counters as they are now."""


def zeros(shape: tuple[int, ...], device: torch.device) -> torch.Tensor:
    """Give a float32 tensor of zeros.

    On the CPU NumPy makes it: torch would wake all its threads for so little, and on a busy machine waiting for them
    costs more than the whole window (0.2 ms became 5 s of backlog on two cores).
    """
    if device.type == "cpu":
        return torch.from_numpy(np.zeros(shape, np.float32))
    return torch.zeros(shape, device=device)
