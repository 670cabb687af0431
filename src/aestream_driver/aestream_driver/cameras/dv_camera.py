"""iniVation's other cameras through dv_processing: DVS128, DAVIS240, DVXplorer Lite and Mini, and new firmware.

The models differ in what can be set. A setting is applied where the camera has it; where it has not, every value but
"as it is" is refused by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aestream_core.config import setting, validate
from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.errors import CameraError
from aestream_driver.cameras.pixels import parse_region

_POLARITIES = {"both": "NONE", "flat": "FLATTEN_ON", "on": "ON_ONLY", "off": "OFF_ONLY"}
_AS_IT_IS = "-1 leaves it as it is"


@dataclass(frozen=True)
class DvCameraSettings:
    """What can be set on a camera of dv_processing, where the model has it."""

    contrast_on: int = setting(-1, f"contrast threshold of on events; {_AS_IT_IS}", bounds=(-1, 17), live=True)
    contrast_off: int = setting(-1, f"contrast threshold of off events; {_AS_IT_IS}", bounds=(-1, 17), live=True)
    roi: str = setting("", "region of interest: x,y,width,height; empty leaves it as it is", unit="pixels", live=True)
    polarity: str = setting(
        "both", "events to deliver; flat makes all of them on", choices=tuple(_POLARITIES), live=True
    )
    background_filter: int = setting(
        -1, f"how long a neighbour counts, in steps of 250 us; {_AS_IT_IS}", bounds=(-1, 4095), live=True
    )
    refractory_filter: int = setting(
        -1, f"dead time of a pixel, in steps of 250 us; {_AS_IT_IS}", bounds=(-1, 4095), live=True
    )
    exposure_us: int = setting(-1, f"exposure of frames; {_AS_IT_IS}", unit="us", bounds=(-1, 1_000_000), live=True)
    frame_interval_us: int = setting(
        -1, f"time from one frame to the next; {_AS_IT_IS}", unit="us", bounds=(-1, 10_000_000), live=True
    )

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
        parse_region("roi", self.roi, width=32767, height=32767)


def apply_settings(device: Any, settings: DvCameraSettings) -> None:
    """Set on an opened camera what differs from "as it is".

    Raises:
        CameraError: the camera has no such setting, or the region lies outside its sensor.
    """
    defaults = DvCameraSettings()
    for name, (setter, convert) in _SETTERS.items():
        value = getattr(settings, name)
        if value == getattr(defaults, name):
            continue
        if not hasattr(device, setter):
            raise CameraError(f"{name} is {value!r}, but {device.getCameraName()} has no such setting")
        getattr(device, setter)(convert(device, value))


def _number(_: Any, value: int) -> int:
    return value


def _duration(_: Any, value_us: int) -> timedelta:
    return timedelta(microseconds=value_us)


def _region(device: Any, text: str) -> tuple[int, int, int, int]:
    width, height = device.getEventResolution()
    region = parse_region("roi", text, width=width, height=height)
    assert region is not None
    return (region.x, region.y, region.width, region.height)


def _polarity(device: Any, name: str) -> Any:
    return device.Flatten.__members__[_POLARITIES[name]]


_SETTERS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "contrast_on": ("setContrastThresholdOn", _number),
    "contrast_off": ("setContrastThresholdOff", _number),
    "roi": ("setCropArea", _region),
    "polarity": ("setFlatten", _polarity),
    "background_filter": ("setBackgroundActivityFilter", _number),
    "refractory_filter": ("setRefractoryPeriodFilter", _number),
    "exposure_us": ("setExposureDuration", _duration),
    "frame_interval_us": ("setFrameInterval", _duration),
}
"""The method of the library that sets each field, and what it takes."""

MODEL = CameraModel(
    name="inivation_dv",
    title="iniVation camera (dv-processing)",
    library="dv_processing",
    width=0,
    height=0,
    settings=DvCameraSettings,
    configure=lambda settings: settings,
    evt3=False,
    delivers=("events", "triggers", "imu", "frames"),
)
