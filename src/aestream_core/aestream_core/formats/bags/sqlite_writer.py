"""Writes .db3 files with the tables of rosbag2_storage_sqlite3, schema version 4."""

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from aestream_core.formats.bags.storage import Tally, Topic

_SCHEMA = """
CREATE TABLE schema(schema_version INTEGER PRIMARY KEY, ros_distro TEXT NOT NULL);
CREATE TABLE metadata(id INTEGER PRIMARY KEY, metadata_version INTEGER NOT NULL, metadata TEXT NOT NULL);
CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL,
    serialization_format TEXT NOT NULL, offered_qos_profiles TEXT NOT NULL, type_description_hash TEXT NOT NULL);
CREATE TABLE message_definitions(id INTEGER PRIMARY KEY, topic_type TEXT NOT NULL, encoding TEXT NOT NULL,
    encoded_message_definition TEXT NOT NULL, type_description_hash TEXT NOT NULL);
CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL, timestamp INTEGER NOT NULL,
    data BLOB NOT NULL);
"""
_SCHEMA_VERSION = 4


class SqliteWriter:
    """One .db3 file."""

    def __init__(self, path: Path, *, metadata_version: int, survives_kill: bool = False) -> None:
        """Create the file.

        Args:
            path: where.
            metadata_version: of what `close` gets.
            survives_kill: whether messages that were flushed can be read after this process was killed.

        Raises:
            OSError: the file cannot be written.
        """
        path.open("wb").close()
        self._metadata_version = metadata_version
        self.tally = Tally()
        self._waiting: list[tuple[int, int]] = []
        self._written_bytes = 0
        self._types: set[str] = set()
        self._topics = 0
        self._database = sqlite3.connect(path, check_same_thread=False)
        journal = "TRUNCATE" if survives_kill else "OFF"
        self._database.executescript(f"PRAGMA journal_mode = {journal}; PRAGMA synchronous = OFF;" + _SCHEMA)
        self._database.execute("INSERT INTO schema VALUES (?, 'jazzy')", [_SCHEMA_VERSION])

    def add_topic(self, topic: Topic) -> int:
        """Tell of a topic; give the number by which to add its messages."""
        self._topics += 1
        row = [self._topics, topic.name, topic.type, topic.qos, topic.type_hash]
        self._execute("INSERT INTO topics VALUES (?, ?, ?, 'cdr', ?, ?)", row)
        if topic.type not in self._types:
            self._types.add(topic.type)
            row = [len(self._types), topic.type, topic.definition_kind, topic.definition, topic.type_hash]
            self._execute("INSERT INTO message_definitions VALUES (?, ?, ?, ?, ?)", row)
        return self._topics

    def add(self, number: int, time_ns: int, parts: Sequence[Any], *, sent_ns: int | None = None) -> None:
        """Append a message whose serialised bytes are `parts` in a row; this storage has no place for `sent_ns`.

        Raises:
            OSError: it cannot be written, for example because the disk is full.
        """
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        self._execute("INSERT INTO messages(topic_id, timestamp, data) VALUES (?, ?, ?)", [number, time_ns, data])
        self._written_bytes += len(data)
        self._waiting.append((number, time_ns))

    def size_bytes(self) -> int:
        """Say how many bytes of messages the file holds."""
        return self._written_bytes

    def flush(self) -> None:
        """Hand what is buffered to the operating system.

        Raises:
            OSError: it cannot be written.
        """
        with _as_os_error():
            self._database.commit()
        for number, time_ns in self._waiting:
            self.tally.add(number, 1, time_ns, time_ns)
        self._waiting = []

    def drop_waiting(self) -> None:
        """Forget what was not flushed, because it could not be written."""
        self._waiting = []
        with suppress(sqlite3.Error):
            self._database.rollback()

    def close(self, metadata: str) -> None:
        """Complete the file.

        Raises:
            OSError: it cannot be written.
        """
        try:
            self._execute("INSERT INTO metadata VALUES (1, ?, ?)", [self._metadata_version, metadata])
            self._execute("CREATE INDEX timestamp_idx ON messages (timestamp ASC)", [])
            self.flush()
            self._execute("PRAGMA journal_mode = DELETE", [])
        finally:
            self._database.close()

    def _execute(self, statement: str, row: Sequence[Any]) -> None:
        with _as_os_error():
            self._database.execute(statement, row)


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        number = errno.ENOSPC if full else errno.EIO
        raise OSError(number, str(error)) from None
