"""Writes .db3 files with the tables of rosbag2_storage_sqlite3, schema version 4."""

import sqlite3
from pathlib import Path
from typing import Any

from aestream_core.formats.bags.event_packet import DEFINITION, TYPE, TYPE_HASH

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
_TOPIC_ID = 1


class SqliteWriter:
    """One .db3 file with one topic."""

    def __init__(self, path: Path, *, topic: str, metadata_version: int) -> None:
        """Create the file.

        Raises:
            OSError: the file cannot be written.
        """
        path.open("wb").close()
        self._metadata_version = metadata_version
        self._written_bytes = 0
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        self._database.execute("INSERT INTO schema VALUES (?, 'jazzy')", [_SCHEMA_VERSION])
        self._database.execute("INSERT INTO topics VALUES (?, ?, ?, 'cdr', '', ?)", [_TOPIC_ID, topic, TYPE, TYPE_HASH])
        self._database.execute(
            "INSERT INTO message_definitions VALUES (1, ?, 'ros2msg', ?, ?)", [TYPE, DEFINITION, TYPE_HASH]
        )

    def add(self, time_ns: int, parts: list[Any]) -> None:
        """Append a message whose serialised bytes are `parts` in a row."""
        data = b"".join(parts)
        self._written_bytes += len(data)
        self._database.execute(
            "INSERT INTO messages(topic_id, timestamp, data) VALUES (?, ?, ?)", [_TOPIC_ID, time_ns, data]
        )

    def size_bytes(self) -> int:
        """Say how many bytes of messages the file holds."""
        return self._written_bytes

    def flush(self) -> None:
        """Hand what is buffered to the operating system."""
        self._database.commit()

    def close(self, metadata: str) -> None:
        """Complete the file."""
        self._database.execute("INSERT INTO metadata VALUES (1, ?, ?)", [self._metadata_version, metadata])
        self._database.execute("CREATE INDEX timestamp_idx ON messages (timestamp ASC)")
        self._database.commit()
        self._database.close()
