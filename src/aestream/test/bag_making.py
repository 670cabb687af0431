"""Bags for the tests of `aestream.bag`."""

from pathlib import Path
from typing import Any

from aestream.bag.config import RecorderConfig
from aestream.bag.recording import Recording
from aestream_core.formats.bags.event_packet import DEFINITION, TYPE, TYPE_HASH, EventPacketHead
from aestream_core.formats.bags.storage import Topic

EVENTS = Topic("/events", TYPE, definition=DEFINITION, definition_kind="ros2msg", type_hash=TYPE_HASH)
TEXT_HASH = "RIHS01_df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18"
TEXTS = Topic(
    "/texts", "std_msgs/msg/String", definition="string data\n", definition_kind="ros2msg", type_hash=TEXT_HASH
)
BEGIN_NS = 1_700_000_000_000_000_000
STEP_NS = 1_000_000


def event_bytes(seq: int, *, size_bytes: int = 2_000) -> bytes:
    """Make a message of event words that say nothing but their time: 1 ms of sensor time after the one before."""
    head = EventPacketHead(frame_id="cam", width=640, height=480)
    return head.make(seq=seq, time_ns=seq * STEP_NS, size_bytes=size_bytes) + bytes([seq % 256]) * size_bytes


def text_bytes(seq: int) -> bytes:
    """Make a message of std_msgs/String."""
    text = f"message {seq:06d}".encode() + b"\0"
    return bytes([0, 1, 0, 0]) + len(text).to_bytes(4, "little") + text


def messages(count: int) -> list[tuple[Topic, int, bytes]]:
    """Make messages of two topics, 1 ms apart."""
    made = []
    for seq in range(count):
        topic, data = (TEXTS, text_bytes(seq)) if seq % 10 == 9 else (EVENTS, event_bytes(seq))
        made.append((topic, BEGIN_NS + seq * STEP_NS, data))
    return made


def write_bag(path: Path, count: int = 100, **settings: Any) -> list[tuple[str, int, bytes]]:
    """Record messages; give their topics, times and bytes."""
    recording = Recording(RecorderConfig(output=str(path), all=True, **settings))
    numbers = {topic.name: recording.add_topic(topic) for topic in (EVENTS, TEXTS)}
    for topic, time_ns, data in messages(count):
        recording.add(numbers[topic.name], time_ns, data)
    recording.close()
    return [(topic.name, time_ns, data) for topic, time_ns, data in messages(count)]
