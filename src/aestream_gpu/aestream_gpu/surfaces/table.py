"""The table of surfaces."""

from typing import Any

import torch

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_gpu.surfaces.base import Surface
from aestream_gpu.surfaces.count import CountSurface
from aestream_gpu.surfaces.device_surface import DeviceSurface, Kernels
from aestream_gpu.surfaces.event_spike_tensor import EventSpikeTensorSurface
from aestream_gpu.surfaces.leaky import LeakySurface
from aestream_gpu.surfaces.options import parse_options
from aestream_gpu.surfaces.stack import StackSurface
from aestream_gpu.surfaces.time_surface import TimeSurface
from aestream_gpu.surfaces.tore import ToreSurface
from aestream_gpu.surfaces.voxel_grid import VoxelGridSurface

SURFACES: dict[str, type[DeviceSurface]] = {
    "count": CountSurface,
    "time_surface": TimeSurface,
    "leaky": LeakySurface,
    "voxel_grid": VoxelGridSurface,
    "event_spike_tensor": EventSpikeTensorSurface,
    "stack": StackSurface,
    "tore": ToreSurface,
}


def parse_surface(text: str, options: str = "") -> tuple[type[DeviceSurface], Any]:
    """Read `name`, `name:options` or a name beside its options; give the surface's class and settings.

    Raises:
        UnknownNameError: there is no such surface, or no such setting; lists those that there are.
        InvalidArgumentError: a setting has a value that is not allowed, or settings are in both places.
    """
    name, _, inside = text.partition(":")
    if name not in SURFACES:
        raise UnknownNameError("surface", name, tuple(SURFACES))
    if inside and options:
        raise InvalidArgumentError(
            f"surface {text!r} has settings, and so have its options {options!r}; give them once"
        )
    return SURFACES[name], parse_options(SURFACES[name].options_class, inside or options)


def make_surface(
    text: str, *, width: int, height: int, device: torch.device, options: str = "", kernels: Kernels = "auto"
) -> Surface:
    """Make a surface by name: `count`, or with settings `voxel_grid:bins=5,signed=true`.

    Args:
        text: the name, and behind a colon the settings.
        width: sensor width in pixels.
        height: sensor height in pixels.
        device: where its tensors live.
        options: the settings, where they do not stand behind the name.
        kernels: "cpp", "triton" or, by default, what suits the device.

    Raises:
        UnknownNameError: there is no such surface, or no such setting; lists those that there are.
        InvalidArgumentError: a setting, the sensor's size or the tensor's is not allowed.
    """
    surface, settings = parse_surface(text, options)
    return surface(settings, width=width, height=height, device=device, kernels=kernels)
