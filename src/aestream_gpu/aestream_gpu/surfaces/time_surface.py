"""The time surface: how long ago each pixel fired last, a channel per polarity."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import torch

from aestream_core.config import setting, validate
from aestream_core.events import Events
from aestream_gpu import _kernels
from aestream_gpu.surfaces.device_surface import DeviceSurface
from aestream_gpu.surfaces.stamps import Stamps


@dataclass(frozen=True)
class TimeSurfaceOptions:
    """How events fade."""

    tau_us: int = setting(
        30_000, "time in which an event fades: to 1/e, or to nothing where linear", unit="us", bounds=(1, 60_000_000)
    )
    decay: str = setting("exponential", "how it fades", choices=("exponential", "linear"))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


def time_surface_ref(
    events: Events, *, width: int, height: int, now_us: int, options: TimeSurfaceOptions
) -> torch.Tensor:
    """Compute the surface of all events up to `now_us`, slowly; what the fast kernels must equal within 1e-6.

    The surface of active events keeps the time T of each pixel's and polarity's last event (Benosman et al.,
    Event-based visual flow, 2014); its value is exp(-(now - T) / tau) (Lagorce et al., HOTS, 2017) or
    max(0, 1 - (now - T) / tau).

    Returns:
        (2, height, width) float32 on the CPU, 0 to 1; 0 where there was no event.
    """
    last = np.full((2, height, width), -np.inf)
    for t, x, y, p in events.to_numpy().tolist():
        if x < width and y < height:
            last[int(p), y, x] = max(last[int(p), y, x], t)
    age = np.maximum(now_us - last, 0) / options.tau_us
    value = np.exp(-age) if options.decay == "exponential" else np.maximum(0, 1 - age)
    return torch.from_numpy(value.astype(np.float32))


class TimeSurface(DeviceSurface):
    """Remembers when each pixel and polarity fired last; reads as of the window's end.

    Attributes:
        channels: ("off", "on").
    """

    options_class: ClassVar[type] = TimeSurfaceOptions
    options: TimeSurfaceOptions
    values: ClassVar[str] = "shares"

    def channel_names(self) -> tuple[str, ...]:
        """Name the channels."""
        return ("off", "on")

    def clear(self) -> None:
        """Forget every event."""
        self._stamps = Stamps((2, self._height, self._width), self._device)

    def turn(self, before: tuple[int, int] | None, window: tuple[int, int]) -> None:
        """Go on with what is remembered."""
        self._stamps.begin(*window)

    def add_cpu(self, words: npt.NDArray[np.int64], t0_us: int) -> int:
        """Note a packet's times in C++."""
        stamps = self._stamps.array.numpy()
        return _kernels.stamp(words, stamps, self._width, self._height, self._stamps.offset(t0_us))

    def add_triton(self, words: torch.Tensor, t0_us: int) -> None:
        """Note a packet's times in Triton."""
        from aestream_gpu.surfaces.time_surface_triton import stamp_triton

        stamp_triton(words, self._stamps.array, self._invalid, offset=self._stamps.offset(t0_us))

    def read(self) -> torch.Tensor:
        """Give the (2, H, W) surface as of the window's end, 0 to 1. On a GPU, waits for the kernels under way."""
        now = self._stamps.stamp(self.window()[1])
        linear = self.options.decay == "linear"
        if self._uses_triton:
            from aestream_gpu.surfaces.time_surface_triton import decay_triton

            return self.complete(decay_triton(self._stamps.array, now=now, tau_us=self.options.tau_us, linear=linear))
        out = self.empty(2)
        _kernels.decay(self._stamps.array.numpy(), out.numpy(), now, self.options.tau_us, linear)
        return out
