"""Events, packets, codecs, files, the simulator and streams. Knows neither ROS nor torch."""

from aestream_core.errors import (
    AestreamError,
    DamagedRecordingError,
    FormatError,
    InvalidArgumentError,
    MissingDependencyError,
    UnknownNameError,
)
from aestream_core.events import EVENT_DTYPE, RECORD_DTYPE, Events, pool_counters
from aestream_core.streams import PacketStream

__all__ = [
    "EVENT_DTYPE",
    "RECORD_DTYPE",
    "AestreamError",
    "DamagedRecordingError",
    "Events",
    "FormatError",
    "InvalidArgumentError",
    "MissingDependencyError",
    "PacketStream",
    "UnknownNameError",
    "pool_counters",
]
