"""A file format that only tests have: it is written and read, has options, and loses absolute times where told to."""

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.files import FileFormat, FileInfo, FileStream, FormatOption, WriteCounters
from aestream_core.formats import table
from aestream_core.formats.base import NO_COUNTERS, ReadRequest, WriteRequest, check_options, stream_of

READ_OPTIONS = (FormatOption("time_unit", "unit of times", "us, ms or s", "us"),)
WRITE_OPTIONS = (FormatOption("compression", "how packets are compressed", "none, lz4, zstd", "none"),)


class TinyWriter:
    """Keeps packets and saves an array at the end."""

    format = "tiny"

    def __init__(self, request: WriteRequest) -> None:
        check_options("tiny", WRITE_OPTIONS, request.options, doing="writes")
        if request.options.get("compression", "none") not in ("none", "lz4", "zstd"):
            raise InvalidArgumentError("compression is unknown; none, lz4, zstd")
        self._request = request
        self._packets: list[Events] = []
        Path(request.path).write_bytes(b"")

    def write(self, events: Events) -> None:
        self._packets.append(events)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        arrays = [packet.to_numpy() for packet in self._packets]
        with Path(self._request.path).open("wb") as file:
            np.savez(
                file,
                size=[self._request.width, self._request.height],
                **({"events": np.concatenate(arrays)} if arrays else {}),
            )

    def counters(self) -> WriteCounters:
        lost_us = self._packets[0].first_us if self._request.options.get("compression") == "lz4" else 0
        return WriteCounters(sum(map(len, self._packets)), Path(self._request.path).stat().st_size, lost_us)


class TinyReader:
    """Gives what was saved in one packet."""

    def __init__(self, request: ReadRequest) -> None:
        check_options("tiny", READ_OPTIONS, request.options, doing="reads")
        with np.load(request.path) as saved:
            width, height = map(int, saved["size"])
            self._events = Events.from_numpy(saved["events"], width=width, height=height)
        self.info = FileInfo("tiny", width, height, False, Path(request.path).stat().st_size, 0, {})

    def packets(self, start_us: int) -> Iterator[Events]:
        yield self._events

    def counters(self) -> dict[str, int]:
        return {**NO_COUNTERS, "events": len(self._events), "damaged": 2}


def _open(request: ReadRequest) -> FileStream:
    return stream_of(TinyReader(request), request)


TINY = FileFormat(
    name="tiny",
    description="what only tests write",
    extensions=(".tiny",),
    open=_open,
    info=lambda request: TinyReader(request).info,
    create=TinyWriter,
    read_options=READ_OPTIONS,
    write_options=WRITE_OPTIONS,
)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> FileFormat:
    """Put the format into the table, wherever that was imported to."""
    with_tiny = MappingProxyType({**table.FILE_FORMATS, "tiny": TINY})
    modules = (
        "aestream_core.formats.table",
        "aestream.cli.formats",
        "aestream.cli.format_options",
        "aestream.cli.reading",
        "aestream.cli.sinks.file",
        "aestream.cli.recording_stats",
    )
    for module in modules:
        monkeypatch.setattr(f"{module}.FILE_FORMATS", with_tiny)
    monkeypatch.setattr("aestream_core.formats.table.PYTHON_FORMATS", (*table.PYTHON_FORMATS, TINY))
    return TINY
