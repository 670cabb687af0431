"""Stacked frames: the window's events cut into parts by time or by count, a frame for each part and polarity."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import torch

from aestream_core.config import setting, validate
from aestream_core.events import Events
from aestream_gpu import _kernels
from aestream_gpu.surfaces.device_surface import DeviceSurface


@dataclass(frozen=True)
class StackOptions:
    """How the window is cut."""

    frames: int = setting(3, "parts that the window is cut into", bounds=(1, 64))
    by: str = setting(
        "time", "what the parts have in common: their time, or their number of events", choices=("time", "count")
    )
    events: int = setting(
        10_000, "events of one part, where cut by count; the last part takes all that follow", bounds=(1, 100_000_000)
    )

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


def stack_ref(
    events: Events, *, width: int, height: int, window: tuple[int, int], options: StackOptions
) -> torch.Tensor:
    """Stack the events of one window, slowly; what the fast kernels must equal.

    Part k of n holds the events with k = floor(n * (t - start) / (end - start)), or k = floor(rank / events) (stacking
    by time and by number of events: Wang et al., Event-based high dynamic range image and very high frame rate video
    generation, 2019). Events outside the sensor have a rank too.

    Returns:
        (2 * frames, height, width) float32 on the CPU, the off frames first.
    """
    start_us, end_us = window
    total = torch.zeros(2, options.frames, height, width)
    for rank, (t, x, y, p) in enumerate(events.to_numpy().tolist()):
        since = min(max(t - start_us, 0), end_us - start_us - 1)
        part = since * options.frames // (end_us - start_us) if options.by == "time" else rank // options.events
        if x < width and y < height:
            total[int(p), min(part, options.frames - 1), y, x] += 1
    return total.reshape(2 * options.frames, height, width)


class StackSurface(DeviceSurface):
    """Counts events a pixel, polarity and part of the window.

    Attributes:
        channels: ("off_0", ..., "on_0", ...).
    """

    options_class: ClassVar[type] = StackOptions
    options: StackOptions

    def channel_names(self) -> tuple[str, ...]:
        """Name the channels."""
        return tuple(f"{part}_{k}" for part in ("off", "on") for k in range(self.options.frames))

    def clear(self) -> None:
        """Begin with a new tensor of zeros."""
        self._frame: torch.Tensor | None = None
        self._rank = 0

    def turn(self, before: tuple[int, int] | None, window: tuple[int, int]) -> None:
        """Begin the window with zeros."""
        self.clear()

    def add_cpu(self, words: npt.NDArray[np.int64], t0_us: int) -> int:
        """Stack a packet in C++."""
        sensor = (self._width, self._height)
        start, length = self._parts(t0_us, len(words))
        by_count = self.options.by == "count"
        return _kernels.stack(words, self._stack().numpy(), *sensor, start, length, self.options.frames, by_count)

    def add_triton(self, words: torch.Tensor, t0_us: int) -> None:
        """Stack a packet in Triton."""
        from aestream_gpu.surfaces.stack_triton import stack_triton

        start, length = self._parts(t0_us, words.numel())
        by_count = self.options.by == "count"
        stack_triton(words, self._stack(), self._invalid, start=start, length=length, by_count=by_count)

    def read(self) -> torch.Tensor:
        """Give the (2 * frames, H, W) stack. On a GPU, waits for the kernels that are under way."""
        return self.complete(self._stack())

    def _stack(self) -> torch.Tensor:
        if self._frame is None:
            self._frame = self.zeros(len(self.channels))
        return self._frame

    def _parts(self, t0_us: int, size: int) -> tuple[int, int]:
        """Give start and length of all parts: times from the packet's t0_us, or ranks from its first event."""
        if self.options.by == "time":
            start_us, end_us = self.window()
            return start_us - t0_us, end_us - start_us
        first, self._rank = self._rank, self._rank + size
        return -first, self.options.frames * self.options.events
