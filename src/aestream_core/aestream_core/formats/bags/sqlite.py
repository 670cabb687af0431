"""rosbag2 files of the storage "sqlite3" (.db3). Their tables: github.com/ros2/rosbag2, rosbag2_storage_sqlite3."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aestream_core.errors import DamagedRecordingError, FormatError
from aestream_core.formats.bags.decompress import ChunkError, decompressed
from aestream_core.formats.bags.storage import BagSummary, Faults, StoredMessage, Topic, ros2_type

MAGIC = b"SQLite format 3\0"

_PAGE_SIZE_AT = 16
_LARGEST_PAGE_BYTES = 1 << 16
_JOURNAL, _WRITE_AHEAD = "-journal", "-wal"


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
        self._topics = self._read_topics()

    def topics(self) -> list[Topic]:
        """List the topics."""
        return list(dict.fromkeys(self._topics.values()))

    def messages(self, topic: str, faults: Faults) -> Iterator[tuple[bytes, int]]:
        """Give the messages of a topic in the order they were recorded in."""
        return ((each.data, each.at_byte) for each in self.all_messages(faults, topics=(topic,)))

    def all_messages(
        self, faults: Faults, *, topics: Collection[str] | None = None, start_ns: int = 0
    ) -> Iterator[StoredMessage]:
        """Give the messages of all topics, or of those named, in the order they were recorded in."""
        wanted = {number: topic for number, topic in self._topics.items() if topics is None or topic.name in topics}
        # By id, not by time: the index of times lies at the end of the file, where one that was cut has none.
        query = (
            f"SELECT topic_id, timestamp, data FROM messages WHERE topic_id IN ({','.join('?' * len(wanted))}) "
            "AND timestamp >= ? ORDER BY id"
        )
        read_bytes = 0
        try:
            with self._readable() as path, closing(self._connect(path)) as database:
                for number, time_ns, data in database.execute(query, [*wanted, start_ns]):
                    at_byte = min(read_bytes, self._size_bytes)
                    yield StoredMessage(wanted[number], int(time_ns), decompressed(data), at_byte)
                    read_bytes += len(data)
        except sqlite3.DatabaseError as error:
            faults.met(self._size_bytes, str(error))
        except ChunkError as error:
            faults.met(min(read_bytes, self._size_bytes), str(error))

    def summary(self) -> BagSummary | None:
        """Count the messages; None where the file was not finished, or is damaged."""
        if any(_log(self._path, ending) for ending in (_JOURNAL, _WRITE_AHEAD)):
            return None
        query = "SELECT topic_id, COUNT(*), MIN(timestamp), MAX(timestamp) FROM messages GROUP BY topic_id"
        counts = dict.fromkeys(self._topics.values(), 0)
        start_ns, end_ns = [], [0]
        try:
            with self._readable() as path, closing(self._connect(path)) as database:
                for number, count, first_ns, last_ns in database.execute(query):
                    counts[self._topics[number]] += count
                    start_ns.append(first_ns)
                    end_ns.append(last_ns)
        except (sqlite3.DatabaseError, KeyError):
            return None
        return BagSummary(counts, min(start_ns, default=0), max(end_ns))

    def _read_topics(self) -> dict[int, Topic]:
        try:
            with self._readable() as path, closing(self._connect(path)) as database:
                database.row_factory = sqlite3.Row
                rows = [dict(row) for row in database.execute("SELECT * FROM topics ORDER BY id")]
                definitions = self._read_definitions(database)
        except sqlite3.OperationalError as error:
            raise FormatError(f"'{self._path}' is no bag of ROS 2: {error}") from None
        except sqlite3.DatabaseError as error:
            at_byte = self._size_bytes
            raise DamagedRecordingError(f"'{self._path}' is damaged at byte {at_byte}: {error}", at_byte) from None
        return {int(row["id"]): _topic(row, definitions) for row in rows}

    @staticmethod
    def _read_definitions(database: sqlite3.Connection) -> dict[str, tuple[str, str]]:
        """Read the texts of types by their name, and what language they are in; older bags have none."""
        query = "SELECT topic_type, encoded_message_definition, encoding FROM message_definitions"
        try:
            return {str(name): (str(text), str(kind)) for name, text, kind in database.execute(query)}
        except sqlite3.DatabaseError:
            return {}

    @contextmanager
    def _readable(self) -> Iterator[Path]:
        """Give a file that SQLite reads as it was when last complete: this one, or a copy that is put right.

        A recorder that was killed leaves a journal of what to take back, which only writing to the file can do. Of a
        part of a page at the end SQLite would take the missing rest for zeros.
        """
        part_bytes = self._size_bytes % self._page_bytes()
        killed = _log(self._path, _JOURNAL)
        if not part_bytes and not killed:
            yield self._path
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / self._path.name
            shutil.copyfile(self._path, copy)
            if killed:
                shutil.copyfile(str(self._path) + _JOURNAL, str(copy) + _JOURNAL)
                _roll_back(copy)
            else:
                os.truncate(copy, self._size_bytes - part_bytes)
            yield copy

    def _page_bytes(self) -> int:
        with self._path.open("rb") as file:
            head = file.read(_PAGE_SIZE_AT + 2)
        page_bytes = int.from_bytes(head[_PAGE_SIZE_AT:], "big")
        return _LARGEST_PAGE_BYTES if page_bytes == 1 else max(page_bytes, 1)

    @staticmethod
    def _connect(path: Path) -> sqlite3.Connection:
        # A file beside which a log waits was not closed: only then may SQLite look beyond the file itself.
        how = "mode=ro" if _log(path, _WRITE_AHEAD) else "mode=ro&immutable=1"
        database = sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, check_same_thread=False)
        database.execute("PRAGMA writable_schema = ON")  # reads a file that was cut as far as it goes
        return database


def _topic(row: dict[str, Any], definitions: dict[str, tuple[str, str]]) -> Topic:
    definition, kind = definitions.get(str(row["type"]), ("", ""))
    return Topic(
        str(row["name"]),
        ros2_type(str(row["type"])),
        definition=definition,
        definition_kind=kind,
        type_hash=str(row.get("type_description_hash") or ""),
        qos=str(row.get("offered_qos_profiles") or ""),
    )


def _log(path: Path, ending: str) -> bool:
    """Say whether a log waits beside a file: its writer was killed, or still writes."""
    log = path.with_name(path.name + ending)
    return log.exists() and log.stat().st_size > 0


def _roll_back(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
