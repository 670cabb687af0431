"""The table of surfaces."""

from collections.abc import Callable

import torch

from aestream_core.errors import UnknownNameError
from aestream_gpu.surfaces.base import Surface
from aestream_gpu.surfaces.count import CountSurface

SURFACES: dict[str, Callable[..., Surface]] = {"count": CountSurface}


def make_surface(name: str, *, width: int, height: int, device: torch.device) -> Surface:
    """Make a surface by name.

    Raises:
        UnknownNameError: there is no such surface; lists those that there are.
        InvalidArgumentError: a side is less than one pixel.
    """
    if name not in SURFACES:
        raise UnknownNameError("surface", name, tuple(SURFACES))
    return SURFACES[name](width=width, height=height, device=device)
