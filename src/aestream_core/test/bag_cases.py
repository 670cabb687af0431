"""Bags to read, and what is in them, for the tests of bags."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from message_reference import Event, encode_mono
from recording_files import joined

from aestream_core.events import Events
from aestream_core.files import create_file, open_file

pytest.importorskip("rosbags")

from bag_files import packet, typestore, write_ros1

EVENTS: list[Event] = [(1_000_000 + 17 * i, i % 640, i * 3 % 480, i % 2) for i in range(300)]
TOPIC = "/event_camera/events"


def as_tuples(records: npt.NDArray[np.void]) -> list[Event]:
    return [tuple(map(int, each)) for each in records]


def read_all(path: Path, **options: Any) -> list[Event]:
    return as_tuples(joined(list(open_file(path, **options))))


def mono_messages(store: Any, *, ros1: bool = False, count: int = 10) -> list[tuple[str, Any]]:
    """Spread EVENTS over messages."""
    size = len(EVENTS) // count
    pieces = [EVENTS[at : at + size] for at in range(0, len(EVENTS), size)]
    return [
        (
            TOPIC,
            packet(store, encode_mono(each, each[0][0]), encoding="mono", time_base_ns=each[0][0] * 1000, ros1=ros1),
        )
        for each in pieces
    ]


def written(path: Path, records: npt.NDArray[np.void], **options: Any) -> Path:
    with_writer = create_file(path, width=640, height=480, **options)
    with_writer.write(Events.from_numpy(records, width=640, height=480))
    with_writer.close()
    return path


def small(folder: Path, suffix: str) -> Path:
    """Write a small bag of many messages."""
    if suffix == ".bag":
        store = typestore(ros1=True)
        return write_ros1(folder / "a.bag", store, mono_messages(store, ros1=True))
    if suffix == ".lz4":
        store = typestore(ros1=True)
        return write_ros1(folder / "lz4.bag", store, mono_messages(store, ros1=True), compression="lz4")
    options = {"compression": "zstd"} if suffix == ".zstd" else {}
    writer = create_file(folder / f"a{'.mcap' if suffix == '.zstd' else suffix}", width=640, height=480, **options)
    t, x, y, p = zip(*EVENTS, strict=True)
    whole = Events.from_numpy(t=t, x=x, y=y, p=p, width=640, height=480)
    for at in range(0, len(EVENTS), 60):
        writer.write(Events(whole._packet.view(at, at + 60)))
        writer.flush()
    writer.close()
    return folder / f"a{'.mcap' if suffix == '.zstd' else suffix}"
