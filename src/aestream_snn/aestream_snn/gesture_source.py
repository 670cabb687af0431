"""The driver's source `gestures`: found by the driver through this package's entry point."""

from aestream_core.errors import InvalidArgumentError
from aestream_driver.config import DriverConfig
from aestream_driver.sources.base import Source
from aestream_driver.sources.decoded import DecodedSource
from aestream_snn.data.simgesture.motions import SIDE_PX
from aestream_snn.data.simgesture.playing import GESTURE_US, GestureStream


def open_gestures(config: DriverConfig) -> Source:
    """Open the simulator before moving shapes, one gesture of SimGesture after the other.

    Raises:
        InvalidArgumentError: another sensor is asked for.
    """
    if {config.width, config.height} - {0, SIDE_PX}:
        size = f"{config.width} x {config.height}"
        raise InvalidArgumentError(f"width and height are {size}; gestures are of {SIDE_PX} x {SIDE_PX} px (or 0)")
    stream = GestureStream(
        seed=config.seed,
        packet_us=config.packet_us,
        packet_events=config.packet_events,
        speed=config.speed,
        duration_us=round(config.duration_s * 1e6) or None,
    )
    text = f"simulated gestures, {GESTURE_US / 1e6:g} s each, {SIDE_PX}x{SIDE_PX}, seed {config.seed}"
    return DecodedSource(stream, description=text, lossless=False)
