"""Methods of this process: our surfaces, and what people write with NumPy and torch."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch

from aestream_core import Events
from aestream_gpu import Surface, make_surface
from bench.surfaces.packets import WINDOW_US

Frame = Callable[[Events], object]
"""Turns one packet into a frame that begins with zeros."""


def cells(events: Events) -> npt.NDArray[np.int64]:
    """Give the flat index of every event's cell, as code without a kernel of its own must."""
    records = events.records()
    x, yp = records["x"].astype(np.int64), records["yp"].astype(np.int64)
    return ((yp >> 15) * events.height + (yp & 0x7FFF)) * events.width + x


def surface_frame(surface: Surface) -> Frame:
    """Make a window of every packet; its tensor is given back, as the other methods use theirs again."""

    def run(events: Events) -> torch.Tensor:
        surface.begin(0, WINDOW_US)
        surface.add(events)
        tensor = surface.read()
        surface.recycle(tensor)
        return tensor

    return run


def surface_kept(surface: Surface) -> Frame:
    """Make a window of every packet, each in memory that was let go of."""

    def run(events: Events) -> None:
        surface.begin(0, WINDOW_US)
        surface.add(events)
        surface.read()

    return run


def surface_add(surface: Surface) -> Frame:
    """Add to one window, which never ends."""
    surface.begin(0, WINDOW_US)
    return surface.add


def methods(width: int, height: int, device: torch.device) -> dict[str, Frame]:
    """Give the ways to count two polarities, by name."""
    size = 2 * width * height
    array, tensor = np.zeros(size, np.float32), torch.zeros(size, device=device)

    def made() -> Surface:
        return make_surface("count", width=width, height=height, device=device)

    def on_device(events: Events) -> torch.Tensor:
        return torch.from_numpy(cells(events)).to(device)

    def add_at(events: Events) -> None:
        array.fill(0)
        np.add.at(array, cells(events), np.float32(1))

    def index_put(events: Events) -> None:
        tensor.zero_().index_put_((on_device(events),), torch.ones((), device=device), accumulate=True)

    def scatter_add(events: Events) -> None:
        index = on_device(events)
        tensor.zero_().scatter_add_(0, index, torch.ones(len(index), device=device))

    return {
        "count": surface_frame(made()),
        "count, new tensors": surface_kept(made()),
        "count, add only": surface_add(made()),
        "numpy.add.at": add_at,
        "numpy.bincount": lambda events: np.bincount(cells(events), minlength=size).astype(np.float32),
        "torch index_put_": index_put,
        "torch bincount": lambda events: torch.bincount(on_device(events), minlength=size).float(),
        "torch scatter_add": scatter_add,
    }
