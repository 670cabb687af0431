"""iniVation DVXplorer: events and inertial measurements."""

from dataclasses import dataclass
from typing import Any

from aestream_core.config import setting, validate
from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.library import neuromorphic_drivers

WIDTH, HEIGHT = 640, 480
READOUTS = (
    "CONSTANT100",
    "CONSTANT200",
    "CONSTANT500",
    "CONSTANT1000",
    "CONSTANT_LOSSY2000",
    "CONSTANT_LOSSY5000",
    "CONSTANT_LOSSY10000",
    "VARIABLE2000",
    "VARIABLE5000",
    "VARIABLE10000",
    "VARIABLE15000",
)
"""How often the sensor is read out, in frames/s, as the library calls it."""


@dataclass(frozen=True)
class DVXplorerSettings:
    """What can be set on a DVXplorer."""

    bias_on: int = setting(8, "contrast threshold of on events", bounds=(0, 17), live=True)
    bias_off: int = setting(8, "contrast threshold of off events", bounds=(0, 17), live=True)
    bias_amp: int = setting(4, "gain of the amplifier", bounds=(0, 8), live=True)
    bias_sf: int = setting(0, "source follower", bounds=(0, 3), live=True)
    readout: str = setting("VARIABLE5000", "readouts of the sensor a second, and how", choices=READOUTS, live=True)

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


def configure(settings: DVXplorerSettings) -> Any:
    """Make the library's configuration."""
    dvx = neuromorphic_drivers().inivation_dvxplorer
    return dvx.Configuration(
        biases=dvx.Biases(amp=settings.bias_amp, on=settings.bias_on, off=settings.bias_off, sf=settings.bias_sf),
        readout_frames_per_second=dvx.ReadoutFramesPerSecond[settings.readout],
    )


MODEL = CameraModel(
    name="inivation_dvxplorer",
    title="iniVation DVXplorer",
    library="neuromorphic_drivers",
    width=WIDTH,
    height=HEIGHT,
    settings=DVXplorerSettings,
    configure=configure,
    evt3=False,
    delivers=("events", "triggers", "imu"),
)
