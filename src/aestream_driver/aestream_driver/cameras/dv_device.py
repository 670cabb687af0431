"""A camera of dv_processing, read as neuromorphic_drivers' devices are: an iterator that gives up after a while."""

import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_driver.cameras.base import READ_TIMEOUT_S
from aestream_driver.cameras.dv_camera import DvCameraSettings, apply_settings

POLL_S = 0.001
"""Time between two looks for data: the library cannot be waited for."""

IMU_FIELDS = ("accelerometer_x", "accelerometer_y", "accelerometer_z", "gyroscope_x", "gyroscope_y", "gyroscope_z")


@dataclass(frozen=True)
class DvRingStatus:
    """What neuromorphic_drivers' status says of its ring; dv_processing counts no losses."""

    system_time: float
    raw_packets: int = 1
    dropped_packets: int = 0


@dataclass(frozen=True)
class DvStatus:
    """When a packet was read, in seconds since the epoch; `ring` is None where none came in time."""

    system_time: float
    ring: DvRingStatus | None


@dataclass(frozen=True)
class DvFrame:
    """A frame, with the names that neuromorphic_drivers uses."""

    start_t: int
    exposure_start_t: int
    exposure_end_t: int
    t: int
    pixels: npt.NDArray[Any]


@dataclass
class DvPacket:
    """What one look found, with the names that neuromorphic_drivers uses."""

    polarity_events: npt.NDArray[np.void] | None = None
    imu_events: npt.NDArray[np.void] | None = None
    trigger_events: npt.NDArray[np.void] | None = None
    frames: list[DvFrame] = field(default_factory=list)
    polarity_events_overflow_indices: None = None

    def anything(self) -> bool:
        """Say whether there is something in it."""
        streams = (self.polarity_events, self.imu_events, self.trigger_events)
        return bool(self.frames) or any(each is not None for each in streams)


class DvDevice:
    """Wraps the library's own camera object. Settings may come from any thread."""

    def __init__(self, camera: Any, settings: DvCameraSettings) -> None:
        """Take over an open camera, and set it.

        Raises:
            CameraError: the camera lacks a setting.
        """
        self._camera = camera
        self._lock = threading.Lock()
        apply_settings(camera, settings)
        self.width, self.height = camera.getEventResolution()

    def __iter__(self) -> "DvDevice":
        """Iterate over readings."""
        return self

    def __next__(self) -> tuple[DvStatus, DvPacket | None]:
        """Wait for data, a while.

        Raises:
            RuntimeError: the camera is gone.
        """
        deadline_s = time.monotonic() + READ_TIMEOUT_S
        while True:
            with self._lock:
                packet = self._look()
            now_s = time.time()
            if packet is not None:
                return DvStatus(now_s, DvRingStatus(now_s)), packet
            if time.monotonic() >= deadline_s:
                return DvStatus(now_s, None), None
            time.sleep(POLL_S)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the camera; the library closes it with its last reference."""
        with self._lock:
            self._camera = None

    def serial(self) -> str:
        """Give the serial number, which the library has in the camera's name: MODEL_SERIAL."""
        return str(self._camera.getCameraName()).rpartition("_")[2]

    def update_configuration(self, settings: DvCameraSettings) -> None:
        """Set what differs from "as it is".

        Raises:
            CameraError: the camera lacks a setting.
        """
        with self._lock:
            apply_settings(self._camera, settings)

    def _look(self) -> DvPacket | None:
        """Take what is there; a camera that is gone is an error once nothing of it is left.

        Raises:
            RuntimeError: the camera is gone.
        """
        camera = self._camera
        packet = DvPacket()
        if camera.isEventStreamAvailable() and (events := camera.getNextEventBatch()) is not None:
            packet.polarity_events = _events(events)
        if camera.isImuStreamAvailable() and (imu := camera.getNextImuBatch()) is not None:
            packet.imu_events = _imu(imu)
        if camera.isTriggerStreamAvailable() and (triggers := camera.getNextTriggerBatch()) is not None:
            packet.trigger_events = _triggers(triggers)
        if camera.isFrameStreamAvailable() and (frame := camera.getNextFrame()) is not None:
            packet.frames.append(_frame(frame))
        if packet.anything():
            return packet
        if not camera.isRunning():
            raise RuntimeError("the camera is no longer running")
        return None


def _events(store: Any) -> npt.NDArray[np.void]:
    records = store.numpy()
    events = np.empty(len(records), [("t", "<i8"), ("x", "<u2"), ("y", "<u2"), ("on", "?")])
    for name, theirs in (("t", "timestamp"), ("x", "x"), ("y", "y"), ("on", "polarity")):
        events[name] = records[theirs]
    return events


def _imu(samples: Any) -> npt.NDArray[np.void]:
    rows = [
        (each.timestamp, *each.getAccelerations(), *each.getAngularVelocities(), each.temperature) for each in samples
    ]
    fields = [("t", "<i8"), *((name, "<f4") for name in IMU_FIELDS), ("temperature", "<f4")]
    return np.array(
        [tuple(float(value) if index else value for index, value in enumerate(row)) for row in rows], fields
    )


def _triggers(edges: Any) -> npt.NDArray[np.void]:
    rows = [
        (each.timestamp, 1 if "GENERATOR" in each.type.name else 0, not each.type.name.endswith("FALLING_EDGE"))
        for each in edges
        if each.type.name.startswith("EXTERNAL")
    ]
    return np.array(rows, [("t", "<i8"), ("id", "<u2"), ("rising", "?")])


def _frame(frame: Any) -> DvFrame:
    start_us = int(frame.timestamp)
    end_us = start_us + round(frame.exposure.total_seconds() * 1e6)
    return DvFrame(start_us, start_us, end_us, end_us, np.asarray(frame.image))
