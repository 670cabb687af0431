"""What a bag of any kind gives: its topics, and the messages of one of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

from aestream_core.errors import DamagedRecordingError

LONGEST_RECORD_BYTES = 1 << 28
"""A record that claims to be longer is damaged: no camera sends so much at once."""

_PLACES_KEPT = 100


@dataclass(frozen=True)
class Topic:
    """A topic of a bag.

    Attributes:
        name: "/event_camera/events".
        type: message type as ROS 2 writes it, "event_camera_msgs/msg/EventPacket".
        ros1: whether its messages are serialised as ROS 1 does.
        definition: the text of the type and of those it is made of; empty where the bag has none.
        definition_kind: what language that is in, "ros2msg" or "ros2idl"; empty where there is none.
        type_hash: what ROS 2 compares types by ("RIHS01_..."); empty where the bag does not say.
        qos: the publishers' quality of service, YAML as rosbag2 writes it; empty where the bag does not say.
    """

    name: str
    type: str
    ros1: bool = False
    definition: str = field(default="", compare=False, repr=False)
    definition_kind: str = field(default="", compare=False, repr=False)
    type_hash: str = field(default="", compare=False, repr=False)
    qos: str = field(default="", compare=False, repr=False)


class StoredMessage(NamedTuple):
    """A message as a bag holds it.

    Attributes:
        topic: what it was sent on.
        time_ns: when it was recorded, in ns since the epoch.
        data: its serialised bytes, untouched.
        at_byte: the byte of the file where it begins, about.
    """

    topic: Topic
    time_ns: int
    data: bytes
    at_byte: int


@dataclass(frozen=True)
class BagSummary:
    """What a file of a bag says of itself without being read from front to end.

    Attributes:
        counts: messages by topic.
        start_ns: time of the first message in ns since the epoch; 0 where there is none.
        end_ns: time of the last one.
    """

    counts: dict[Topic, int]
    start_ns: int
    end_ns: int


class Faults:
    """What to do about damage: raise it, or count it and go on.

    Attributes:
        count: places that were skipped.
        places: the first hundred of them, as byte and reason.
    """

    def __init__(self, path: Path, *, skip_errors: bool = False) -> None:
        """Judge the damage of one file."""
        self._path = path
        self._skip_errors = skip_errors
        self.count = 0
        self.places: list[tuple[int, str]] = []

    def met(self, at_byte: int, reason: str) -> None:
        """Say that the file is damaged.

        Raises:
            DamagedRecordingError: errors are not to be skipped.
        """
        if not self._skip_errors:
            raise DamagedRecordingError(f"'{self._path}' is damaged at byte {at_byte}: {reason}", at_byte)
        self.count += 1
        if len(self.places) < _PLACES_KEPT:
            self.places.append((at_byte, reason))


class Bag(Protocol):
    """One file of a bag."""

    def topics(self) -> list[Topic]:
        """List the topics, as far as the file can be read."""

    def messages(self, topic: str, faults: Faults) -> Iterator[tuple[bytes, int]]:
        """Give the messages of a topic in the order of the file, each with the byte of the file it begins at, about.

        Where the file is damaged, every message before the fault was given.
        """


class Ros2Bag(Bag, Protocol):
    """One file of a bag of ROS 2."""

    def all_messages(
        self, faults: Faults, *, topics: Collection[str] | None = None, start_ns: int = 0
    ) -> Iterator[StoredMessage]:
        """Give the messages of all topics, or of those named, that were recorded at `start_ns` or later."""

    def summary(self) -> BagSummary | None:
        """Count the messages without reading them; None where the file was not finished."""


@dataclass
class Tally:
    """What a file holds.

    Attributes:
        counts: messages by number of the topic.
        start_ns: time of the earliest message in ns since the epoch; 0 where there is none.
        end_ns: time of the latest one.
    """

    counts: dict[int, int] = field(default_factory=dict)
    start_ns: int = 0
    end_ns: int = 0

    @property
    def messages(self) -> int:
        """Messages of all topics."""
        return sum(self.counts.values())

    def add(self, number: int, count: int, start_ns: int, end_ns: int) -> None:
        """Count messages of one topic."""
        self.start_ns = min(self.start_ns, start_ns) if self.counts else start_ns
        self.end_ns = max(self.end_ns, end_ns)
        self.counts[number] = self.counts.get(number, 0) + count


class Storage(Protocol):
    """A file that messages are written to.

    Attributes:
        tally: what it holds for good; what waits for `flush` is not in it.
    """

    tally: Tally

    def add_topic(self, topic: Topic) -> int:
        """Tell of a topic; give the number by which to add its messages."""

    def add(self, number: int, time_ns: int, parts: Sequence[Any], *, sent_ns: int | None = None) -> None:
        """Append a message whose serialised bytes are `parts` in a row."""

    def size_bytes(self) -> int:
        """Say how long the file is so far."""

    def flush(self) -> None:
        """Hand what is buffered to the operating system."""

    def drop_waiting(self) -> None:
        """Forget what was not flushed, because it could not be written."""

    def close(self, metadata: str) -> None:
        """Complete the file."""


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
