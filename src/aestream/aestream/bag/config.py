"""What can be said about recording and playing: one field a ROS parameter, and an option of the command."""

from dataclasses import dataclass

from aestream_core.config import setting, validate
from aestream_core.errors import InvalidArgumentError
from aestream_core.files import FILE_FORMATS

STORAGES = ("mcap", "sqlite3")
ENDINGS = {".mcap": "mcap", ".db3": "sqlite3"}
"""Storages by the ending of a bag that is one file."""

MB = 1_000_000

_OTHER_ENDINGS = tuple(ending for row in FILE_FORMATS.values() for ending in row.extensions if ending not in ENDINGS)


@dataclass(frozen=True)
class RecorderConfig:
    """What to record, and into what."""

    topics: str = setting(
        "", "topics to record, separated by spaces; NAME:TYPE is heard from its first message on, NAME once it is found"
    )
    all: bool = setting(False, "whether to record every topic, those included that appear later")
    output: str = setting(
        "", "bag to write, must not be there yet: a folder, or one file .mcap or .db3; empty names one by the time"
    )
    storage: str = setting("mcap", "what the files in the folder are", choices=STORAGES)
    compression: str = setting("none", "how chunks of MCAP are compressed", choices=("none", "zstd"))
    max_size_mb: float = setting(0.0, "size at which the next file begins; 0 is never", unit="MB", bounds=(0.0, 1e9))
    max_duration_s: float = setting(0.0, "time after which the next file begins; 0 is never", unit="s", bounds=(0, 1e9))
    max_cache_mb: float = setting(
        256.0,
        "messages that may wait for the disk; what comes on top is dropped and counted",
        unit="MB",
        bounds=(1, 1e6),
    )

    def __post_init__(self) -> None:
        """Check every field, and what goes together."""
        validate(self)
        if self.compression != "none" and self.file_storage != "mcap":
            raise InvalidArgumentError(
                f"compression is {self.compression!r}, which storage {self.file_storage!r} lacks"
            )
        if not self.one_file and self.output.endswith(_OTHER_ENDINGS):
            raise InvalidArgumentError(
                f"output is {self.output!r}; a bag is a folder without the ending of a recording, "
                "or ends in .mcap or .db3"
            )
        if self.one_file and (self.max_size_mb or self.max_duration_s):
            raise InvalidArgumentError(
                f"output is {self.output!r}, one file: splitting needs a folder, without an ending"
            )

    @property
    def one_file(self) -> bool:
        """Whether the bag is a file instead of a folder."""
        return self.output.endswith(tuple(ENDINGS))

    @property
    def file_storage(self) -> str:
        """What the files are, by the name where it says."""
        return next((kind for ending, kind in ENDINGS.items() if self.output.endswith(ending)), self.storage)


@dataclass(frozen=True)
class PlayerConfig:
    """What to play, and how."""

    path: str = setting("", "bag to play: a folder, or one file .mcap or .db3")
    topics: str = setting("", "topics to play, separated by spaces; empty plays all whose types are installed")
    rate: float = setting(
        1.0, "speed; 1 is that of the recording, 0 as fast as possible", bounds=(0.0, 1000.0), live=True
    )
    loop: bool = setting(False, "whether to begin again at the end", live=True)
    start_s: float = setting(0.0, "where to begin, counted from the first message", unit="s", bounds=(0.0, 1e9))
    duration_s: float = setting(0.0, "time of the recording to play; 0 is all", unit="s", bounds=(0.0, 1e9))
    paused: bool = setting(False, "whether to wait for ~/set_paused before the first message")
    clock_hz: float = setting(0.0, "how often to publish /clock; 0 is never", unit="Hz", bounds=(0.0, 1000.0))
    wait_s: float = setting(
        1.0, "longest wait at the start until each topic has a subscriber", unit="s", bounds=(0.0, 3600.0)
    )

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
        if not self.path:
            raise InvalidArgumentError("path is empty; name a bag, in the launch file with bag:=my_bag")
