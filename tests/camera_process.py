"""A driver in a process of its own whose camera is played back: python camera_process.py SCRIPT [ROS arguments].

Only the library's device object is replaced; node, pump and DDS are the real ones.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src/aestream_driver/test"))

from playback_device import Data, Overflow, PlaybackBus, Step, Unplug

from aestream_driver.cameras.prophesee_evk4 import MODEL
from aestream_driver.ros.node import main


def write_script(path: Path, sessions: list[list[Step]]) -> Path:
    """Write what a camera does into a file for `camera_process.py`."""
    path.write_text(json.dumps([[_to_json(step) for step in session] for session in sessions]))
    return path


def read_script(path: Path) -> list[list[Step]]:
    """Read what `write_script` wrote."""
    return [[_from_json(*step) for step in session] for session in json.loads(path.read_text())]


def _to_json(step: Step) -> tuple[str, object]:
    if isinstance(step, Data):
        return "data", (step.packet.hex(), step.due_s)
    if isinstance(step, Overflow):
        return "overflow", [packet.hex() for packet in step.packets]
    assert isinstance(step, Unplug)
    return "unplug", step.message


def _from_json(kind: str, value: object) -> Step:
    if kind == "data":
        return Data(bytes.fromhex(value[0]), value[1])  # type: ignore[index]
    if kind == "overflow":
        return Overflow(tuple(bytes.fromhex(packet) for packet in value))  # type: ignore[attr-defined]
    return Unplug(str(value))


if __name__ == "__main__":
    PlaybackBus(MODEL, list(read_script(Path(sys.argv[1])))).install()
    sys.exit(main())
