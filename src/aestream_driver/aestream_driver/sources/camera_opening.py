"""Opening the camera that the parameters name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from aestream_driver.cameras import library
from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.discovery import choose_camera
from aestream_driver.cameras.dv_device import DvDevice
from aestream_driver.sources.camera import CameraSource, Patience


@dataclass(frozen=True)
class SelectedCamera:
    """Which camera, and how it is set.

    Attributes:
        model: its row of the table.
        serial: serial number; empty for the only one connected.
        settings: an object of `model.settings`.
    """

    model: CameraModel
    serial: str
    settings: Any

    def with_settings(self, settings: Any) -> "SelectedCamera":
        """Give the same camera, set otherwise."""
        return replace(self, settings=settings)


def select_camera(camera: str, serial: str, settings: Any = None) -> SelectedCamera:
    """Find the connected camera of that model (or "auto") and serial number (or empty), set as it comes by default.

    Raises:
        CameraError: there is none, or there are several; the message lists what is connected.
    """
    found = choose_camera(camera, serial)
    return SelectedCamera(found.model, found.serial or serial, settings or found.model.settings())


def open_camera(camera: SelectedCamera, *, ring_bytes: int, patience: Patience) -> CameraSource:
    """Open a camera as a source.

    Args:
        camera: which one, and how it is set.
        ring_bytes: memory of the library's ring, for what nobody took yet.
        patience: what to do about faults.

    Raises:
        CameraError: it cannot be opened.
        MissingDependencyError: the library is not installed.
    """
    configuration = camera.model.configure(camera.settings)
    return CameraSource(camera.model, configuration, _opener(camera, ring_bytes), camera.serial, patience)


def _opener(camera: SelectedCamera, ring_bytes: int) -> Callable[[Any], Any]:
    model, serial = camera.model, camera.serial
    if model.library == "dv_processing":
        return lambda settings: DvDevice(library.open_dv_device(serial), settings)
    return lambda configuration: library.open_device(
        model, configuration=configuration, serial=serial, ring_bytes=ring_bytes
    )
