"""Writes bags of ROS 2 with one topic of event_camera_msgs/msg/EventPacket, encoded as evt3."""

from pathlib import Path

from aestream_core import _core
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.formats.bags.event_packet import DEFINITION, TYPE, TYPE_HASH, EventPacketHead
from aestream_core.formats.bags.files import METADATA
from aestream_core.formats.bags.mcap_writer import McapWriter
from aestream_core.formats.bags.sqlite_writer import SqliteWriter
from aestream_core.formats.bags.storage import Storage, Topic
from aestream_core.formats.base import (
    MAX_US,
    FormatOption,
    RecordingWriter,
    WriteCounters,
    WriteRequest,
    check_options,
)

TOPIC = FormatOption("topic", "name of the topic", "name of a topic", "/event_camera/events")
FRAME_ID = FormatOption("frame_id", "frame in the header of every message", "name of a frame", "event_camera")
MESSAGE_US = FormatOption("message_us", "sensor time in µs that a message spans at most", "1 or more", "1000")
COMPRESSION = FormatOption("compression", "how chunks are compressed", "none, lz4 or zstd", "none")
STORAGE = FormatOption("storage", "what the file in the folder is", "mcap or sqlite3", "mcap")

_METADATA_VERSION = 8
_LARGEST_SIDE = 2048  # evt3 has 11 bits for a coordinate
_MESSAGE_EVENTS = 1 << 16
_LAST_STAMP_US = (1 << 31) * 10**6  # the seconds of a stamp are an int32


class BagWriter:
    """Writes one bag: a file, or a folder with a file and metadata.yaml."""

    def __init__(self, request: WriteRequest, known: tuple[FormatOption, ...], *, storage: str) -> None:
        """Create the bag. `storage` is "mcap", "sqlite3", or empty for a folder with the one that the options say.

        Raises:
            InvalidArgumentError: the bag cannot be written, or an option is not allowed.
            MissingDependencyError: the library for the compression is not installed.
        """
        check_options(request.format, known, request.options, doing="writing")
        if max(request.width, request.height) > _LARGEST_SIDE:
            raise InvalidArgumentError(
                f"the sensor has {request.width}x{request.height} pixels; bags hold evt3, for up to 2048x2048"
            )
        self._options = {option.name: request.options.get(option.name, option.fallback) for option in known}
        self._format = request.format
        self._message_us = _positive(self._options["message_us"])
        self._head = EventPacketHead(frame_id=self._options["frame_id"], width=request.width, height=request.height)
        self._events = self._messages = self._start_ns = self._end_ns = 0
        self._folder = None if storage else Path(request.path)
        self._kind = storage or self._options["storage"]
        self._file = self._file_in(Path(request.path))
        self._storage: Storage | None = self._create()
        self._topic = self._storage.add_topic(
            Topic(self._options["topic"], TYPE, definition=DEFINITION, definition_kind="ros2msg", type_hash=TYPE_HASH)
        )

    @property
    def format(self) -> str:
        """Name of the format."""
        return self._format

    def write(self, events: Events) -> None:
        """Append a packet, as messages of at most `message_us`."""
        if not len(events):
            return
        pieces = _core.stream_of_packets(iter((events._packet,)), self._message_us, _MESSAGE_EVENTS, None, 0, MAX_US)
        while (piece := pieces.next()) is not None:
            self._write_message(piece)
        self._events += len(events)

    def flush(self) -> None:
        """Hand what is buffered to the operating system."""
        self._opened().flush()

    def close(self) -> None:
        """Complete the bag; a second call does nothing."""
        storage, self._storage = self._storage, None
        if storage is None:
            return
        storage.close(self._metadata())
        if self._folder is not None:
            (self._folder / METADATA).write_text(f"rosbag2_bagfile_information:\n{_indented(self._metadata())}")

    def counters(self) -> WriteCounters:
        """Count what was written so far."""
        size_bytes = self._storage.size_bytes() if self._storage is not None else self._file.stat().st_size
        return WriteCounters(self._events, size_bytes)

    def _opened(self) -> Storage:
        if self._storage is None:
            raise InvalidArgumentError(f"'{self._file}' is closed")
        return self._storage

    def _write_message(self, packet: "_core.Packet") -> None:
        if not 0 <= packet.first_us < _LAST_STAMP_US:
            raise InvalidArgumentError(f"an event lies at {packet.first_us} us; stamps of ROS end at {_LAST_STAMP_US}")
        data = _core.encode_evt3(packet)
        time_ns = packet.first_us * 1000
        head = self._head.make(seq=self._messages, time_ns=time_ns, size_bytes=len(data))
        self._opened().add(self._topic, time_ns, [head, data.data])
        self._start_ns = min(self._start_ns, time_ns) if self._messages else time_ns
        self._end_ns = max(self._end_ns, time_ns)
        self._messages += 1

    def _file_in(self, path: Path) -> Path:
        if self._folder is None:
            return path
        if self._kind not in ("mcap", "sqlite3"):
            raise InvalidArgumentError(f"storage is {self._kind!r}; it must be mcap or sqlite3")
        return path / f"{path.resolve().name}{'.mcap' if self._kind == 'mcap' else '.db3'}"

    def _create(self) -> Storage:
        try:
            if self._folder is not None:
                self._folder.mkdir()
            if self._kind == "mcap":
                return McapWriter(self._file, compression=self._options["compression"])
            return SqliteWriter(self._file, metadata_version=_METADATA_VERSION)
        except OSError as error:
            raise InvalidArgumentError(f"cannot write '{error.filename}': {error.strerror}") from None

    def _metadata(self) -> str:
        """Say what rosbag2 wants to know of a bag, as YAML."""
        span = f"duration: {{nanoseconds: {self._end_ns - self._start_ns}}}"
        start = f"starting_time: {{nanoseconds_since_epoch: {self._start_ns}}}"
        topic = (
            f"{{name: {self._options['topic']!r}, type: {TYPE}, serialization_format: cdr, "
            f"offered_qos_profiles: '', type_description_hash: {TYPE_HASH}}}"
        )
        lines = (
            f"version: {_METADATA_VERSION}",
            f"storage_identifier: {self._kind}",
            f"{span}\n{start}\nmessage_count: {self._messages}",
            f"topics_with_message_count:\n- topic_metadata: {topic}\n  message_count: {self._messages}",
            "compression_format: ''\ncompression_mode: ''",
            f"relative_file_paths:\n- {self._file.name}",
            f"files:\n- path: {self._file.name}\n  {start}\n  {span}\n  message_count: {self._messages}",
            "custom_data: {}\nros_distro: jazzy\n",
        )
        return "\n".join(lines)


def create_bag(request: WriteRequest, known: tuple[FormatOption, ...], storage: str) -> RecordingWriter:
    """Create a bag."""
    return BagWriter(request, known, storage=storage)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise InvalidArgumentError(f"message_us is {text!r}; it must be 1 or more")
    return int(text)


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())
