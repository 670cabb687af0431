"""Configuration of the converter between packets and arrays: one field a ROS parameter."""

from dataclasses import dataclass

from aestream_core.config import setting, validate
from aestream_driver.encoding import AUTO, ENCODINGS
from aestream_driver.event_arrays import PACKAGES

TO_ARRAY, TO_PACKET = "to_array", "to_packet"


@dataclass(frozen=True)
class ConverterConfig:
    """What to convert into what."""

    direction: str = setting(
        TO_ARRAY, "to_array turns ~/events into ~/event_array, to_packet the reverse", choices=(TO_ARRAY, TO_PACKET)
    )
    package: str = setting(
        AUTO, "package of the EventArray message; auto takes the first that is installed", choices=(AUTO, *PACKAGES)
    )
    encoding: str = setting(
        "evt3", "encoding of the packets that are made", choices=tuple(name for name in ENCODINGS if name != AUTO)
    )
    reliability: str = setting("reliable", "reliability of both topics", choices=("reliable", "best_effort"))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
