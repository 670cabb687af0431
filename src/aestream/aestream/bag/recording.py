"""A bag that is being written: its files, one after the other."""

import os
import time
from pathlib import Path

from aestream.bag.config import MB, RecorderConfig
from aestream.bag.errors import RecordingStoppedError
from aestream.bag.metadata import VERSION, FileEntry, metadata, to_yaml
from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_core.formats.bags.files import METADATA
from aestream_core.formats.bags.mcap_writer import McapWriter
from aestream_core.formats.bags.sqlite_writer import SqliteWriter
from aestream_core.formats.bags.storage import Storage, Topic

_ENDINGS = {"mcap": ".mcap", "sqlite3": ".db3"}
_RESERVE_BYTES = 1 << 20


class Recording:
    """Writes messages into a bag. Used from one thread at a time.

    While it is written a small file beside it keeps room on the disk, with which the bag can be finished when the disk
    is full.

    Attributes:
        path: the bag, a folder or a file.
        files: what was written so far.
    """

    def __init__(self, config: RecorderConfig) -> None:
        """Create the bag.

        Raises:
            InvalidArgumentError: it is there already.
            MissingDependencyError: the library for the compression is not installed.
            AestreamError: it cannot be written; the message says why.
        """
        self.path = Path(config.output or time.strftime("bag_%Y-%m-%d_%H-%M-%S"))
        self.files: list[FileEntry] = []
        self._config = config
        self._topics: list[Topic] = []
        self._begin_ns: int | None = None
        if self.path.exists():
            raise InvalidArgumentError(f"output is '{self.path}', which is there already; choose another name")
        self._folder = self.path.parent if config.one_file else self.path
        self._reserve = self._folder / f".{self.path.name}.reserve"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._reserve.write_bytes(os.urandom(_RESERVE_BYTES))  # not zeros: file systems leave those out
            self._storage: Storage | None = self._next_file()
        except OSError as error:
            raise AestreamError(f"cannot record to '{self.path}': {error.strerror or error}") from None

    def add_topic(self, topic: Topic) -> int:
        """Tell of a topic; give the number by which to add its messages.

        Raises:
            RecordingStoppedError: the bag cannot grow any more.
        """
        self._topics.append(topic)
        try:
            return self._opened().add_topic(topic)
        except OSError as error:
            raise self._stopped(error) from None

    def add(self, number: int, time_ns: int, data: bytes) -> None:
        """Append a message that was recorded at `time_ns` since the epoch.

        Raises:
            RecordingStoppedError: the bag cannot grow any more.
        """
        try:
            if self._is_full(time_ns):
                self._split()
            self._begin_ns = time_ns if self._begin_ns is None else self._begin_ns
            self._opened().add(number, time_ns, (data,))
        except OSError as error:
            raise self._stopped(error) from None

    def flush(self) -> None:
        """Hand what waits to the operating system: it is there even if this process is killed.

        Raises:
            RecordingStoppedError: the bag cannot grow any more.
        """
        try:
            self._opened().flush()
        except OSError as error:
            raise self._stopped(error) from None

    def close(self) -> None:
        """Finish the bag; a second call does nothing.

        Raises:
            RecordingStoppedError: the disk has not even room for the end of the bag.
        """
        if self._storage is None:
            return
        self._reserve.unlink(missing_ok=True)
        try:
            self._finish_file()
            if not self._config.one_file:
                self._write_metadata()
        except OSError as error:
            reason = error.strerror or error
            raise RecordingStoppedError(
                f"cannot finish '{self.path}': {reason}; its messages are kept: aestream bag recover {self.path}"
            ) from None
        finally:
            self._storage = None

    def kept(self, number: int | None = None) -> int:
        """Count the messages of a topic, or of all, that are in the bag for good."""
        tallies = (file.tally for file in self.files)
        return sum(tally.messages if number is None else tally.counts.get(number, 0) for tally in tallies)

    def _opened(self) -> Storage:
        if self._storage is None:
            raise RecordingStoppedError(f"'{self.path}' is closed")
        return self._storage

    def _is_full(self, time_ns: int) -> bool:
        config = self._config
        if self._begin_ns is None:
            return False
        too_large = config.max_size_mb and self._opened().size_bytes() >= config.max_size_mb * MB
        too_long = config.max_duration_s and time_ns - self._begin_ns >= config.max_duration_s * 1e9
        return bool(too_large or too_long)

    def _split(self) -> None:
        self._finish_file()
        self._storage = self._next_file()
        self._begin_ns = None
        for topic in self._topics:
            self._storage.add_topic(topic)

    def _next_file(self) -> Storage:
        kind = self._config.file_storage
        name = self.path.name if self._config.one_file else f"{self.path.name}_{len(self.files)}{_ENDINGS[kind]}"
        storage = self._make_storage(kind, self._folder / name)
        self.files.append(FileEntry(name, storage.tally))
        return storage

    def _make_storage(self, kind: str, path: Path) -> Storage:
        if kind == "mcap":
            return McapWriter(path, compression=self._config.compression)
        return SqliteWriter(path, metadata_version=VERSION, survives_kill=True)

    def _finish_file(self) -> None:
        self._opened().close(to_yaml(self._described(), whole=False))

    def _write_metadata(self) -> None:
        part = self._folder / f"{METADATA}.part"
        part.write_text(to_yaml(self._described(), whole=True), "utf-8")
        part.replace(self._folder / METADATA)

    def _described(self) -> dict[str, object]:
        return metadata(self.files, self._topics, storage=self._config.file_storage)

    def _stopped(self, error: OSError) -> RecordingStoppedError:
        """Finish the bag with what is in it, and say what happened."""
        message = f"recording to '{self.path}' stopped: {error.strerror or error}"
        self._opened().drop_waiting()
        try:
            self.close()
        except RecordingStoppedError:
            return RecordingStoppedError(
                f"{message}; {self.kept()} messages are kept, the end of the bag is missing: "
                f"aestream bag recover {self.path}"
            )
        return RecordingStoppedError(f"{message}; {self.kept()} messages are kept, the bag is whole")
