"""Event cameras in a few lines of Python: recordings and the simulator as packets of events or as tensors.

    with aestream.FileInput("recording.raw") as stream:
        tensor = stream.read("torch")  # (2, H, W) float32: how many events each pixel fired in the first 10 ms

The same package brings the `aestream` command. Names are loaded when they are first used: importing this module needs
neither torch nor ROS.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aestream.inputs import FileInput, Input, SimInput, info, read
    from aestream.window_reader import BACKENDS, TensorWindow
    from aestream_core.errors import AestreamError, DamagedRecordingError
    from aestream_core.events import Events
    from aestream_core.files import FileInfo

__version__ = "0.1.0"

_HOME = {
    "AestreamError": "aestream_core.errors",
    "DamagedRecordingError": "aestream_core.errors",
    "Events": "aestream_core.events",
    "FileInfo": "aestream_core.files",
    "BACKENDS": "aestream.window_reader",
    "FileInput": "aestream.inputs",
    "Input": "aestream.inputs",
    "SimInput": "aestream.inputs",
    "TensorWindow": "aestream.window_reader",
    "info": "aestream.inputs",
    "read": "aestream.inputs",
}

__all__ = [
    "BACKENDS",
    "AestreamError",
    "DamagedRecordingError",
    "Events",
    "FileInfo",
    "FileInput",
    "Input",
    "SimInput",
    "TensorWindow",
    "__version__",
    "info",
    "read",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the module that defines it."""
    if name not in _HOME:
        raise AttributeError(f"module 'aestream' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
