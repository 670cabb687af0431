"""NumPy arrays of events (.npy), read in blocks."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import FileIO
from pathlib import Path
from types import MappingProxyType

from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.formats.array_layout import LONGEST_HEADER_BYTES, ArrayHeader, ByteSource, layout_of
from aestream_core.formats.base import FileInfo, FileStream, ReadRequest, check_options, stream_of
from aestream_core.formats.columns import (
    COLUMNS,
    TIME_UNIT,
    ColumnCounters,
    Columns,
    ColumnTimes,
    column_order,
    packets,
    time_unit,
)
from aestream_core.formats.sampling import given_sensor, guess_sensor

READ_OPTIONS = (TIME_UNIT, COLUMNS)
_LET_GO_BYTES = 1 << 25


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
            header = ArrayHeader(file.read(LONGEST_HEADER_BYTES), where=where)
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
