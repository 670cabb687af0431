"""Where the events lie in a NumPy array, by its header. The format: numpy.org, numpy.lib.format."""

from collections.abc import Callable
from io import BytesIO
from math import prod
from typing import Any, Protocol

import numpy as np

from aestream_core.errors import DamagedRecordingError, FormatError
from aestream_core.formats.columns import BLOCK_EVENTS, FIELDS, Columns, check_number, find_fields

_MAGIC = b"\x93NUMPY"
LONGEST_HEADER_BYTES = 1 << 16
_LARGEST_BLOCK_BYTES = 1 << 24


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
            at_byte = min(len(head), LONGEST_HEADER_BYTES)
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
