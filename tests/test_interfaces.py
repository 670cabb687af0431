"""The stand-ins for the ecosystem's interface packages are the ecosystem's own types on the wire."""

import json
from pathlib import Path

from ament_index_python.packages import get_package_share_directory

EVENT_PACKET_HASH = "RIHS01_d6fa176260b1f37e5a40845305315e150a0f18191241eb64f407442aa29844aa"
"""Type hash in the metadata of bags that metavision_driver and event_camera_py recorded."""


def test_event_packet_has_the_type_hash_of_the_ecosystems_own() -> None:
    share = Path(get_package_share_directory("event_camera_msgs"))
    description = json.loads((share / "msg" / "EventPacket.json").read_text())
    hashes = {entry["type_name"]: entry["hash_string"] for entry in description["type_hashes"]}
    assert hashes["event_camera_msgs/msg/EventPacket"] == EVENT_PACKET_HASH
