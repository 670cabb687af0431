"""Event cameras in a few lines of Python: recordings, UDP and the simulator as packets of events or as tensors.

    events = aestream.read("recording.raw")  # of any format that `aestream formats` lists
    aestream.write("recording.aedat4", aestream.stream("recording.raw"))  # in constant memory

    with aestream.FileInput("recording.raw") as stream:
        tensor = stream.read("torch")  # (2, H, W) float32: how many events each pixel fired in the first 10 ms

The same package brings the `aestream` command. Names are loaded when they are first used: importing this module needs
neither torch nor ROS.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aestream import filters, links
    from aestream.camera_input import CameraInput
    from aestream.file_input import FileInput
    from aestream.inputs import Input
    from aestream.recordings import info, read, stream
    from aestream.side_records import IMU_DTYPE, TRIGGER_DTYPE, Frame, read_frames, read_imu, read_triggers
    from aestream.sim_input import SimInput
    from aestream.udp import UdpInput, send_udp
    from aestream.window_reader import BACKENDS, TensorWindow
    from aestream.writing import write
    from aestream_core.engine import Pipeline
    from aestream_core.errors import AestreamError, DamagedRecordingError
    from aestream_core.events import Events
    from aestream_core.files import FILE_FORMATS, FileInfo, WriteCounters
    from aestream_core.stages import buffered, merged

__version__ = "0.1.0"

_HOME = {
    "AestreamError": "aestream_core.errors",
    "DamagedRecordingError": "aestream_core.errors",
    "Events": "aestream_core.events",
    "FILE_FORMATS": "aestream_core.files",
    "FileInfo": "aestream_core.files",
    "WriteCounters": "aestream_core.files",
    "Pipeline": "aestream_core.engine",
    "buffered": "aestream_core.stages",
    "merged": "aestream_core.stages",
    "BACKENDS": "aestream.window_reader",
    "TensorWindow": "aestream.window_reader",
    "CameraInput": "aestream.camera_input",
    "FileInput": "aestream.file_input",
    "Input": "aestream.inputs",
    "SimInput": "aestream.sim_input",
    "info": "aestream.recordings",
    "read": "aestream.recordings",
    "stream": "aestream.recordings",
    "Frame": "aestream.side_records",
    "IMU_DTYPE": "aestream.side_records",
    "TRIGGER_DTYPE": "aestream.side_records",
    "read_frames": "aestream.side_records",
    "read_imu": "aestream.side_records",
    "read_triggers": "aestream.side_records",
    "UdpInput": "aestream.udp",
    "send_udp": "aestream.udp",
    "write": "aestream.writing",
}

__all__ = [
    "BACKENDS",
    "FILE_FORMATS",
    "IMU_DTYPE",
    "TRIGGER_DTYPE",
    "AestreamError",
    "CameraInput",
    "DamagedRecordingError",
    "Events",
    "FileInfo",
    "FileInput",
    "Frame",
    "Input",
    "Pipeline",
    "SimInput",
    "TensorWindow",
    "UdpInput",
    "WriteCounters",
    "__version__",
    "buffered",
    "filters",
    "info",
    "links",
    "merged",
    "read",
    "read_frames",
    "read_imu",
    "read_triggers",
    "send_udp",
    "stream",
    "write",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the module that defines it."""
    if name in ("filters", "links"):
        return import_module(f"aestream.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'aestream' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
