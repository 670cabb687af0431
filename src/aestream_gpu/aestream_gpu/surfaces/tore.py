"""Time-ordered recent events: how long ago each pixel's last few events were, for each polarity."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import torch

from aestream_core.config import setting, validate
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_gpu import _kernels
from aestream_gpu.surfaces.device_surface import DeviceSurface
from aestream_gpu.surfaces.stamps import Stamps


@dataclass(frozen=True)
class ToreOptions:
    """How many events, and which ages tell them apart."""

    depth: int = setting(3, "events remembered of each pixel and polarity", bounds=(1, 16))
    low_us: int = setting(150, "age up to which an event counts as new", unit="us", bounds=(0, 60_000_000))
    high_us: int = setting(5_000_000, "age from which it counts as forgotten", unit="us", bounds=(1, 600_000_000))

    def __post_init__(self) -> None:
        """Check every field, and that the ages are in order."""
        validate(self)
        if self.low_us >= self.high_us:
            raise InvalidArgumentError(f"low_us is {self.low_us}; it must be less than high_us ({self.high_us})")


def tore_ref(events: Events, *, width: int, height: int, now_us: int, options: ToreOptions) -> torch.Tensor:
    """Compute the volume of all events up to `now_us`, slowly; what the fast kernels must equal within 1e-5.

    The k-th newest event of a pixel and polarity, of age a held between low and high, has the value
    (log(high + 1) - log(a + 1)) / (log(high + 1) - log(low + 1)): the logarithm of Baldwin et al., Time-ordered recent
    event (TORE) volumes for event cameras, 2021, turned and scaled so that new is 1 and forgotten, or never, 0.

    Returns:
        (2 * depth, height, width) float32 on the CPU, 0 to 1, the off planes first, each polarity's newest first.
    """
    found: dict[tuple[int, int, int], list[int]] = {}
    for t, x, y, p in events.to_numpy().tolist():
        if x < width and y < height:
            found.setdefault((int(p), y, x), []).append(t)
    top, bottom = np.log1p(options.high_us), np.log1p(options.low_us)
    volume = torch.zeros(2, options.depth, height, width)
    for (p, y, x), times in found.items():
        for k, t in enumerate(sorted(times, reverse=True)[: options.depth]):
            age = np.clip(now_us - t, options.low_us, options.high_us)
            volume[p, k, y, x] = float((top - np.log1p(age)) / (top - bottom))
    return volume.reshape(2 * options.depth, height, width)


class ToreSurface(DeviceSurface):
    """Remembers the newest times of each pixel and polarity; reads as of the window's end.

    Attributes:
        channels: ("off_0", ..., "on_0", ...), the newest first.
    """

    options_class: ClassVar[type] = ToreOptions
    options: ToreOptions
    values: ClassVar[str] = "shares"

    def channel_names(self) -> tuple[str, ...]:
        """Name the channels."""
        return tuple(f"{part}_{k}" for part in ("off", "on") for k in range(self.options.depth))

    def clear(self) -> None:
        """Forget every event."""
        self._stamps = Stamps((2, self._height, self._width, self.options.depth), self._device)

    def turn(self, before: tuple[int, int] | None, window: tuple[int, int]) -> None:
        """Go on with what is remembered."""
        self._stamps.begin(*window)

    def add_cpu(self, words: npt.NDArray[np.int64], t0_us: int) -> int:
        """Note a packet's times in C++."""
        stamps, offset = self._stamps.array.numpy(), self._stamps.offset(t0_us)
        return _kernels.remember(words, stamps, self._width, self._height, self.options.depth, offset)

    def add_triton(self, words: torch.Tensor, t0_us: int) -> None:
        """Note a packet's times in Triton."""
        from aestream_gpu.surfaces.tore_triton import remember_triton

        remember_triton(words, self._stamps.array, self._invalid, offset=self._stamps.offset(t0_us))

    def read(self) -> torch.Tensor:
        """Give the (2 * depth, H, W) volume as of the window's end. On a GPU, waits for the kernels under way."""
        now, options = self._stamps.stamp(self.window()[1]), self.options
        if self._uses_triton:
            from aestream_gpu.surfaces.tore_triton import recency_triton

            out = self.zeros(2 * options.depth)
            recency_triton(self._stamps.array, out, now=now, low_us=options.low_us, high_us=options.high_us)
            return self.complete(out)
        out = self.empty(2 * options.depth)
        stamps = self._stamps.array.numpy()
        _kernels.recency(stamps, out.numpy(), options.depth, now, options.low_us, options.high_us)
        return out
