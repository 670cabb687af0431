"""NumPy arrays of events (.npy), read in blocks. The format: numpy.org, numpy.lib.format."""

import mmap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO, FileIO
from math import prod
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.formats.base import FileInfo, FileStream, ReadRequest, check_options, stream_of
from aestream_core.formats.columns import (
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
    packets,
    time_unit,
)
from aestream_core.formats.sampling import given_sensor, guess_sensor

READ_OPTIONS = (TIME_UNIT, COLUMNS)

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER_BYTES = 1 << 16
_LARGEST_BLOCK_BYTES = 1 << 24
_LET_GO_BYTES = 1 << 25


class ArrayHeader:
    """The header of an array.

    Attributes:
        shape: of the array.
        dtype: of its items.
        fortran: whether the first index varies fastest.
        size_bytes: bytes that the header takes.
    """

    def __init__(self, head: bytes, *, where: str) -> None:
        """Parse the first bytes of a file, up to 64 KiB.

        Raises:
            FormatError: it is no such array, or one of Python objects.
            DamagedRecordingError: the header is cut or broken.
        """
        if not head.startswith(_MAGIC):
            raise FormatError(f"{where} is named like a NumPy array but does not begin like one")
        file = BytesIO(head)
        try:
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            self.shape, self.fortran, self.dtype = read(file)
        except Exception as error:  # NumPy's parser lets through whatever Python's own raise
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            at_byte = min(len(head), _LONGEST_HEADER_BYTES)
            raise DamagedRecordingError(f"{where}: its header cannot be read: {reason}", at_byte) from None
        if self.dtype.hasobject:
            raise FormatError(f"{where} holds Python objects; numbers are read")
        self.size_bytes = file.tell()


ByteSource = Callable[[int, int], bytes | memoryview]
"""Gives so many bytes from a byte of the file on."""


class Layout(Protocol):
    """Where the fields of the events of an array lie.

    Attributes:
        count: number of events that the header speaks of.
        event_bytes: bytes that an event takes.
        block_events: how many to read at once.
    """

    count: int
    event_bytes: int
    block_events: int

    def available(self, data_bytes: int) -> int:
        """Count the events that a file with so many bytes of data holds whole."""

    def read(self, source: ByteSource, data_begin: int, begin: int, end: int) -> Columns:
        """Read events [begin, end), which are there."""


