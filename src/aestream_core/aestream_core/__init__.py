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
from aestream_core.evt3 import Evt3Decoder, encode_evt3
from aestream_core.files import FILE_FORMATS, FileInfo, create_file, file_info, open_file, read_file
from aestream_core.raw_files import open_raw_file
from aestream_core.simulator import SCENES, SimConfig, open_simulator
from aestream_core.streams import PacketStream

__all__ = [
    "EVENT_DTYPE",
    "FILE_FORMATS",
    "RECORD_DTYPE",
    "SCENES",
    "AestreamError",
    "DamagedRecordingError",
    "Events",
    "Evt3Decoder",
    "FileInfo",
    "FormatError",
    "InvalidArgumentError",
    "MissingDependencyError",
    "PacketStream",
    "SimConfig",
    "UnknownNameError",
    "create_file",
    "encode_evt3",
    "file_info",
    "open_file",
    "open_raw_file",
    "open_simulator",
    "pool_counters",
    "read_file",
]
