"""Writes NumPy arrays and archives of events without holding them in memory."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import EVENT_DTYPE, Events
from aestream_core.formats.base import FormatOption, RecordingWriter, WriteCounters, WriteRequest, check_options
from aestream_core.formats.columns import FIELDS

COMPRESSION = FormatOption("compression", "how the members are compressed", "none or deflate", "none")

_HEADER_BYTES = 192
"""Room for a header, whose length is not to depend on how many events there will be."""

_METHODS = {"none": ZIP_STORED, "deflate": ZIP_DEFLATED}
_COPY_BYTES = 1 << 20
_BLOCK_EVENTS = 1 << 16


class NpyWriter:
    """Writes one structured array of `EVENT_DTYPE`."""

    format = "npy"

    def __init__(self, request: WriteRequest) -> None:
        """Create the file."""
        check_options("npy", (), request.options, doing="writing")
        self._path = request.path
        self._file = create_binary(request.path)
        self._file.write(bytes(_HEADER_BYTES))
        self._events = 0

    def write(self, events: Events) -> None:
        """Append a packet."""
        for piece in pieces_of(events):
            self._file.write(piece.data)
        self._events += len(events)

    def flush(self) -> None:
        """Hand what is buffered to the operating system, with a header that says what is there."""
        end = self._file.tell()
        self._file.seek(0)
        self._file.write(npy_header(EVENT_DTYPE, self._events))
        self._file.seek(end)
        self._file.flush()

    def close(self) -> None:
        """Complete the file; a second call does nothing."""
        if not self._file.closed:
            self.flush()
            self._file.close()

    def counters(self) -> WriteCounters:
        """Count what was written so far."""
        return WriteCounters(self._events, _HEADER_BYTES + self._events * EVENT_DTYPE.itemsize)


class NpzWriter:
    """Writes an archive of the members t, x, y, p, width and height. The columns wait in files beside it."""

    format = "npz"

    def __init__(self, request: WriteRequest) -> None:
        """Create the archive, and the files that the columns wait in."""
        check_options("npz", (COMPRESSION,), request.options, doing="writing")
        compression = request.options.get("compression", COMPRESSION.fallback)
        if compression not in _METHODS:
            raise InvalidArgumentError(f"compression is {compression!r}; it must be one of {', '.join(_METHODS)}")
        self._method = _METHODS[compression]
        self._sensor = {"width": request.width, "height": request.height}
        self._file = create_binary(request.path)
        self._path = Path(request.path).resolve()
        self._columns = {name: tempfile.TemporaryFile(dir=self._path.parent) for name in FIELDS}  # noqa: SIM115
        self._events = self._size_bytes = 0

    def write(self, events: Events) -> None:
        """Append a packet."""
        for piece in pieces_of(events):
            for name, file in self._columns.items():
                file.write(np.ascontiguousarray(piece[name]).data)
        self._events += len(events)

    def flush(self) -> None:
        """Hand what is buffered to the operating system; the archive itself is written at the end."""
        for file in self._columns.values():
            file.flush()

    def close(self) -> None:
        """Complete the archive; a second call does nothing."""
        if self._file.closed:
            return
        with self._file, ZipFile(self._file, "w", self._method, compresslevel=1) as archive:
            for name, column in self._columns.items():
                self._add_column(archive, name, column)
            for name, side in self._sensor.items():
                archive.writestr(f"{name}.npy", npy_header(np.dtype("<i8"), None) + side.to_bytes(8, "little"))
        self._size_bytes = self._path.stat().st_size

    def counters(self) -> WriteCounters:
        """Count what was written so far."""
        return WriteCounters(self._events, self._size_bytes or self._events * EVENT_DTYPE.itemsize)

    def _add_column(self, archive: ZipFile, name: str, column: Any) -> None:
        with column, archive.open(f"{name}.npy", "w", force_zip64=True) as member:
            member.write(npy_header(EVENT_DTYPE[name], self._events))
            column.seek(0)
            while data := column.read(_COPY_BYTES):
                member.write(data)


def create_npy(request: WriteRequest) -> RecordingWriter:
    """Create an array."""
    return NpyWriter(request)


def create_npz(request: WriteRequest) -> RecordingWriter:
    """Create an archive."""
    return NpzWriter(request)


def pieces_of(events: Events) -> Iterator[Any]:
    """Give the events as structured arrays of `EVENT_DTYPE`, each small enough for the cache."""
    views = (
        Events(events._packet.view(at, min(at + _BLOCK_EVENTS, len(events))))
        for at in range(0, len(events), _BLOCK_EVENTS)
    )
    return (view.to_numpy() for view in views)


def npy_header(dtype: np.dtype[Any], count: int | None) -> bytes:
    """Make a header of format version 1.0, of a fixed length, for `count` items, or one without dimensions."""
    shape = () if count is None else (count,)
    fields = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    size_bytes = _HEADER_BYTES - 10
    return b"\x93NUMPY\x01\x00" + size_bytes.to_bytes(2, "little") + repr(fields).encode().ljust(size_bytes - 1) + b"\n"


def create_binary(path: str) -> BinaryIO:
    """Create a file.

    Raises:
        InvalidArgumentError: it cannot be written.
    """
    try:
        return Path(path).open("wb", buffering=1 << 20)
    except OSError as error:
        raise InvalidArgumentError(f"cannot write '{path}': {error.strerror}") from None
