"""Configuration of what runs where; light to import, as the command does it for its options."""

from dataclasses import dataclass

from aestream_bridge.speck.devices import DEVICES
from aestream_core.config import setting, validate

DEVICE_NAMES = ("sim", *(chip.name for chip in DEVICES.values() if chip.samna))
"""Names of the backends: the twin, and the chips that samna knows."""
FITS = ("cover", "stretch", "crop")
POLARITIES = ("auto", "merge", "on", "off")


@dataclass(frozen=True)
class SpeckConfig:
    """A network, the device that runs it, and how events reach it."""

    device: str = setting("sim", "What runs the network: sim is the software twin.", choices=DEVICE_NAMES)
    serial: str = setting("", "Serial number of the board, where several are connected.")
    network: str = setting("quadrants", "Network: quadrants, which is built in, or a .safetensors or .pt file.")
    fit: str = setting(
        "cover",
        "How the sensor lies on the network's input: cover takes its largest centred part, stretch all of it, crop the "
        "centre pixel by pixel.",
        choices=FITS,
    )
    polarity: str = setting(
        "auto",
        "What is a channel: auto gives each polarity one where the network has two; merge, on and off give one.",
        choices=POLARITIES,
    )
    flip_x: bool = setting(False, "Whether left and right are mirrored.")
    window_us: int = setting(100_000, "Sensor time of one prediction.", unit="us", bounds=(100, 60_000_000))
    max_rate_hz: float = setting(
        0.0,
        "Events per second of sensor time that the device is given at most, the others are dropped and counted; 0 is "
        "no limit.",
        unit="Hz",
        bounds=(0, 1e9),
    )
    core_synops_hz: float = setting(
        0.0,
        "Synaptic operations per second that a core of the twin does at most, to try how a network fares on busy "
        "cores; 0 is no limit. No such figure of the chip is published.",
        unit="Hz",
        bounds=(0, 1e15),
    )

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
