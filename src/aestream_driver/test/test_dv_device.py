"""Cameras of dv_processing: the library's own reader of a recording stands in for its camera, with the same methods."""

from pathlib import Path
from typing import Any

import dv_processing as dv
import numpy as np
import pytest

from aestream_core.files import read_file
from aestream_driver.cameras.dv_camera import MODEL, DvCameraSettings
from aestream_driver.cameras.dv_device import DvDevice, _frame, _triggers
from aestream_driver.cameras.errors import CameraError
from aestream_driver.sources.camera import CameraSource, Patience

NO_PATIENCE = Patience(reconnect_s=0.0, stall_s=0.0)


class Settable:
    """The library's reader with two of a DVXplorer's methods, which note what was set."""

    Flatten = dv.io.camera.CameraInputBase.Flatten

    def __init__(self, path: Path) -> None:
        self._recording = dv.io.MonoCameraRecording(str(path))
        self.set: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recording, name)

    def setContrastThresholdOn(self, value: int) -> None:  # noqa: N802
        self.set.append(value)

    def setFlatten(self, value: Any) -> None:  # noqa: N802
        self.set.append(value)

    def setCropArea(self, value: Any) -> None:  # noqa: N802
        self.set.append(value)


@pytest.fixture
def camera(recordings: Path) -> Settable:
    return Settable(recordings / "tonic_sample.aedat4")


def test_events_and_measurements_arrive_in_the_suites_units_until_the_camera_is_gone(
    camera: Settable, recordings: Path
) -> None:
    source = CameraSource(
        MODEL, DvCameraSettings(), lambda settings: DvDevice(camera, settings), "DXB00010", NO_PATIENCE
    )
    assert (source.width, source.height) == (320, 240)
    packets: list[Any] = []
    with pytest.raises(CameraError, match=r"lost iniVation camera \(dv-processing\) DXB00010: the camera is no longer"):
        packets.extend(source)
    events = np.concatenate([each.to_numpy() for packet in packets for each in packet.events()])
    assert np.array_equal(events, read_file(recordings / "tonic_sample.aedat4").to_numpy())
    imu = np.concatenate([packet.side().imu for packet in packets])
    assert len(imu) == 475
    assert np.linalg.norm(imu["acceleration"], axis=1).mean() == pytest.approx(9.81, rel=0.15)


def test_only_what_differs_from_as_it_is_is_set(camera: Settable) -> None:
    device = DvDevice(camera, DvCameraSettings())
    assert camera.set == []
    device.update_configuration(DvCameraSettings(contrast_on=5, polarity="on", roi="0,0,320,100"))
    assert camera.set == [5, (0, 0, 320, 100), dv.io.camera.CameraInputBase.Flatten.ON_ONLY]


def test_a_setting_that_the_camera_lacks_is_refused_by_name(camera: Settable) -> None:
    with pytest.raises(CameraError, match=r"exposure_us is 100, but DVXplorer_DXB00010 has no such setting"):
        DvDevice(camera, DvCameraSettings(exposure_us=100))


def test_the_serial_number_is_the_end_of_the_cameras_name(camera: Settable) -> None:
    assert DvDevice(camera, DvCameraSettings()).serial() == "DXB00010"


def test_triggers_and_frames_are_converted() -> None:
    edges = [dv.Trigger(10, dv.TriggerType.EXTERNAL_SIGNAL_RISING_EDGE), dv.Trigger(12, dv.TriggerType.APS_FRAME_START)]
    edges.append(dv.Trigger(20, dv.TriggerType.EXTERNAL_GENERATOR_FALLING_EDGE))
    assert _triggers(edges).tolist() == [(10, 0, True), (20, 1, False)]
    frame = _frame(dv.Frame(1000, np.zeros((4, 6), np.uint8)))
    assert (frame.start_t, frame.pixels.shape) == (1000, (4, 6))
