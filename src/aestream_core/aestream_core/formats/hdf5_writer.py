"""Writes HDF5 files as DSEC lays them out, with the sensor's size as attributes `width` and `height`."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import EVENT_DTYPE, Events
from aestream_core.formats.base import FormatOption, RecordingWriter, WriteCounters, WriteRequest, check_options
from aestream_core.formats.columns import FIELDS
from aestream_core.formats.hdf5 import import_h5py
from aestream_core.formats.optional import optional_module

COMPRESSION = FormatOption("compression", "how the data sets are compressed", "none, lzf, gzip or blosc", "none")
WRITE_OPTIONS = (COMPRESSION,)

_CHUNK_EVENTS = 1 << 17
_LONGEST_INDEX_MS = 7 * 24 * 3_600_000
"""A jump of the clock beyond this makes no index: it would be longer than the events."""

_DTYPES = {"t": "<i8", "x": "<u2", "y": "<u2", "p": "u1"}


class Hdf5Writer:
    """Writes `events/{t, x, y, p}`, `ms_to_idx` and `t_offset`."""

    format = "hdf5"

    def __init__(self, request: WriteRequest) -> None:
        """Create the file."""
        check_options("hdf5", WRITE_OPTIONS, request.options, doing="writing")
        how = _filters(request.options.get("compression", COMPRESSION.fallback))
        h5py = import_h5py()
        try:
            self._file: Any = h5py.File(request.path, "w")
        except OSError as error:
            raise InvalidArgumentError(f"cannot write '{request.path}': {error}") from None
        self._path = request.path
        self._file.attrs.update(width=request.width, height=request.height)
        group = self._file.create_group("events")
        self._sets = {
            name: group.create_dataset(name, (0,), _DTYPES[name], maxshape=(None,), chunks=(_CHUNK_EVENTS,), **how)
            for name in FIELDS
        }
        self._direct = not how  # whole chunks without a filter go past HDF5's cache
        self._waiting = {name: np.empty(_CHUNK_EVENTS, _DTYPES[name]) for name in FIELDS}
        self._waiting_events = 0
        self._events = self._size_bytes = 0
        self._offset_us: int | None = None
        self._index = MillisecondIndex(
            self._file.create_dataset("ms_to_idx", (0,), "<u8", maxshape=(None,), chunks=(1 << 12,))
        )

    def write(self, events: Events) -> None:
        """Append a packet; whole chunks go to the file."""
        at = 0
        while at < len(events):
            room = _CHUNK_EVENTS - self._waiting_events
            upto = min(at + room, len(events))
            into = {name: each[self._waiting_events :][: upto - at] for name, each in self._waiting.items()}
            events._packet.view(at, upto).copy_columns(into["t"], into["x"], into["y"], into["p"].view(np.bool_))
            self._waiting_events += upto - at
            at = upto
            if self._waiting_events == _CHUNK_EVENTS:
                self._append()

    def flush(self) -> None:
        """Hand what is buffered to the operating system."""
        self._append()
        self._file.flush()

    def close(self) -> None:
        """Complete the file; a second call does nothing."""
        if not self._file:
            return
        self._append()
        if not self._index.possible:
            del self._file["ms_to_idx"]
        self._file["t_offset"] = np.int64(self._offset_us or 0)
        self._file.close()
        self._size_bytes = Path(self._path).stat().st_size

    def counters(self) -> WriteCounters:
        """Count what was written so far."""
        count = self._events + self._waiting_events
        return WriteCounters(count, self._size_bytes or count * EVENT_DTYPE.itemsize)

    def _append(self) -> None:
        count = self._waiting_events
        if not count:
            return
        columns = {name: each[:count] for name, each in self._waiting.items()}
        if self._offset_us is None:
            self._offset_us = int(columns["t"][0]) // 1000 * 1000
        columns["t"] -= self._offset_us
        self._index.add(columns["t"], self._events)
        begin, self._events = self._events, self._events + count
        for name, each in self._sets.items():
            each.resize((self._events,))
            if self._direct and count == _CHUNK_EVENTS and begin % _CHUNK_EVENTS == 0:
                each.id.write_direct_chunk((begin,), columns[name])
            else:
                each[begin : self._events] = columns[name]
        self._waiting_events = 0


class MillisecondIndex:
    """DSEC's `ms_to_idx`: for each millisecond the first event, in the order of the file, at or after it.

    Attributes:
        possible: whether the times can be indexed.
    """

    def __init__(self, entries: Any) -> None:
        """Fill an empty data set."""
        self._entries = entries
        self._latest_us = -1
        self.possible = True

    def add(self, times_us: npt.NDArray[np.int64], first_index: int) -> None:
        """Take the next events, whose times count from `t_offset`; they need not ascend."""
        if not self.possible:
            return
        latest = np.maximum(np.maximum.accumulate(times_us), self._latest_us)
        self._latest_us = int(latest[-1])
        begin, end = self._entries.shape[0], self._latest_us // 1000 + 1
        if end - begin > _LONGEST_INDEX_MS:
            self.possible = False
            return
        if end > begin:
            found = np.searchsorted(latest, np.arange(begin, end, dtype=np.int64) * 1000)
            self._entries.resize((end,))
            self._entries[begin:end] = found.astype(np.uint64) + np.uint64(first_index)


def create_hdf5(request: WriteRequest) -> RecordingWriter:
    """Create a file."""
    return Hdf5Writer(request)


def _filters(compression: str) -> dict[str, Any]:
    known = ("none", "lzf", "gzip", "blosc")
    if compression not in known:
        raise InvalidArgumentError(f"compression is {compression!r}; it must be one of {', '.join(known)}")
    if compression == "blosc":
        plugin = optional_module("hdf5plugin", package="hdf5plugin", why="Blosc is a plug-in of HDF5")
        return dict(plugin.Blosc(cname="lz4", clevel=1, shuffle=plugin.Blosc.SHUFFLE))
    return {} if compression == "none" else {"compression": compression}
