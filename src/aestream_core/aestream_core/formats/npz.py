"""NumPy archives of events (.npz), read in blocks out of the zip: a member for each of t, x, y, p, or one with all."""

import zlib
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from aestream_core import _core
from aestream_core.errors import DamagedRecordingError, FormatError
from aestream_core.events import Events
from aestream_core.formats.array_layout import ArrayHeader, Records, layout_of
from aestream_core.formats.base import FileInfo, FileStream, ReadRequest, check_options, stream_of
from aestream_core.formats.columns import (
    ALIASES,
    BLOCK_EVENTS,
    COLUMNS,
    FIELDS,
    TIME_UNIT,
    ColumnCounters,
    Columns,
    ColumnTimes,
    check_number,
    column_order,
    find_fields,
    largest_coordinates,
    packets,
    time_unit,
)
from aestream_core.formats.npy import open_binary
from aestream_core.formats.sampling import given_sensor

READ_OPTIONS = (TIME_UNIT, COLUMNS)

_PIECE_BYTES = 1 << 16
_DAMAGE = (BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


class Member:
    """One array of an archive, read from front to end.

    Attributes:
        header: what it is.
        fault: why it cannot be read any further; empty as long as it can.
    """

    def __init__(self, archive: ZipFile, name: str, *, where: str) -> None:
        """Read its header."""
        self.fault = ""
        try:
            self._stream = archive.open(f"{name}.npy")
        except _DAMAGE as error:
            raise DamagedRecordingError(f"{where}: member {name!r} cannot be read: {error}", 0) from None
        head = self.read(12)
        size_bytes = (
            int.from_bytes(head[8:12], "little") + 2 if head[6:7] > b"\1" else int.from_bytes(head[8:10], "little")
        )
        head += self.read(min(max(0, size_bytes - 2), _PIECE_BYTES))
        self.header = ArrayHeader(head, where=f"member {name!r} of {where}")

    def read(self, size_bytes: int) -> bytes:
        """Read that many bytes; fewer at the end, and where the archive is damaged, which `fault` tells then.

        Piece by piece: what a small file claims to hold takes no memory until it really comes out.
        """
        pieces = []
        while size_bytes and not self.fault:
            try:
                pieces.append(self._stream.read(min(size_bytes, _PIECE_BYTES)))
            except _DAMAGE as error:
                self.fault = str(error) or type(error).__name__
                break
            size_bytes -= len(pieces[-1])
            if not pieces[-1]:
                break
        return b"".join(pieces)


class SplitArrays:
    """A member for each field."""

    def __init__(self, archive: ZipFile, names: dict[str, str], *, where: str) -> None:
        """Read the headers.

        Raises:
            FormatError: they are no columns of numbers, or differ in length.
        """
        self.members = [Member(archive, names[field], where=where) for field in FIELDS]
        for field, member in zip(FIELDS, self.members, strict=True):
            check_number(member.header.dtype, where=f"member {names[field]!r} of {where}")
            if len(member.header.shape) != 1:
                raise FormatError(f"member {names[field]!r} of {where} has the shape {member.header.shape}, not (N,)")
        lengths = {names[field]: member.header.shape[0] for field, member in zip(FIELDS, self.members, strict=True)}
        if len(set(lengths.values())) > 1:
            raise FormatError(f"the members of {where} differ in length: {lengths}")
        self.count = self.members[0].header.shape[0]

    def read(self, events: int) -> Columns:
        """Read the next events; fewer where a member ends or is damaged."""
        columns = {}
        for field, member in zip(FIELDS, self.members, strict=True):
            dtype = member.header.dtype
            data = member.read(events * dtype.itemsize)
            columns[field] = np.frombuffer(data, dtype, count=len(data) // dtype.itemsize)
        whole = min(len(column) for column in columns.values())
        return {field: column[:whole] for field, column in columns.items()}


class OneArray:
    """One member with all fields."""

    def __init__(self, archive: ZipFile, name: str, order: tuple[str, ...], *, where: str) -> None:
        """Read the header.

        Raises:
            FormatError: it has no fields t, x, y and p, and is no (N, 4) in C order.
        """
        self.members = [Member(archive, name, where=where)]
        layout = layout_of(self.members[0].header, order, where=f"member {name!r} of {where}")
        if not isinstance(layout, Records):
            raise FormatError(
                f"member {name!r} of {where} holds one field after another; one event after another is read"
            )
        self._layout = layout
        self.count = layout.count

    def read(self, events: int) -> Columns:
        """Read the next events; fewer where the member ends or is damaged."""
        data = self.members[0].read(events * self._layout.event_bytes)
        return self._layout.split(data[: len(data) // self._layout.event_bytes * self._layout.event_bytes])


class NpzReader:
    """Reads one .npz file."""

    def __init__(self, request: ReadRequest) -> None:
        """Look at what the archive holds; read it once for the sensor's size where nobody says it."""
        check_options("npz", READ_OPTIONS, request.options, doing="reading")
        self._request = request
        self._times = ColumnTimes(time_unit(request.options.get("time_unit", TIME_UNIT.fallback)))
        self._order = column_order(request.options.get("columns", COLUMNS.fallback))
        self._where = f"'{request.path}'"
        self._archive, self._size_bytes = self._open()
        self._names = [name.removesuffix(".npy") for name in self._archive.namelist() if name.endswith(".npy")]
        self._counters = ColumnCounters()
        self._count = self._arrays().count
        known = given_sensor(request) or self._written_sensor()
        self._sensor = known or self._look_for_sensor()
        details = MappingProxyType({"members": ", ".join(self._names)})
        self.info = FileInfo("npz", *self._sensor, known is None, self._size_bytes, 0, details)

    def packets(self, start_us: int) -> Iterator[Events]:
        """Give a packet for each block of the members."""
        arrays = self._arrays()
        given = 0
        for columns in _blocks(arrays):
            given += len(columns["t"])
            yield from packets(
                columns, self._times, self._sensor, self._counters, skip_errors=self._request.skip_errors
            )
            self._counters.bytes += sum(column.itemsize for column in columns.values()) * len(columns["t"])
        if given < arrays.count:
            self._end_early(given, arrays)

    def counters(self) -> dict[str, int]:
        """Count what was read so far."""
        return self._counters.as_dict()

    def _open(self) -> tuple[ZipFile, int]:
        file, size_bytes = open_binary(self._request.path)
        with file:
            if file.read(2) != b"PK":
                raise FormatError(f"{self._where} is named like a NumPy archive (.npz) but is no zip file")
        try:
            return ZipFile(self._request.path), size_bytes
        except _DAMAGE as error:
            raise DamagedRecordingError(f"{self._where} is damaged at byte {size_bytes}: {error}", size_bytes) from None

    def _arrays(self) -> SplitArrays | OneArray:
        if not any(name in self._names for name in ALIASES["x"]):
            for name in self._names:
                if name not in ("width", "height"):
                    return OneArray(self._archive, name, self._order, where=self._where)
        return SplitArrays(self._archive, find_fields(self._names, where=self._where), where=self._where)

    def _written_sensor(self) -> tuple[int, int] | None:
        sides = [self._number(name) for name in ("width", "height") if name in self._names]
        return (sides[0], sides[1]) if len(sides) == 2 and all(1 <= side <= 0x7FFF for side in sides) else None

    def _number(self, name: str) -> int:
        member = Member(self._archive, name, where=self._where)
        check_number(member.header.dtype, where=f"member {name!r} of {self._where}")
        values: Any = np.frombuffer(member.read(member.header.dtype.itemsize), member.header.dtype)
        return int(values[0]) if len(values) else 0

    def _look_for_sensor(self) -> tuple[int, int]:
        largest = [largest_coordinates(columns) for columns in _blocks(self._arrays())]
        x_max, y_max = (max((each[axis] for each in largest), default=0) for axis in (0, 1))
        return _core.smallest_usual_sensor(x_max, y_max)

    def _end_early(self, given: int, arrays: SplitArrays | OneArray) -> None:
        if self._request.skip_errors:
            self._counters.damaged += 1
            return
        reason = next((member.fault for member in arrays.members if member.fault), "a member ends early")
        raise DamagedRecordingError(
            f"{self._where} is damaged: {reason}, after {given} of {arrays.count} events", self._counters.bytes
        )


def open_npz(request: ReadRequest) -> FileStream:
    """Open an archive as a stream."""
    return stream_of(NpzReader(request), request)


def npz_info(request: ReadRequest) -> FileInfo:
    """Say what an archive holds."""
    return NpzReader(request).info


def _blocks(arrays: SplitArrays | OneArray) -> Iterator[Columns]:
    left = arrays.count
    while left > 0:
        wanted = min(left, BLOCK_EVENTS)
        columns = arrays.read(wanted)
        if len(columns["t"]):
            yield columns
        if len(columns["t"]) < wanted:
            return
        left -= wanted
