"""What recordings hold beside events: edges at trigger inputs, inertial measurements, frames."""

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestream_core.files import open_file

if TYPE_CHECKING:
    from aestream_core import _core

TRIGGER_DTYPE = np.dtype([("t", "<i8"), ("id", "<u2"), ("value", "<u2")])
"""One edge: sensor time in µs, input (or the format's own kind of trigger), 1 rising or 0 falling."""

IMU_DTYPE = np.dtype(
    [
        ("t", "<i8"),
        ("temperature_c", "<f4"),
        ("acceleration_g", "<f4", (3,)),
        ("angular_rate_dps", "<f4", (3,)),
        ("magnetic_field_ut", "<f4", (3,)),
    ]
)
"""One inertial measurement: sensor time in µs, then values along x, y, z; NaN where the recording has none."""


@dataclass(frozen=True)
class Frame:
    """One picture of a frame-based part of the sensor.

    Attributes:
        start_us: sensor time in µs at which the exposure starts.
        end_us: sensor time in µs at which it ends.
        x: column of the left upper corner on the sensor.
        y: row of the left upper corner on the sensor.
        pixels: (H, W) grey or (H, W, C) blue, green, red and perhaps alpha, uint8 or uint16; a view.
    """

    start_us: int
    end_us: int
    x: int
    y: int
    pixels: npt.NDArray[Any]


def read_triggers(path: str | PathLike[str], **options: Any) -> npt.NDArray[np.void]:
    """Read the triggers of a recording.

    Args:
        path: the recording.
        options: as of `aestream.stream`: format, start_us, stop_us, skip_errors, ...

    Returns:
        (N,) of `TRIGGER_DTYPE`, in the order of the recording.

    Raises:
        AestreamError: the recording cannot be read or is damaged; the message says why.
    """
    return _join([triggers_of(side) for side in _sides(path, "triggers", options)], TRIGGER_DTYPE)


def read_imu(path: str | PathLike[str], **options: Any) -> npt.NDArray[np.void]:
    """Read the inertial measurements of a recording.

    Args:
        path: the recording.
        options: as of `aestream.stream`: format, start_us, stop_us, skip_errors, ...

    Returns:
        (N,) of `IMU_DTYPE`, in the order of the recording.

    Raises:
        AestreamError: the recording cannot be read or is damaged; the message says why.
    """
    return _join([imu_of(side) for side in _sides(path, "imu", options)], IMU_DTYPE)


def read_frames(path: str | PathLike[str], **options: Any) -> Iterator[Frame]:
    """Iterate over the frames of a recording; memory in use does not grow with it.

    Args:
        path: the recording.
        options: as of `aestream.stream`: format, start_us, stop_us, skip_errors, ...

    Raises:
        AestreamError: the recording cannot be read or is damaged; the message says why.
    """
    for side in _sides(path, "frames", options):
        yield from frames_of(side)


def triggers_of(side: "_core.SideRecords") -> npt.NDArray[np.void]:
    """Take the triggers that were met since the last call, (N,) of `TRIGGER_DTYPE`."""
    return _as_dtype(side.take_triggers(), TRIGGER_DTYPE)


def imu_of(side: "_core.SideRecords") -> npt.NDArray[np.void]:
    """Take the inertial measurements that were met since the last call, (N,) of `IMU_DTYPE`."""
    return _as_dtype(side.take_imu(), IMU_DTYPE)


def frames_of(side: "_core.SideRecords") -> list[Frame]:
    """Take the frames that were met since the last call."""
    return [Frame(each.start_us, each.end_us, each.x, each.y, each.pixels()) for each in side.take_frames()]


def _sides(path: str | PathLike[str], extra: str, options: dict[str, Any]) -> "Iterator[_core.SideRecords]":
    """Give the place of the records after each packet, and once more at the end, where a fault may lie too."""
    with open_file(path, extras=(extra,), **options) as stream:
        side = stream.side
        if side is None:
            return
        try:
            for _ in stream:
                yield side
        finally:
            yield side


def _as_dtype(records: npt.NDArray[np.void], dtype: np.dtype[np.void]) -> npt.NDArray[np.void]:
    array = np.empty(len(records), dtype)
    for name in dtype.names or ():
        array[name] = records["t_us" if name == "t" else name]
    return array


def _join(parts: list[npt.NDArray[np.void]], dtype: np.dtype[np.void]) -> npt.NDArray[np.void]:
    return np.concatenate(parts) if parts else np.empty(0, dtype)
