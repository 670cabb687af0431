"""Surfaces that turn events into tensors, on the GPU where there is one. Only `aestream_gpu.ros` knows ROS."""

from aestream_gpu.device import resolve_device
from aestream_gpu.surfaces.base import Surface
from aestream_gpu.surfaces.table import SURFACES, make_surface
from aestream_gpu.windows import Window, WindowAccumulator

__all__ = ["SURFACES", "Surface", "Window", "WindowAccumulator", "make_surface", "resolve_device"]
