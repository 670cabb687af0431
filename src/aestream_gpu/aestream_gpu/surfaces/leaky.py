"""Leaky accumulation: every event adds 1 to its pixel, and what a pixel holds leaks away; a channel per polarity."""

import math
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
class LeakyOptions:
    """How fast pixels leak."""

    tau_us: int = setting(30_000, "time in which a pixel leaks to 1/e", unit="us", bounds=(1, 60_000_000))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


def leaky_ref(events: Events, *, width: int, height: int, now_us: int, tau_us: int) -> torch.Tensor:
    """Compute the surface of all events up to `now_us`, slowly; what the fast kernels must equal within 1e-5 relative.

    The value is the sum of exp(-(now - t) / tau) over the pixel's events: the potential of a leaky integrator without
    threshold (Gerstner and Kistler, Spiking neuron models, 2002).

    Returns:
        (2, height, width) float32 on the CPU, 0 or more.
    """
    array = events.to_numpy()
    array = array[(array["x"] < width) & (array["y"] < height)]
    total = np.zeros((2, height, width))
    weights = np.exp(-np.maximum(now_us - array["t"], 0) / tau_us)
    np.add.at(total, (array["p"].astype(int), array["y"], array["x"]), weights)
    return torch.from_numpy(total.astype(np.float32))


class LeakySurface(DeviceSurface):
    """Adds each event with what is left of it at the window's end; what was there before leaks as windows begin.

    Attributes:
        channels: ("off", "on").
    """

    options_class: ClassVar[type] = LeakyOptions
    options: LeakyOptions

    def channel_names(self) -> tuple[str, ...]:
        """Name the channels."""
        return ("off", "on")

    def clear(self) -> None:
        """Forget every event."""
        self._frame = self.zeros(2)

    def turn(self, before: tuple[int, int] | None, window: tuple[int, int]) -> None:
        """Let what is there leak until the window's end."""
        passed_us = window[1] - before[1] if before is not None else 0
        left = math.exp(-max(0, passed_us) / self.options.tau_us)
        if self._on_gpu:
            self._frame = self._frame * left
            return
        leaked = self.empty(2)
        np.multiply(self._frame.numpy(), np.float32(left), out=leaked.numpy())
        self._frame = leaked

    def add_cpu(self, words: npt.NDArray[np.int64], t0_us: int) -> int:
        """Add a packet in C++."""
        end = self.window()[1] - t0_us
        return _kernels.leak(words, self._frame.numpy(), self._width, self._height, end, self.options.tau_us)

    def add_triton(self, words: torch.Tensor, t0_us: int) -> None:
        """Add a packet in Triton."""
        from aestream_gpu.surfaces.leaky_triton import leak_triton

        end = self.window()[1] - t0_us
        leak_triton(words, self._frame, self._invalid, end=end, tau_us=self.options.tau_us)

    def read(self) -> torch.Tensor:
        """Give the (2, H, W) surface as of the window's end. On a GPU, waits for the kernels that are under way."""
        return self.complete(self._frame)
