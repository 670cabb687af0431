"""Event cameras on USB, and whether this user may open them."""

import os
from dataclasses import dataclass
from pathlib import Path

from aestream.cli.checks.base import Finding

RULES = "/etc/udev/rules.d/65-event-cameras.rules"
_FIX = (
    f"aestream doctor --udev | sudo tee {RULES} && sudo udevadm control --reload-rules && sudo udevadm trigger, "
    "then plug the camera in again"
)


@dataclass(frozen=True)
class CameraModel:
    """How a family of cameras names itself on USB.

    Attributes:
        maker: who makes it.
        vendor: USB vendor, four hexadecimal digits.
        products: USB products of that vendor that are event cameras; empty where all are.
    """

    maker: str
    vendor: str
    products: tuple[str, ...] = ()


CAMERA_MODELS = (
    CameraModel("Prophesee", "03fd", ("5832",)),
    CameraModel("Prophesee", "04b4", ("00f4", "00f5")),
    CameraModel("Prophesee or CenturyArks", "31f7"),
    CameraModel("IDS", "1409", ("8e00",)),
    CameraModel("iniVation", "152a"),
)


def check_cameras(sys_root: Path = Path("/sys"), dev_root: Path = Path("/dev")) -> list[Finding]:
    """List the event cameras on USB, and say of each whether it can be opened."""
    devices = sorted((sys_root / "bus/usb/devices").glob("*/idVendor"))
    found = [_check_device(device.parent, dev_root) for device in devices]
    cameras = [finding for finding in found if finding is not None]
    return cameras or [Finding("camera", "missing", "no event camera on USB; recordings and the simulator do without")]


def _check_device(device: Path, dev_root: Path) -> Finding | None:
    vendor, product = _read(device / "idVendor"), _read(device / "idProduct")
    model = next((each for each in CAMERA_MODELS if _matches(each, vendor, product)), None)
    if model is None:
        return None
    node = dev_root / "bus/usb" / f"{int(_read(device / 'busnum')):03}" / f"{int(_read(device / 'devnum')):03}"
    serial = _read(device / "serial")
    named = f"{model.maker} {_read(device / 'product') or 'camera'}" + (f" {serial}" if serial else "")
    detail = f"{named}, USB {vendor}:{product}, {node}"
    if os.access(node, os.R_OK | os.W_OK):
        return Finding("camera", "ok", detail)
    return Finding("camera", "problem", f"{detail}: not writable for this user", _FIX)


def _matches(model: CameraModel, vendor: str, product: str) -> bool:
    return vendor == model.vendor and (not model.products or product in model.products)


def _read(file: Path) -> str:
    return file.read_text().strip() if file.exists() else ""
