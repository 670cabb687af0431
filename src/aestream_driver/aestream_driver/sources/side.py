"""What cameras deliver beside events: inertial measurements, edges of trigger inputs, frames."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

IMU_DTYPE = np.dtype([("t", "<i8"), ("acceleration", "<f4", (3,)), ("rotation", "<f4", (3,)), ("temperature", "<f4")])
"""Sensor time in µs, acceleration in m/s² and angular velocity in rad/s along the camera's axes, °C."""

TRIGGER_DTYPE = np.dtype([("t", "<i8"), ("id", "<u2"), ("rising", "?")])
"""Sensor time in µs, number of the input, direction of the edge."""


@dataclass(frozen=True)
class CameraFrame:
    """One picture.

    Attributes:
        start_us: sensor time in µs at which the exposure began.
        end_us: sensor time in µs at which it ended.
        pixels: (H, W) grey, or (H, W, 3) blue, green, red; uint8 or uint16.
    """

    start_us: int
    end_us: int
    pixels: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


@dataclass(frozen=True)
class SideData:
    """What came with one packet.

    Attributes:
        imu: (N,) of `IMU_DTYPE`.
        triggers: (N,) of `TRIGGER_DTYPE`.
        frames: frames that were completed.
    """

    imu: npt.NDArray[np.void] = field(default_factory=lambda: np.empty(0, IMU_DTYPE))
    triggers: npt.NDArray[np.void] = field(default_factory=lambda: np.empty(0, TRIGGER_DTYPE))
    frames: tuple[CameraFrame, ...] = ()


NOTHING = SideData()
