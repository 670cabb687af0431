"""The count surface: how many events each pixel fired, a channel per polarity."""

import torch
from torch.utils.dlpack import from_dlpack

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_gpu import _kernels
from aestream_gpu.surfaces.base import SurfaceCounters, zeros

CHANNELS = ("off", "on")


def count_ref(events: Events, *, width: int, height: int) -> torch.Tensor:
    """Count events a pixel and polarity, slowly; what the fast kernels must equal.

    Returns:
        (2, height, width) float32 on the CPU; channel 0 counts off events, channel 1 on events.
    """
    array = events.to_numpy()
    array = array[(array["x"] < width) & (array["y"] < height)]
    tensor = torch.zeros(2, height, width)
    index = [torch.from_numpy(array[name].astype("int64")) for name in ("p", "y", "x")]
    return tensor.index_put_(tuple(index), torch.ones(len(array)), accumulate=True)


class CountSurface:
    """Counts events a pixel and polarity, in C++ on the CPU and in Triton on a GPU.

    Attributes:
        channels: ("off", "on").
    """

    channels: tuple[str, ...] = CHANNELS

    def __init__(self, *, width: int, height: int, device: torch.device) -> None:
        """Start with zeros.

        Args:
            width: sensor width in pixels.
            height: sensor height in pixels.
            device: where the tensor lives.

        Raises:
            InvalidArgumentError: a side is less than one pixel.
        """
        if width < 1 or height < 1:
            raise InvalidArgumentError(f"sensor is {width}x{height}; each side must be 1 pixel or more")
        self._shape = (2, height, width)
        self._device = device
        self._counters = SurfaceCounters()
        self._invalid = torch.zeros(1, dtype=torch.int32, device=device) if device.type == "cuda" else None
        self.reset()

    def add(self, events: Events) -> None:
        """Count a packet."""
        self._counters.events += len(events)
        if self._invalid is None:
            self._counters.invalid_events += _kernels.count(events.words(), self._tensor.numpy())
            return
        from aestream_gpu.surfaces.count_triton import count_triton

        words = from_dlpack(events).to(self._device, non_blocking=True)
        self._counters.bytes_copied += events.nbytes
        count_triton(words, self._tensor, self._invalid)

    def read(self) -> torch.Tensor:
        """Give the (2, H, W) float32 counts. On a GPU, waits for the kernels that are under way."""
        if self._device.type == "cuda":
            torch.cuda.current_stream(self._device).synchronize()
        return self._tensor

    def reset(self) -> None:
        """Begin a new tensor of zeros."""
        self._tensor = zeros(self._shape, self._device)

    def counters(self) -> SurfaceCounters:
        """Give the counters as they are now."""
        if self._invalid is not None:
            self._counters.invalid_events = int(self._invalid.item())
        return self._counters