class Records:
    """One event after another: structured arrays, and (N, 4) in C order."""

    def __init__(self, count: int, dtype: np.dtype[Any], names: dict[str, str]) -> None:
        """Say what a record looks like, and which of its fields are t, x, y and p."""
        self.count = count
        self.event_bytes = dtype.itemsize
        self.block_events = max(1, min(BLOCK_EVENTS, _LARGEST_BLOCK_BYTES // dtype.itemsize))
        self._dtype = dtype
        self._names = names

    def available(self, data_bytes: int) -> int:
        """Count the events that a file with so many bytes of data holds whole."""
        return min(self.count, data_bytes // self._dtype.itemsize)

    def read(self, source: ByteSource, data_begin: int, begin: int, end: int) -> Columns:
        """Read events [begin, end)."""
        size_bytes = self._dtype.itemsize
        return self.split(source(data_begin + begin * size_bytes, (end - begin) * size_bytes))

    def split(self, data: bytes | memoryview) -> Columns:
        """View whole records as columns."""
        records = np.frombuffer(data, self._dtype)
        return {field: records[name] for field, name in self._names.items()}


class Rows:
    """One field after another: (4, N) in C order, (N, 4) in Fortran order."""

    def __init__(self, count: int, dtype: np.dtype[Any], order: tuple[str, ...]) -> None:
        """Say what a number is, and in which order the fields come."""
        self.count = count
        self.event_bytes = 4 * dtype.itemsize
        self.block_events = BLOCK_EVENTS
        self._dtype = dtype
        self._order = order

    def available(self, data_bytes: int) -> int:
        """Count the events that a file with so many bytes of data holds whole: those whose last field is there."""
        last_begin = 3 * self.count * self._dtype.itemsize
        return min(self.count, max(0, data_bytes - last_begin) // self._dtype.itemsize)

    def read(self, source: ByteSource, data_begin: int, begin: int, end: int) -> Columns:
        """Read events [begin, end)."""
        columns = {}
        for index, field in enumerate(self._order):
            at_byte = data_begin + (index * self.count + begin) * self._dtype.itemsize
            columns[field] = np.frombuffer(source(at_byte, (end - begin) * self._dtype.itemsize), self._dtype)
        return columns


def layout_of(header: ArrayHeader, order: tuple[str, ...], *, where: str) -> Layout:
    """Find the events in an array.

    Raises:
        FormatError: it has neither fields t, x, y and p nor four columns.
    """
    shape, dtype = header.shape, header.dtype
    if dtype.names is not None:
        if len(shape) != 1:
            raise FormatError(f"{where} has the shape {shape}; structured arrays of events have one dimension")
        names = find_fields(dtype.names, where=where)
        for name in names.values():
            check_number(dtype[name], where=f"field {name!r} of {where}")
        return Records(shape[0], dtype, names)
    check_number(dtype, where=where)
    if len(shape) != 2 or 4 not in shape:
        raise FormatError(f"{where} has the shape {shape} and no fields; (N, 4), or fields t, x, y and p, are read")
    by_record = shape[1] == 4
    count = prod(shape) // 4
    if by_record != header.fortran:
        return Records(count, np.dtype([(field, dtype) for field in order]), {field: field for field in FIELDS})
    return Rows(count, dtype, order)


class NpyReader:
    """Reads one .npy file."""

    def __init__(self, request: ReadRequest) -> None:
        """Read the header, and look for the sensor's size where nobody named it."""
        check_options("npy", READ_OPTIONS, request.options, doing="reading")
        self._request = request
        self._times = ColumnTimes(time_unit(request.options.get("time_unit", TIME_UNIT.fallback)))
        order = column_order(request.options.get("columns", COLUMNS.fallback))
        where = f"'{request.path}'"
        file, size_bytes = open_binary(request.path)
        with file:
            header = ArrayHeader(file.read(_LONGEST_HEADER_BYTES), where=where)
            self._layout = layout_of(header, order, where=where)
            self._available = self._layout.available(size_bytes - header.size_bytes)
            self._data_begin = header.size_bytes
            sensor = given_sensor(request)
            self._sensor = sensor or guess_sensor(self._available, partial(self._read, partial(_read_at, file)))
        self._counters = ColumnCounters()
        self.info = FileInfo(
            "npy", *self._sensor, sensor is None, size_bytes, header.size_bytes, MappingProxyType(_details(header))
        )

    def packets(self, start_us: int) -> Iterator[Events]:
        """Give a packet for each block of the file."""
        block = self._layout.block_events
        skip_errors = self._request.skip_errors
        with _source_of(self._request) as source:
            for begin in range(0, self._available, block):
                end = min(begin + block, self._available)
                columns = self._read(source, begin, end)
                yield from packets(columns, self._times, self._sensor, self._counters, skip_errors=skip_errors)
                self._counters.bytes = end * self._layout.event_bytes
        if self._available < self._layout.count:
            self._end_early()

    def counters(self) -> dict[str, int]:
        """Count what was read so far."""
        return self._counters.as_dict()

    def _read(self, source: ByteSource, begin: int, end: int) -> Columns:
        return self._layout.read(source, self._data_begin, begin, end)

    def _end_early(self) -> None:
        at_byte = self.info.size_bytes
        if self._request.skip_errors:
            self._counters.damaged += 1
            return
        raise DamagedRecordingError(
            f"'{self._request.path}' is damaged at byte {at_byte}: "
            f"it ends after {self._available} of {self._layout.count} events",
            at_byte,
        )


def open_npy(request: ReadRequest) -> FileStream:
    """Open an array as a stream."""
    return stream_of(NpyReader(request), request)


def npy_info(request: ReadRequest) -> FileInfo:
    """Read an array's header."""
    return NpyReader(request).info


def open_binary(path: str) -> tuple[FileIO, int]:
    """Open a file that is not empty; give it and its size.

    Raises:
        InvalidArgumentError: it cannot be read.
        FormatError: it is empty.
    """
    try:
        file = Path(path).open("rb", buffering=0)  # noqa: SIM115
    except OSError as error:
        raise InvalidArgumentError(f"cannot read '{path}': {error.strerror}") from None
    size_bytes = file.seek(0, 2)
    file.seek(0)
    if size_bytes == 0:
        file.close()
        raise FormatError(f"'{path}': the file is empty")
    return file, size_bytes


def _read_at(file: FileIO, at_byte: int, size_bytes: int) -> bytes:
    file.seek(at_byte)
    return file.read(size_bytes)


@contextmanager
def _source_of(request: ReadRequest) -> Iterator[ByteSource]:
    """Open the bytes of a file: mapped into memory where that is allowed, else read."""
    with open_binary(request.path)[0] as file:
        if not request.memory_map:
            yield partial(_read_at, file)
            return
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        yield partial(_view_of, mapped, memoryview(mapped))


def _view_of(mapped: mmap.mmap, view: memoryview, at_byte: int, size_bytes: int) -> memoryview:
    """View a part, and let go of the memory of what lies before, as reading goes on."""
    if at_byte >= _LET_GO_BYTES and at_byte // _LET_GO_BYTES != (at_byte + size_bytes) // _LET_GO_BYTES:
        mapped.madvise(mmap.MADV_DONTNEED, 0, at_byte // _LET_GO_BYTES * _LET_GO_BYTES)
    return view[at_byte : at_byte + size_bytes]


def _details(header: ArrayHeader) -> dict[str, str]:
    return {"shape": str(header.shape), "dtype": str(header.dtype)}
