"""The camera libraries, imported when a camera is first asked for: listing and opening devices.

These functions are the seam of the whole driver: a test replaces the devices that they give, and nothing else.
"""

from typing import Any

from aestream_core.formats.optional import optional_module
from aestream_driver.cameras.base import READ_TIMEOUT_S, CameraModel

BUFFER_BYTES = 1 << 17
"""Bytes of one USB transfer into the library's ring."""

PACKETS_AT_ONCE = 64
"""USB transfers that one read may join where several are waiting."""


def neuromorphic_drivers() -> Any:
    """Import neuromorphic_drivers.

    Raises:
        MissingDependencyError: it is not installed.
    """
    why = "cameras of Prophesee, CenturyArks and iniVation are read with neuromorphic_drivers, which is not installed"
    return optional_module("neuromorphic_drivers", package="neuromorphic_drivers", why=why)


def dv_camera_module() -> Any:
    """Import the camera part of dv_processing.

    Raises:
        MissingDependencyError: it is not installed.
    """
    why = "this camera of iniVation is read with dv_processing, which is not installed"
    return optional_module("dv_processing", package="dv-processing", why=why).io.camera


def list_devices() -> list[Any]:
    """List the devices of neuromorphic_drivers, as `neuromorphic_drivers.ListedDevice`.

    Raises:
        RuntimeError: as the library raises it.
    """
    return list(neuromorphic_drivers().list_devices())


def list_dv_devices() -> list[Any]:
    """List the devices of dv_processing, as `USBDevice.DeviceDescriptor`.

    Raises:
        RuntimeError: as the library raises it.
    """
    return list(dv_camera_module().discover())


def open_device(model: CameraModel, *, configuration: Any, serial: str, ring_bytes: int) -> Any:
    """Open a device of neuromorphic_drivers; gives the library's own object.

    Args:
        model: which camera.
        configuration: what `model.configure` made.
        serial: serial number; empty for the only one connected.
        ring_bytes: memory of the library's ring; 8 MB or more, as 32 transfers are under way at a time.

    Raises:
        RuntimeError: as the library raises it.
    """
    library = neuromorphic_drivers()
    ring = getattr(library, model.name).RingConfiguration(
        buffer_length=BUFFER_BYTES, ring_length=ring_bytes // BUFFER_BYTES
    )
    return library.open(
        configuration=configuration,
        iterator_timeout=READ_TIMEOUT_S,
        raw=model.evt3,
        serial=serial or None,
        ring_configuration=ring,
        iterator_maximum_raw_packets=PACKETS_AT_ONCE,
    )


def open_dv_device(serial: str) -> Any:
    """Open a device of dv_processing; gives the library's own object.

    Raises:
        RuntimeError: as the library raises it.
    """
    module = dv_camera_module()
    return module.open(serial) if serial else module.open()
