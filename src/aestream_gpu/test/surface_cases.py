"""Every surface beside its reference: what it must equal for the events of one window, and how closely."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from aestream_core import Events
from aestream_gpu.surfaces.count import count_ref
from aestream_gpu.surfaces.leaky import leaky_ref
from aestream_gpu.surfaces.stack import StackOptions, stack_ref
from aestream_gpu.surfaces.time_surface import TimeSurfaceOptions, time_surface_ref
from aestream_gpu.surfaces.tore import ToreOptions, tore_ref
from aestream_gpu.surfaces.voxel_grid import voxel_grid_ref

CPU = torch.device("cpu")
WIDTH, HEIGHT = 37, 23
WINDOW = (1_000, 11_000)

Reference = Callable[[Events, int, int, tuple[int, int]], torch.Tensor]


@dataclass(frozen=True)
class Case:
    """A surface as users name it, its reference, the difference allowed (of 1 and of the value); has it a memory."""

    text: str
    reference: Reference
    tolerance: float
    remembers: bool = False


def _of(function: Callable[..., torch.Tensor], **settings: object) -> Reference:
    return lambda events, width, height, window: function(events, width=width, height=height, **settings)


def _at_end(function: Callable[..., torch.Tensor], **settings: object) -> Reference:
    return lambda events, width, height, window: function(
        events, width=width, height=height, now_us=window[1], **settings
    )


def _within(function: Callable[..., torch.Tensor], **settings: object) -> Reference:
    return lambda events, width, height, window: function(events, width=width, height=height, window=window, **settings)


CASES = (
    Case("count", _of(count_ref), 0),
    Case("count:binary", _of(count_ref, mode="binary"), 0),
    Case("count:mode=signed", _of(count_ref, mode="signed"), 0),
    Case("time_surface:3000", _at_end(time_surface_ref, options=TimeSurfaceOptions(3000)), 1e-6, remembers=True),
    Case(
        "time_surface:tau_us=3000,decay=linear",
        _at_end(time_surface_ref, options=TimeSurfaceOptions(3000, "linear")),
        1e-6,
        remembers=True,
    ),
    Case("leaky:3000", _at_end(leaky_ref, tau_us=3000), 1e-5, remembers=True),
    Case("voxel_grid:bins=4", _within(voxel_grid_ref, bins=4), 1e-5),
    Case("voxel_grid:bins=1", _within(voxel_grid_ref, bins=1), 0),
    Case("voxel_grid:3,signed=true", _within(voxel_grid_ref, bins=3, signed=True), 1e-5),
    Case("event_spike_tensor:5", _within(voxel_grid_ref, bins=5, timed=True), 1e-5),
    Case("stack:frames=3", _within(stack_ref, options=StackOptions(3)), 0),
    Case("stack:3,count,500", _within(stack_ref, options=StackOptions(3, "count", 500)), 0),
    Case("tore:depth=3", _at_end(tore_ref, options=ToreOptions(3)), 1e-5, remembers=True),
    Case("tore:2,0,5000", _at_end(tore_ref, options=ToreOptions(2, 0, 5000)), 1e-5, remembers=True),
)


def random_events(
    count: int, *, width: int = WIDTH, height: int = HEIGHT, window: tuple[int, int] = WINDOW, seed: int = 0
) -> Events:
    """Make events of a window in order of time, half of them in one hot spot of nine pixels."""
    rng = np.random.default_rng(seed)
    hot = rng.random(count) < 0.5
    return Events.from_numpy(
        t=np.sort(rng.integers(*window, count)),
        x=np.where(hot, rng.integers(0, min(3, width), count), rng.integers(0, width, count)),
        y=np.where(hot, rng.integers(0, min(3, height), count), rng.integers(0, height, count)),
        p=rng.integers(0, 2, count),
        width=width,
        height=height,
    )
