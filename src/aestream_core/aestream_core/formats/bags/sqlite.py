"""rosbag2 files of the storage "sqlite3" (.db3). Their tables: github.com/ros2/rosbag2, rosbag2_storage_sqlite3."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from aestream_core.errors import DamagedRecordingError, FormatError
from aestream_core.formats.bags.storage import Faults, Topic, ros2_type

MAGIC = b"SQLite format 3\0"

_PAGE_SIZE_AT = 16
_LARGEST_PAGE_BYTES = 1 << 16


class SqliteBag:
    """One .db3 file, opened read-only."""

    def __init__(self, path: Path) -> None:
        """Look at the topics.

        Raises:
            FormatError: it is no SQLite file, or one without the tables of a bag.
            DamagedRecordingError: not even its topics can be read.
        """
        self._path = path
        self._size_bytes = path.stat().st_size
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise FormatError(f"'{path}' is named like a bag of ROS 2 (.db3) but is no SQLite file")
        rows = self._read_topics()
        self._ids = {str(name): int(number) for number, name, _ in rows}
        self._topics = [Topic(str(name), ros2_type(str(kind))) for _, name, kind in rows]

    def topics(self) -> list[Topic]:
        """List the topics."""
        return self._topics

    def messages(self, topic: str, faults: Faults) -> Iterator[tuple[bytes, int]]:
        """Give the messages of a topic in the order they were recorded in."""
        read_bytes = 0
        try:
            with self._whole_pages() as path, closing(self._connect(path)) as database:
                # By id, not by time: the index of times lies at the end of the file, where one that was cut has none.
                rows = database.execute("SELECT data FROM messages WHERE topic_id = ? ORDER BY id", [self._ids[topic]])
                for (data,) in rows:
                    yield data, min(read_bytes, self._size_bytes)
                    read_bytes += len(data)
        except sqlite3.DatabaseError as error:
            faults.met(self._size_bytes, str(error))

    def _read_topics(self) -> list[tuple[int, str, str]]:
        try:
            with closing(self._connect(self._path)) as database:
                return database.execute("SELECT id, name, type FROM topics ORDER BY id").fetchall()
        except sqlite3.OperationalError as error:
            raise FormatError(f"'{self._path}' is no bag of ROS 2: {error}") from None
        except sqlite3.DatabaseError as error:
            at_byte = self._size_bytes
            raise DamagedRecordingError(f"'{self._path}' is damaged at byte {at_byte}: {error}", at_byte) from None

    @contextmanager
    def _whole_pages(self) -> Iterator[Path]:
        """Give a file without a part of a page at its end, of which SQLite would take the missing rest for zeros."""
        with self._path.open("rb") as file:
            head = file.read(_PAGE_SIZE_AT + 2)
            page_bytes = int.from_bytes(head[_PAGE_SIZE_AT:], "big")
            page_bytes = _LARGEST_PAGE_BYTES if page_bytes == 1 else max(page_bytes, 1)
            part_bytes = self._size_bytes % page_bytes
            if part_bytes == 0:
                yield self._path
                return
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / self._path.name
                shutil.copyfile(self._path, copy)
                os.truncate(copy, self._size_bytes - part_bytes)
                yield copy

    @staticmethod
    def _connect(path: Path) -> sqlite3.Connection:
        # A file beside which a log waits was not closed: only then may SQLite look beyond the file itself.
        log = path.with_name(path.name + "-wal")
        still_open = log.exists() and log.stat().st_size > 0
        how = "mode=ro" if still_open else "mode=ro&immutable=1"
        database = sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, check_same_thread=False)
        database.execute("PRAGMA writable_schema = ON")  # reads a file that was cut as far as it goes
        return database
