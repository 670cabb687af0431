"""What all surfaces share: the sensor, the window, the way of a packet to the device, counters."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.dlpack import from_dlpack

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events, check_sensor
from aestream_gpu import _kernels
from aestream_gpu.surfaces.base import SurfaceCounters
from aestream_gpu.upload import Upload

Kernels = Literal["auto", "cpp", "triton"]

MAX_CELLS = 2**31 - 1
"""Values that one tensor may have; kernels count them in 32 bits."""


class DeviceSurface(ABC):
    """A surface with a C++ kernel for the CPU and a Triton kernel for GPUs.

    Attributes:
        options_class: frozen dataclass of the surface's settings.
        options: the settings in force.
        channels: names of the tensor's channels, in order.
        values: "counts" (0 or more, or less where signed) or "shares" (0 to 1).
    """

    options_class: ClassVar[type]
    options: Any
    channels: tuple[str, ...]
    values: ClassVar[str] = "counts"

    def __init__(
        self, options: Any = None, *, width: int, height: int, device: torch.device, kernels: Kernels = "auto"
    ) -> None:
        """Start with no events and no window.

        Args:
            options: settings, of `options_class`; its defaults where left out.
            width: sensor width in pixels.
            height: sensor height in pixels.
            device: where the tensor lives.
            kernels: "cpp" (CPU only), "triton" (on a CPU only through Triton's interpreter), or what suits the device.

        Raises:
            InvalidArgumentError: the sensor or the tensor has an impossible size.
        """
        if width < 1 or height < 1:
            raise InvalidArgumentError(f"sensor is {width}x{height}; each side must be 1 pixel or more")
        check_sensor(width, height)
        self.options = self.options_class() if options is None else options
        self.channels = self.channel_names()
        self._width, self._height, self._device = width, height, device
        self._planes = max(2, len(self.channels))
        if self._planes * width * height > MAX_CELLS:
            raise InvalidArgumentError(
                f"{self._planes} planes of {width}x{height} pixels are {self._planes * width * height} values; "
                f"a tensor may have {MAX_CELLS}"
            )
        self._window: tuple[int, int] | None = None
        self._counters = SurfaceCounters()
        self._on_gpu = device.type == "cuda"
        self._uses_triton = kernels == "triton" or (kernels == "auto" and self._on_gpu)
        self._upload = Upload(device) if self._on_gpu else None
        self._invalid = torch.zeros(1, dtype=torch.int32, device=device)
        self.clear()

    # What a surface implements --------------------------------------------------------------------------------------

    @abstractmethod
    def channel_names(self) -> tuple[str, ...]:
        """Name the channels that the options make."""

    @abstractmethod
    def add_cpu(self, words: npt.NDArray[np.int64], t0_us: int) -> int:
        """Add records in C++; give the number of events outside the sensor."""

    @abstractmethod
    def add_triton(self, words: torch.Tensor, t0_us: int) -> None:
        """Add records, (N,) int64 on the device, with N of 1 or more; count those outside in `self._invalid`."""

    @abstractmethod
    def read(self) -> torch.Tensor:
        """Give the (C, H, W) float32 tensor."""

    @abstractmethod
    def clear(self) -> None:
        """Forget every event."""

    @abstractmethod
    def turn(self, before: tuple[int, int] | None, window: tuple[int, int]) -> None:
        """Go from one window to the next."""

    # The contract ---------------------------------------------------------------------------------------------------

    def begin(self, start_us: int, end_us: int) -> None:
        """Begin the tensor of window [start_us, end_us).

        Raises:
            InvalidArgumentError: the window is empty.
        """
        if end_us <= start_us:
            raise InvalidArgumentError(f"window is [{start_us}, {end_us}) us; it must end after its start")
        before, self._window = self._window, (start_us, end_us)
        self.turn(before, self._window)

    def add(self, events: Events) -> None:
        """Accumulate a packet."""
        self._counters.events += len(events)
        if not len(events):
            return
        if not self._uses_triton:
            self._counters.invalid_events += self.add_cpu(events.words(), events.t0_us)
        elif self._upload is None:
            self.add_triton(from_dlpack(events), events.t0_us)
        else:
            with self._upload.bring(events) as words:
                self.add_triton(words, events.t0_us)
            self._counters.bytes_copied += events.nbytes
            self._counters.copies += 1

    def recycle(self, tensor: torch.Tensor) -> None:
        """Take back what `read` gave; here only by letting go of it."""
        del tensor

    def reset(self) -> None:
        """Forget every event and the window."""
        self._window = None
        self.clear()

    def counters(self) -> SurfaceCounters:
        """Give the counters as they are now."""
        if self._uses_triton:
            self._counters.invalid_events = int(self._invalid.item())
        return self._counters

    # For surfaces ---------------------------------------------------------------------------------------------------

    def window(self) -> tuple[int, int]:
        """Give the window's start and end.

        Raises:
            InvalidArgumentError: no window began.
        """
        if self._window is None:
            raise InvalidArgumentError(f"{type(self).__name__} has no window; call begin(start_us, end_us) first")
        return self._window

    def zeros(self, channels: int) -> torch.Tensor:
        """Give (channels, H, W) zeros. On the CPU not torch's: it would wake all its threads for so little."""
        if self._on_gpu:
            return torch.zeros(channels, self._height, self._width, device=self._device)
        return torch.from_numpy(_kernels.zeros(channels, self._height, self._width))

    def empty(self, channels: int) -> torch.Tensor:
        """Give a (channels, H, W) tensor with anything in it, on the CPU in memory that was used before."""
        if self._on_gpu:
            return torch.empty(channels, self._height, self._width, device=self._device)
        return torch.from_numpy(_kernels.empty(channels, self._height, self._width))

    def complete(self, tensor: torch.Tensor) -> torch.Tensor:
        """Give a tensor when the kernels that are under way on a GPU have finished."""
        if self._on_gpu:
            torch.cuda.current_stream(self._device).synchronize()
        return tensor
