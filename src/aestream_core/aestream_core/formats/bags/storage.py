"""What a bag of any kind gives: its topics, and the messages of one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aestream_core.errors import DamagedRecordingError

Payload = bytes | memoryview


@dataclass(frozen=True)
class Topic:
    """A topic of a bag.

    Attributes:
        name: "/event_camera/events".
        type: message type as ROS 2 writes it, "event_camera_msgs/msg/EventPacket".
        ros1: whether its messages are serialised as ROS 1 does.
    """

    name: str
    type: str
    ros1: bool = False


class Bag(Protocol):
    """One file of a bag.

    Attributes:
        path: where it is.
    """

    path: Path

    def topics(self) -> list[Topic]:
        """List the topics, as far as the file can be read."""

    def messages(self, topic: str) -> Iterator[tuple[Payload, int]]:
        """Give the messages of a topic in the order of the file, each with the byte of the file it was read up to.

        Raises:
            DamagedRecordingError: the file is cut or broken; every message before the fault was given.
        """


def damaged(path: Path, at_byte: int, reason: str) -> DamagedRecordingError:
    """Make the error for a bag that cannot be read any further."""
    return DamagedRecordingError(f"'{path}' is damaged at byte {at_byte}: {reason}", at_byte)


def ros2_type(name: str) -> str:
    """Give a message type's name as ROS 2 writes it: ROS 1 leaves out the middle."""
    package, _, message = name.partition("/")
    return name if "/" in message else f"{package}/msg/{message}"
