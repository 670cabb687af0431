"""The contract of a surface."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import torch

from aestream_core.events import Events


@dataclass
class SurfaceCounters:
    """What a surface did since it was made.

    Attributes:
        events: events added.
        invalid_events: events outside the sensor; they add nothing.
        bytes_copied: bytes of events copied on their way into the tensor.
        copies: copies of events to the device.
    """

    events: int = 0
    invalid_events: int = 0
    bytes_copied: int = 0
    copies: int = 0


class Surface(Protocol):
    """Accumulates events into a tensor, window by window: `begin`, any number of `add`, `read`.

    Splitting the events of a window into packets in another way changes nothing but the rounding of sums of fractions.

    Attributes:
        options_class: frozen dataclass of the surface's settings.
        options: the settings in force.
        channels: names of the tensor's channels, in order.
        values: "counts" (0 or more, or less where signed) or "shares" (0 to 1).
    """

    options_class: ClassVar[type]
    options: Any
    channels: tuple[str, ...]
    values: ClassVar[str]

    def begin(self, start_us: int, end_us: int) -> None:
        """Begin the tensor of window [start_us, end_us) of sensor time.

        Surfaces with a memory (time_surface, leaky, tore) keep it; the others begin with zeros.

        Raises:
            InvalidArgumentError: the window is empty.
        """

    def add(self, events: Events) -> None:
        """Accumulate a packet. Events are only read; where the device is the CPU nothing is copied.

        An event before the window or behind it counts as its first or last instant where its time matters.
        """

    def read(self) -> torch.Tensor:
        """Give the (C, H, W) float32 tensor as of the window's end, on the surface's device, complete.

        It is not a copy of anything and stays as it is once the next window begins.
        """

    def recycle(self, tensor: torch.Tensor) -> None:
        """Take back what `read` gave, for its memory. Only for who did not change it and knows nobody who holds it."""

    def reset(self) -> None:
        """Forget every event, as if newly made; for streams that start again."""

    def counters(self) -> SurfaceCounters:
        """Give the counters as they are now."""
