"""The event spike tensor: times of events, shared between bins as in a voxel grid, a grid for each polarity."""

from dataclasses import dataclass
from typing import ClassVar

from aestream_core.config import setting, validate
from aestream_gpu.surfaces.voxel_grid import MAX_BINS, VoxelGridSurface


@dataclass(frozen=True)
class EventSpikeTensorOptions:
    """How the window is divided."""

    bins: int = setting(9, "moments that events are shared between", bounds=(1, MAX_BINS))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


class EventSpikeTensorSurface(VoxelGridSurface):
    """Shares every event's time within the window, 0 to 1, between two bins; `voxel_grid_ref(timed=True)` defines it.

    Gehrig et al., End-to-end learning of representations for asynchronous event-based data, 2019: the measurement is
    the normalised time stamp, the kernel the triangle of bilinear interpolation.

    Attributes:
        channels: ("off_0", ..., "on_0", ...).
    """

    options_class: ClassVar[type] = EventSpikeTensorOptions
    timed: ClassVar[bool] = True

    def _is_signed(self) -> bool:
        return False
