"""The voxel grid: events shared between the bins next to them in time, a grid for each polarity."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import torch

from aestream_core.config import setting, validate
from aestream_core.events import Events
from aestream_gpu import _kernels
from aestream_gpu.surfaces.device_surface import DeviceSurface

MAX_BINS = 64


@dataclass(frozen=True)
class VoxelGridOptions:
    """How the window is divided."""

    bins: int = setting(
        5, "moments that events are shared between: the window's start, its end and those between", bounds=(1, MAX_BINS)
    )
    signed: bool = setting(False, "one grid, in which off events subtract, instead of one for each polarity")

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


def voxel_grid_ref(
    events: Events,
    *,
    width: int,
    height: int,
    window: tuple[int, int],
    bins: int,
    signed: bool = False,
    timed: bool = False,
) -> torch.Tensor:
    """Compute the grid of one window, slowly; what the fast kernels must equal within 1e-5 of 1 and of the value.

    An event at t adds max(0, 1 - |b - (bins - 1) * s|) to bin b, where s = (t - start) / (end - start) (Zhu et al.,
    Unsupervised event-based learning of optical flow, depth, and egomotion, 2019; there from the first event to the
    last). `timed` events add s times as much (Gehrig et al., End-to-end learning of representations, 2019).

    Returns:
        (2 * bins, height, width) float32 on the CPU, the off bins first; `signed`: (bins, height, width).
    """
    start_us, end_us = window
    grid = np.zeros((2, bins, height, width))
    for t, x, y, p in events.to_numpy().tolist():
        if x >= width or y >= height:
            continue
        since = min(max(t - start_us, 0), end_us - start_us) / (end_us - start_us)
        for b in range(bins):
            share = max(0.0, 1 - abs(b - (bins - 1) * since))
            grid[int(p), b, y, x] += share * (since if timed else 1.0)
    chosen = grid[1] - grid[0] if signed else grid.reshape(2 * bins, height, width)
    return torch.from_numpy(chosen.astype(np.float32))


class VoxelGridSurface(DeviceSurface):
    """Shares every event of the window between two bins.

    Attributes:
        channels: ("off_0", ..., "on_0", ...); signed ("signed_0", ...).
    """

    options_class: ClassVar[type] = VoxelGridOptions
    options: VoxelGridOptions
    timed: ClassVar[bool] = False
    """Whether an event adds its time within the window instead of 1."""

    def channel_names(self) -> tuple[str, ...]:
        """Name the channels."""
        parts = ("signed",) if self._is_signed() else ("off", "on")
        return tuple(f"{part}_{b}" for part in parts for b in range(self.options.bins))

    def clear(self) -> None:
        """Begin with a new tensor of zeros."""
        self._frame: torch.Tensor | None = None

    def turn(self, before: tuple[int, int] | None, window: tuple[int, int]) -> None:
        """Begin the window with zeros."""
        self._frame = None

    def add_cpu(self, words: npt.NDArray[np.int64], t0_us: int) -> int:
        """Share a packet in C++."""
        start_us, end_us = self.window()
        length_us, bins = end_us - start_us, self.options.bins
        sensor = (self._width, self._height)
        frame = self._voxels().numpy()
        return _kernels.voxels(words, frame, *sensor, start_us - t0_us, length_us, bins, self._is_signed(), self.timed)

    def add_triton(self, words: torch.Tensor, t0_us: int) -> None:
        """Share a packet in Triton."""
        from aestream_gpu.surfaces.voxel_grid_triton import voxels_triton

        start_us, end_us = self.window()
        voxels_triton(
            words,
            self._voxels(),
            self._invalid,
            start=start_us - t0_us,
            length=end_us - start_us,
            signed=self._is_signed(),
            timed=self.timed,
        )

    def read(self) -> torch.Tensor:
        """Give the (C, H, W) grid. On a GPU, waits for the kernels that are under way."""
        return self.complete(self._voxels())

    def _voxels(self) -> torch.Tensor:
        if self._frame is None:
            self._frame = self.zeros(len(self.channels))
        return self._frame

    def _is_signed(self) -> bool:
        return self.options.signed
