"""What a file format is to the rest of the suite: a row with names, endings, options, a reader, perhaps a writer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from aestream_core import _core
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.streams import PacketStream

MAX_US = (1 << 64) - 1
EXTRAS = ("triggers", "imu", "frames")
"""What recordings hold beside events."""


@dataclass(frozen=True)
class FormatOption:
    """An option that only some formats have.

    Attributes:
        name: keyword in Python, option of the command.
        description: what it is for, in half a sentence.
        allowed: what it may be, in words.
        fallback: what it is where it is not given.
    """

    name: str
    description: str
    allowed: str
    fallback: str


@dataclass(frozen=True)
class FileInfo:
    """What a recording's header says.

    Attributes:
        format: name in `FILE_FORMATS`.
        width: sensor width in pixels.
        height: sensor height in pixels.
        sensor_assumed: whether the file does not say the sensor's size, so that it is a guess.
        size_bytes: size of the file.
        data_begin: byte at which the header ends.
        details: what else the format has: camera, serial number, compression, ...
    """

    format: str
    width: int
    height: int
    sensor_assumed: bool
    size_bytes: int
    data_begin: int
    details: Mapping[str, str]


@dataclass(frozen=True)
class ReadRequest:
    """How to open a recording; `aestream_core.files.open_file` documents the fields."""

    path: str
    format: str = ""
    packet_us: int | None = None
    packet_events: int | None = None
    start_us: int = 0
    stop_us: int = MAX_US
    speed: float | None = None
    width: int | None = None
    height: int | None = None
    skip_errors: bool = False
    threads: int = 1
    memory_map: bool = True
    extras: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WriteRequest:
    """How to write a recording; `aestream_core.files.create_file` documents the fields."""

    path: str
    width: int
    height: int
    format: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WriteCounters:
    """What was written.

    Attributes:
        events: number of events.
        bytes: size of the file; before it is closed, what its events take at least.
        lost_base_us: sensor time in µs that the file's time 0 stands for, where the format cannot say it; else 0.
    """

    events: int
    bytes: int
    lost_base_us: int = 0


class RecordingWriter(Protocol):
    """Writes one file."""

    @property
    def format(self) -> str:
        """Name of the format."""

    def write(self, events: Events) -> None:
        """Append a packet."""

    def flush(self) -> None:
        """Hand what is buffered to the operating system."""

    def close(self) -> None:
        """Complete the file; a second call does nothing."""

    def counters(self) -> WriteCounters:
        """Count what was written so far."""


class FileStream(PacketStream):
    """The packets of a recording, with counters of what was read and what was lost.

    Attributes:
        info: what the header says.
        path: where the recording is.
    """

    path = ""

    def __init__(
        self,
        stream: "_core.Stream",
        info: FileInfo,
        counters: Callable[[], dict[str, int]],
        side: "_core.SideRecords | None" = None,
    ) -> None:
        """Wrap what a format's reader opened."""
        super().__init__(stream, width=info.width, height=info.height)
        self.info = info
        self._counters = counters
        self._side = side

    def counters(self) -> dict[str, int]:
        """Count what was read so far; from any thread.

        Returns:
            `bytes` after the header and `events` decoded, and what was not delivered: events `outside_sensor`,
            `triggers`, `skipped_words` before the first time word, `unknown_words`, `skipped_packets` of other streams,
            and places that were `damaged` and skipped.
        """
        return self._counters()

    @property
    def side(self) -> "_core.SideRecords | None":
        """Triggers, IMU samples and frames that were met so far; None where they were not asked for."""
        return self._side


@dataclass(frozen=True)
class FileFormat:
    """One row of the table of formats.

    Attributes:
        name: how messages and the command call the format.
        description: what it is, in one line.
        extensions: file name endings, lower case, with the dot.
        open: opens a recording as a stream of packets.
        info: reads a recording's header.
        create: makes a writer; None where the format is only read.
        read: reads a whole recording into one packet; None where `open` has to do.
        raw: whether its undecoded bytes are a camera's wire format, so that `open_raw_file` reads it.
        read_options: options that reading has.
        write_options: options that writing has.
    """

    name: str
    description: str
    extensions: tuple[str, ...]
    open: Callable[[ReadRequest], FileStream]
    info: Callable[[ReadRequest], FileInfo]
    create: Callable[[WriteRequest], RecordingWriter] | None = None
    read: Callable[[ReadRequest], Events] | None = None
    raw: bool = False
    read_options: tuple[FormatOption, ...] = ()
    write_options: tuple[FormatOption, ...] = ()


class Reader(Protocol):
    """What a format that is read in Python gives to `stream_of`.

    Attributes:
        info: what the header says.
    """

    info: FileInfo

    def packets(self, start_us: int) -> Iterator[Events]:
        """Give the packets in order; those that end before start_us may be left out."""

    def counters(self) -> dict[str, int]:
        """Count what was read so far; see `FileStream.counters`."""


NO_COUNTERS: Mapping[str, int] = {
    "bytes": 0,
    "events": 0,
    "outside_sensor": 0,
    "triggers": 0,
    "skipped_words": 0,
    "unknown_words": 0,
    "skipped_packets": 0,
    "damaged": 0,
}
"""Every counter of a reader, for those that count only some."""


def stream_of(reader: Reader, request: ReadRequest, *, side: "_core.SideRecords | None" = None) -> FileStream:
    """Chain the native stages (time range, packets, pace) behind a reader in Python."""
    native = _core.stream_of_packets(
        (events._packet for events in reader.packets(request.start_us)),
        request.packet_us,
        request.packet_events,
        request.speed,
        request.start_us,
        request.stop_us,
    )
    return FileStream(native, reader.info, reader.counters, side)


def make_side(request: ReadRequest) -> "_core.SideRecords | None":
    """Make the place for what was asked for beside events; None where nothing was."""
    if not request.extras:
        return None
    return _core.SideRecords(**{name: name in request.extras for name in EXTRAS})


def check_options(format_name: str, known: tuple[FormatOption, ...], given: Mapping[str, str], *, doing: str) -> None:
    """Refuse options that a format does not have. `doing` is "reads" or "writes".

    Raises:
        InvalidArgumentError: names the option and those that there are.
    """
    names = [option.name for option in known]
    for name in given:
        if name not in names:
            raise InvalidArgumentError(
                f"unknown option {name!r}; what {doing} {format_name} knows: {', '.join(names) or 'no options'}"
            )
