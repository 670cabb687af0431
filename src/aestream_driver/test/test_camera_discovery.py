"""Which camera is meant: errors say what is connected."""

from collections.abc import Callable
from typing import Any

import neuromorphic_drivers as nd
import pytest

from aestream_core.errors import MissingDependencyError
from aestream_driver.cameras import library
from aestream_driver.cameras.discovery import choose_camera, connected_cameras
from aestream_driver.cameras.errors import CameraError


def listed(title: str, serial: str | None, error: str | None = None) -> Any:
    return nd.ListedDevice(nd.Name(title), nd.Connection.USB_SUPER, address="", serial=serial, error=error)


class DvDescriptor:
    def __init__(self, serial: str) -> None:
        self.serialNumber = serial


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def connected(devices: list[Any], dv_serials: tuple[str, ...] = ()) -> None:
        monkeypatch.setattr(library, "list_devices", lambda: devices)
        monkeypatch.setattr(library, "list_dv_devices", lambda: [DvDescriptor(serial) for serial in dv_serials])

    return connected


def test_the_only_camera_is_taken_whatever_it_is(connect: Callable[..., None]) -> None:
    connect([listed("Prophesee EVK4", "1")])
    assert choose_camera("auto", "").model.name == "prophesee_evk4"


def test_a_serial_number_tells_two_of_a_kind_apart(connect: Callable[..., None]) -> None:
    connect([listed("Prophesee EVK4", "1"), listed("Prophesee EVK4", "2")])
    assert choose_camera("prophesee_evk4", "2").serial == "2"
    with pytest.raises(
        CameraError, match=r"2 cameras fit camera 'auto', name one by its serial; connected: .* 1; .* 2"
    ):
        choose_camera("auto", "")


def test_a_camera_that_is_in_use_is_not_meant_where_another_is_free(connect: Callable[..., None]) -> None:
    connect([listed("Prophesee EVK4", None, "Resource busy"), listed("Prophesee EVK4", "2")])
    assert choose_camera("auto", "").serial == "2"


def test_what_is_not_connected_is_refused_with_what_is(connect: Callable[..., None]) -> None:
    connect([listed("iniVation DVXplorer", "7", "Access denied (insufficient permissions)")])
    with pytest.raises(
        CameraError, match=r"no camera 'prophesee_evk4'; connected: iniVation DVXplorer 7 \(Access denied"
    ):
        choose_camera("prophesee_evk4", "")
    connect([])
    with pytest.raises(CameraError, match=r"no camera 'auto' with serial '9'; connected: nothing"):
        choose_camera("auto", "9")


def test_a_camera_that_both_libraries_know_appears_once(connect: Callable[..., None]) -> None:
    connect([listed("iniVation DVXplorer", "7")], ("7", "8"))
    assert [(each.model.name, each.serial) for each in connected_cameras()] == [
        ("inivation_dvxplorer", "7"),
        ("inivation_dv", "8"),
    ]


def test_a_bus_that_cannot_be_searched_is_an_error_unless_the_other_library_finds_something(
    connect: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> list[Any]:
        raise RuntimeError("Other error")

    connect([], ("8",))
    monkeypatch.setattr(library, "list_devices", fail)
    assert choose_camera("auto", "").serial == "8"
    connect([])
    monkeypatch.setattr(library, "list_devices", fail)
    with pytest.raises(CameraError, match="cannot look for cameras on USB: Other error"):
        choose_camera("auto", "")


def test_a_missing_library_is_named_with_the_command_that_brings_it(
    connect: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "list_dv_devices", list)
    monkeypatch.setattr("aestream_core.formats.optional.import_module", _missing)
    with pytest.raises(MissingDependencyError, match="pip install neuromorphic_drivers"):
        choose_camera("auto", "")


def _missing(name: str) -> None:
    raise ImportError(name)
