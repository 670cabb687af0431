"""The count surface: how many events each pixel fired, a channel per polarity."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import torch

from aestream_core.config import setting, validate
from aestream_core.events import Events
from aestream_gpu import _kernels
from aestream_gpu.surfaces.device_surface import DeviceSurface

CHANNELS = ("off", "on")


@dataclass(frozen=True)
class CountOptions:
    """What counts."""

    mode: str = setting(
        "polarity",
        "polarity: events of each polarity; binary: whether there were any; signed: on minus off, one channel",
        choices=("polarity", "binary", "signed"),
    )

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


def count_ref(events: Events, *, width: int, height: int, mode: str = "polarity") -> torch.Tensor:
    """Count events a pixel and polarity, slowly; what the fast kernels must equal.

    Returns:
        (2, height, width) float32 on the CPU; channel 0 counts off events, channel 1 on events. Mode signed: (1, H, W).
    """
    array = events.to_numpy()
    array = array[(array["x"] < width) & (array["y"] < height)]
    tensor = torch.zeros(2, height, width)
    index = [torch.from_numpy(array[name].astype("int64")) for name in ("p", "y", "x")]
    tensor.index_put_(tuple(index), torch.ones(len(array)), accumulate=True)
    if mode == "signed":
        return tensor[1:] - tensor[:1]
    return tensor.clamp_max(1) if mode == "binary" else tensor


class CountSurface(DeviceSurface):
    """Counts events a pixel and polarity, in C++ on the CPU and in Triton on a GPU.

    Attributes:
        channels: ("off", "on"); of mode signed ("signed",).
    """

    options_class: ClassVar[type] = CountOptions
    options: CountOptions

    def channel_names(self) -> tuple[str, ...]:
        """Name the channels."""
        return ("signed",) if self.options.mode == "signed" else CHANNELS

    def clear(self) -> None:
        """Begin with zeros."""
        self._frame: torch.Tensor | None = None
        self._counter = _kernels.Counter(self._width, self._height, getattr(_kernels.CountMode, self.options.mode))

    def turn(self, before: tuple[int, int] | None, window: tuple[int, int]) -> None:
        """Begin the window with zeros."""
        self._frame = None
        self._counter.begin()

    def add_cpu(self, words: npt.NDArray[np.int64], t0_us: int) -> int:
        """Count a packet in C++."""
        return self._counter.add(words)

    def add_triton(self, words: torch.Tensor, t0_us: int) -> None:
        """Count a packet in Triton."""
        from aestream_gpu.surfaces.count_triton import count_triton

        count_triton(words, self._counts(), self._invalid)

    def read(self) -> torch.Tensor:
        """Give the counts. On a GPU, waits for the kernels that are under way."""
        if self._uses_triton:
            return self.complete(self._shown(self._counts()))
        frame = self._counter.read()
        if self._frame is None:
            self._frame = torch.from_numpy(frame)
        return self._frame

    def recycle(self, tensor: torch.Tensor) -> None:
        """Take the memory of this window's or the last window's tensor for a window to come."""
        if self._uses_triton:
            return
        self._counter.recycle(tensor.data_ptr())
        if tensor is self._frame:
            self._frame = None

    def _shown(self, counts: torch.Tensor) -> torch.Tensor:
        if self.options.mode == "polarity":
            return counts
        return counts[1:] - counts[:1] if self.options.mode == "signed" else counts.clamp_max(1)

    def _counts(self) -> torch.Tensor:
        if self._frame is None:
            self._frame = self.zeros(2)
        return self._frame
