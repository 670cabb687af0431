"""Recordings of shapes on given trajectories: the simulator's pixels and noise over motions of the caller's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.config import setting, validate
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.simulator import SimConfig, native_config

OUTLINES: tuple[str, ...] = ("ellipse", "box", "cross", "ring")
"""Outlines that a shape may have."""

POSE_FIELDS: tuple[str, ...] = ("x_px", "y_px", "turns", "scale", "gain")
"""What a pose says, in the order of the last axis of `poses`."""


@dataclass(frozen=True)
class MotionShape:
    """A shape of one log intensity on a background of 0; where shapes overlap, theirs add up."""

    outline: str = setting("ellipse", "Its outline.", choices=OUTLINES)
    half_width_px: float = setting(8.0, "Half its width.", unit="px", bounds=(0.5, 2000))
    half_height_px: float = setting(8.0, "Half its height.", unit="px", bounds=(0.5, 2000))
    contrast: float = setting(0.7, "Its log intensity; negative is darker than the background.", bounds=(-5, 5))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


def simulate_motion(
    config: SimConfig, shapes: Sequence[MotionShape], poses: npt.NDArray[Any], *, step_us: int = 2000
) -> Events:
    """Simulate a recording of shapes that move as given. The same arguments give the same events.

    Args:
        config: sensor, pixels, noise and seed; its scene, rate and duration do not count.
        shapes: what moves, S of them.
        poses: (N + 1, S, 5) of `POSE_FIELDS`: at the start and after each of N steps. `x_px` and `y_px` are of the
            shape's centre, `turns` counts whole turns clockwise, `scale` multiplies its sides, `gain` its contrast.
        step_us: length of a step in µs, 10 to 4000; log intensity moves on a straight line within it.

    Returns:
        Events of [0, N * step_us) in order of time.

    Raises:
        InvalidArgumentError: the poses are not of that shape, or not finite; or `step_us` is outside its bounds.
    """
    table = np.ascontiguousarray(poses, np.float32)
    if table.ndim != 3 or table.shape[1:] != (len(shapes), len(POSE_FIELDS)):
        allowed = f"(steps + 1, {len(shapes)}, {len(POSE_FIELDS)})"
        raise InvalidArgumentError(f"poses have the shape {table.shape}; it must be {allowed}")
    rows = [(OUTLINES.index(s.outline), s.half_width_px, s.half_height_px, s.contrast) for s in shapes]
    return Events(_core.simulate_motion(native_config(config), rows, table, step_us))
