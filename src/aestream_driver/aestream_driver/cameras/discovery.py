"""Which cameras are connected, and which of them is meant."""

from collections.abc import Callable
from dataclasses import dataclass

from aestream_core.errors import AestreamError, MissingDependencyError
from aestream_driver.cameras import library
from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.errors import CameraError
from aestream_driver.cameras.names import AUTO
from aestream_driver.cameras.table import CAMERAS


@dataclass(frozen=True)
class ConnectedCamera:
    """A camera that is connected.

    Attributes:
        model: its row of the table.
        serial: serial number; empty where it could not be read.
        problem: why it cannot be opened; empty where nothing is known of a problem.
    """

    model: CameraModel
    serial: str
    problem: str = ""

    def __str__(self) -> str:
        """Describe it for people."""
        serial = f" {self.serial}" if self.serial else ""
        return f"{self.model.title}{serial}" + (f" ({self.problem})" if self.problem else "")


def connected_cameras() -> list[ConnectedCamera]:
    """List the connected cameras; those that both libraries know appear once, for neuromorphic_drivers.

    Raises:
        CameraError: USB cannot be searched.
        MissingDependencyError: neuromorphic_drivers is not installed, and dv_processing finds nothing.
    """
    found = _ask(_neuromorphic_cameras)
    others = _ask(_dv_cameras)
    second = [] if isinstance(others, AestreamError) else others
    if isinstance(found, AestreamError) and not second:
        raise found
    first = [] if isinstance(found, AestreamError) else found
    serials = {each.serial for each in first}
    return first + [each for each in second if each.serial not in serials]


def choose_camera(camera: str, serial: str) -> ConnectedCamera:
    """Find the camera that the parameters mean.

    Args:
        camera: name of a model, or "auto".
        serial: serial number; empty for the only one.

    Raises:
        CameraError: there is none, or there are several; the message lists what is connected.
    """
    connected = connected_cameras()
    fitting = [each for each in connected if _fits(each, camera) and serial in ("", each.serial)]
    free = [each for each in fitting if not each.problem]
    fitting = free if len(free) == 1 else fitting
    if len(fitting) == 1:
        return fitting[0]
    wanted = f"camera {camera!r}" + (f" with serial {serial!r}" if serial else "")
    shown = "; ".join(str(each) for each in connected) or "nothing"
    if not fitting:
        raise CameraError(f"no {wanted}; connected: {shown}")
    raise CameraError(f"{len(fitting)} cameras fit {wanted}, name one by its serial; connected: {shown}")


def _fits(connected: ConnectedCamera, camera: str) -> bool:
    return camera in (AUTO, connected.model.name)


def _ask(list_cameras: Callable[[], list[ConnectedCamera]]) -> "list[ConnectedCamera] | AestreamError":
    try:
        return list_cameras()
    except MissingDependencyError as error:
        return error
    except (RuntimeError, OSError) as error:
        return CameraError(f"cannot look for cameras on USB (is it passed into this machine?): {first_line(error)}")


def first_line(error: BaseException) -> str:
    """Say a library's error in one line: dv_processing's have stack traces."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    named = [line for line in lines if line.startswith(("RuntimeError:", "IOError:"))]
    return (named or lines or [type(error).__name__])[0].removeprefix("RuntimeError: ")


def _neuromorphic_cameras() -> list[ConnectedCamera]:
    titles = {model.title: model for model in CAMERAS.values()}
    return [
        ConnectedCamera(titles[each.name.value], each.serial or "", each.error or "")
        for each in library.list_devices()
        if each.name.value in titles
    ]


def _dv_cameras() -> list[ConnectedCamera]:
    return [ConnectedCamera(CAMERAS["inivation_dv"], each.serialNumber) for each in library.list_dv_devices()]
