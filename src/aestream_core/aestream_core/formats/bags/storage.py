"""What a bag of any kind gives: its topics, and the messages of one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from aestream_core.errors import DamagedRecordingError

LONGEST_RECORD_BYTES = 1 << 28
"""A record that claims to be longer is damaged: no camera sends so much at once."""


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


class Faults:
    """What to do about damage: raise it, or count it and go on.

    Attributes:
        count: places that were skipped.
    """

    def __init__(self, path: Path, *, skip_errors: bool = False) -> None:
        """Judge the damage of one file."""
        self._path = path
        self._skip_errors = skip_errors
        self.count = 0

    def met(self, at_byte: int, reason: str) -> None:
        """Say that the file is damaged.

        Raises:
            DamagedRecordingError: errors are not to be skipped.
        """
        if not self._skip_errors:
            raise DamagedRecordingError(f"'{self._path}' is damaged at byte {at_byte}: {reason}", at_byte)
        self.count += 1


class Bag(Protocol):
    """One file of a bag."""

    def topics(self) -> list[Topic]:
        """List the topics, as far as the file can be read."""

    def messages(self, topic: str, faults: Faults) -> Iterator[tuple[bytes, int]]:
        """Give the messages of a topic in the order of the file, each with the byte of the file it begins at, about.

        Where the file is damaged, every message before the fault was given.
        """


class FileBytes:
    """A file that is read from front to end, or a part of one."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        """Read an open file."""
        self._file = file
        self.size_bytes = size_bytes

    def read(self, size_bytes: int) -> bytes:
        """Read that many bytes; fewer only at the end. Never makes room for more than the file holds."""
        return self._file.read(min(size_bytes, self.size_bytes))

    def skip(self, size_bytes: int) -> None:
        """Go over that many bytes, at most to the end."""
        self._file.seek(min(self._file.tell() + size_bytes, self.size_bytes))

    def tell(self) -> int:
        """Say at which byte of the file reading is."""
        return self._file.tell()


class ByteSource(Protocol):
    """Bytes that are read from front to end: a file, or a chunk of one."""

    def read(self, size_bytes: int) -> bytes:
        """Read that many bytes; fewer only at the end."""

    def skip(self, size_bytes: int) -> None:
        """Go over that many bytes, at most to the end."""


def ros2_type(name: str) -> str:
    """Give a message type's name as ROS 2 writes it: ROS 1 leaves out the middle."""
    package, _, message = name.partition("/")
    return name if "/" in message else f"{package}/msg/{message}"
