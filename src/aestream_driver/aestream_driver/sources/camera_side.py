"""Inertial measurements, triggers and frames as camera libraries give them, in this suite's records."""

from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_driver.sources.side import IMU_DTYPE, NOTHING, TRIGGER_DTYPE, CameraFrame, SideData

_NO_RECORDS = np.empty(0, [("t", "<u8"), ("x", "<u2"), ("y", "<u2"), ("on", "?")])


def records_of(records: Any) -> npt.NDArray[np.void]:
    """Give the records of a stream of a packet, which is None where it has none."""
    return _NO_RECORDS if records is None else records  # type: ignore[no-any-return]


def side_data(packet: Any, offset_us: int) -> SideData:
    """Convert what a library's packet has beside events; `offset_us` is added to its times."""
    imu, triggers = records_of(packet.imu_events), records_of(packet.trigger_events)
    frames = tuple(_frame(frame, offset_us) for frame in getattr(packet, "frames", None) or ())
    if not len(imu) and not len(triggers) and not frames:
        return NOTHING
    return SideData(_imu(imu, offset_us), _triggers(triggers, offset_us), frames)


def _imu(records: npt.NDArray[np.void], offset_us: int) -> npt.NDArray[np.void]:
    imu = np.empty(len(records), IMU_DTYPE)
    if len(records):
        imu["t"] = records["t"].astype(np.int64) + offset_us
        imu["temperature"] = records["temperature"]
        for axis, name in enumerate("xyz"):
            imu["acceleration"][:, axis] = records[f"accelerometer_{name}"]
            imu["rotation"][:, axis] = records[f"gyroscope_{name}"]
    return imu


def _triggers(records: npt.NDArray[np.void], offset_us: int) -> npt.NDArray[np.void]:
    triggers = np.empty(len(records), TRIGGER_DTYPE)
    if len(records):
        triggers["t"] = records["t"].astype(np.int64) + offset_us
        triggers["id"], triggers["rising"] = records["id"], records["rising"]
    return triggers


def _frame(frame: Any, offset_us: int) -> CameraFrame:
    start_us = frame.start_t if frame.exposure_start_t is None else frame.exposure_start_t
    end_us = frame.t if frame.exposure_end_t is None else frame.exposure_end_t
    return CameraFrame(int(start_us) + offset_us, int(end_us) + offset_us, frame.pixels)
