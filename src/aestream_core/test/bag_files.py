"""Bags for tests, made by the library rosbags: what other software writes."""

from pathlib import Path
from typing import Any

from message_reference import Event

PACKET = "event_camera_msgs/msg/EventPacket"
PACKET_FIELDS = """std_msgs/Header header
uint32 height
uint32 width
uint64 seq
uint64 time_base
string encoding
bool is_bigendian
uint8[] events
"""
ARRAY_FIELDS = """std_msgs/Header header
uint32 height
uint32 width
{package}/Event[] events
"""
EVENT_FIELDS = """uint16 x
uint16 y
{time} ts
bool polarity
"""


def typestore(*, ros1: bool, package: str = "dvs_msgs") -> Any:
    """Make the types that bags of events need."""
    from rosbags.typesys import Stores, get_types_from_msg, get_typestore

    store = get_typestore(Stores.ROS1_NOETIC if ros1 else Stores.ROS2_JAZZY)
    event = EVENT_FIELDS.format(time="time" if ros1 else "builtin_interfaces/Time")
    store.register(get_types_from_msg(event, f"{package}/msg/Event"))
    store.register(get_types_from_msg(ARRAY_FIELDS.format(package=package), f"{package}/msg/EventArray"))
    store.register(get_types_from_msg(PACKET_FIELDS, PACKET))
    return store


def header(store: Any, *, ros1: bool, frame_id: str = "cam") -> Any:
    """Make a header."""
    stamp = store.types["builtin_interfaces/msg/Time"](sec=1, nanosec=2)
    numbered = {"seq": 3} if ros1 else {}
    return store.types["std_msgs/msg/Header"](**numbered, stamp=stamp, frame_id=frame_id)


def packet(store: Any, data: bytes, *, encoding: str, time_base_ns: int = 0, ros1: bool = False, **fields: Any) -> Any:
    """Make an EventPacket of 640x480."""
    import numpy as np

    return store.types[PACKET](
        header=header(store, ros1=ros1, frame_id=fields.get("frame_id", "cam")),
        height=480,
        width=640,
        seq=fields.get("seq", 0),
        time_base=time_base_ns,
        encoding=encoding,
        is_bigendian=fields.get("is_bigendian", False),
        events=np.frombuffer(data, np.uint8),
    )


def event_array(store: Any, events: list[Event], *, ros1: bool, package: str = "dvs_msgs") -> Any:
    """Make an EventArray of 640x480."""
    time, event = store.types["builtin_interfaces/msg/Time"], store.types[f"{package}/msg/Event"]
    return store.types[f"{package}/msg/EventArray"](
        header=header(store, ros1=ros1),
        height=480,
        width=640,
        events=[
            event(x=x, y=y, ts=time(sec=t // 10**6, nanosec=t % 10**6 * 1000), polarity=bool(p))
            for t, x, y, p in events
        ],
    )


def write_ros2(folder: Path, store: Any, messages: list[tuple[str, Any]], *, mcap: bool, zstd: bool = False) -> Path:
    """Write (topic, message) as a bag of ROS 2."""
    from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer

    plugin = StoragePlugin.MCAP if mcap else StoragePlugin.SQLITE3
    writer = Writer(folder, version=9, storage_plugin=plugin)
    if zstd:
        writer.set_compression(CompressionMode.STORAGE, CompressionFormat.ZSTD)
    with writer:
        connections: dict[str, Any] = {}
        for stamp, (topic, message) in enumerate(messages):
            if topic not in connections:
                connections[topic] = writer.add_connection(topic, message.__msgtype__, typestore=store)
            writer.write(connections[topic], stamp, store.serialize_cdr(message, message.__msgtype__))
    return folder


def write_ros1(path: Path, store: Any, messages: list[tuple[str, Any]], *, compression: str = "none") -> Path:
    """Write (topic, message) as a bag of ROS 1."""
    from rosbags.rosbag1 import Writer

    writer = Writer(path)
    if compression != "none":
        writer.set_compression(Writer.CompressionFormat[compression.upper()])
    with writer:
        connections: dict[str, Any] = {}
        for stamp, (topic, message) in enumerate(messages):
            if topic not in connections:
                connections[topic] = writer.add_connection(topic, message.__msgtype__, typestore=store)
            writer.write(connections[topic], stamp, store.serialize_ros1(message, message.__msgtype__))
    return path
