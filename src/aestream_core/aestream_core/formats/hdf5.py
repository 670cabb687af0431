"""HDF5 recordings, read in blocks through h5py."""

from collections.abc import Iterator
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from aestream_core import _core
from aestream_core.errors import DamagedRecordingError, FormatError, MissingDependencyError
from aestream_core.events import Events
from aestream_core.formats.base import (
    FileInfo,
    FileStream,
    FormatOption,
    ReadRequest,
    check_options,
    make_side,
    stream_of,
)
from aestream_core.formats.columns import ColumnCounters, Columns, ColumnTimes, packets, time_unit
from aestream_core.formats.hdf5_layout import find_events, written_sensor
from aestream_core.formats.npy import open_binary
from aestream_core.formats.optional import optional_module
from aestream_core.formats.sampling import given_sensor, guess_sensor

GROUP = FormatOption("group", "where in the file the events lie", "path of a group or data set", "looked for")
TIME_UNIT = FormatOption("time_unit", "unit of the file's times", "s, ms, us or ns", "s where floating point, else us")
READ_OPTIONS = (GROUP, TIME_UNIT)

MAGIC = b"\x89HDF\r\n\x1a\n"
_BLOCK_EVENTS = 1 << 18
_LARGEST_CHUNK_BYTES = 1 << 28
_CHUNK_CACHE_BYTES = 1 << 24
_ECF = 36559  # Prophesee's codec, as registered with the HDF Group


class Hdf5Reader:
    """Reads one file."""

    def __init__(self, request: ReadRequest, side: "_core.SideRecords | None" = None) -> None:
        """Open the file, and look for the sensor's size where nobody named it."""
        check_options("hdf5", READ_OPTIONS, request.options, doing="reading")
        self._request = request
        self._where = f"'{request.path}'"
        self._h5py = import_h5py()
        self._size_bytes = self._checked_size()
        self._file = self._open()
        self._events = find_events(self._file, request.options.get("group", ""), where=self._where)
        self._check_chunks()
        self._times = self._column_times()
        self._counters = ColumnCounters()
        self._triggers = self._collect_triggers(side)
        known = given_sensor(request) or written_sensor(self._file, self._events)
        self._sensor = known or guess_sensor(self._events.count, self._read_or_damaged)
        details = MappingProxyType({"group": self._events.group, "events": str(self._events.count)})
        self.info = FileInfo("hdf5", *self._sensor, known is None, self._size_bytes, 0, details)

    def packets(self, start_us: int) -> Iterator[Events]:
        """Give a packet for each block, from the millisecond of start_us on where the file has an index."""
        begin = self._first_index(start_us)
        block = self._block_events()
        while begin < self._events.count:
            end = min(begin + block - begin % block, self._events.count)
            read, columns = self._read_what_can_be(begin, end)
            yield from packets(
                columns, self._times, self._sensor, self._counters, skip_errors=self._request.skip_errors
            )
            self._counters.bytes += sum(column.nbytes for column in columns.values())
            begin = read if read == end else self._behind_fault(read)

    def counters(self) -> dict[str, int]:
        """Count what was read so far."""
        return {**self._counters.as_dict(), "triggers": self._triggers}

    def _checked_size(self) -> int:
        file, size_bytes = open_binary(self._request.path)
        with file:
            if file.read(len(MAGIC)) != MAGIC:
                raise FormatError(f"{self._where} is named like HDF5 but does not begin like it")
        return size_bytes

    def _open(self) -> Any:
        try:
            return self._h5py.File(self._request.path, "r", rdcc_nbytes=_CHUNK_CACHE_BYTES)
        except OSError as error:
            raise self._damaged(self._size_bytes, str(error)) from None

    def _damaged(self, at_byte: int, reason: str) -> DamagedRecordingError:
        return DamagedRecordingError(f"{self._where} is damaged at byte {at_byte}: {reason}", at_byte)

    def _check_chunks(self) -> None:
        for each in self._events.sets:
            _need_filters(self._h5py, each, where=self._where)
            chunk_bytes = each.dtype.itemsize * (each.chunks[0] if each.chunks else 0)
            if chunk_bytes > _LARGEST_CHUNK_BYTES:
                raise FormatError(
                    f"{self._where} has chunks of {chunk_bytes} bytes in {each.name!r}; "
                    f"{_LARGEST_CHUNK_BYTES} is the most"
                )

    def _column_times(self) -> ColumnTimes:
        fallback = "s" if self._events.time_kind == "f" else "us"
        return ColumnTimes(time_unit(self._request.options.get("time_unit", fallback)), self._events.t_offset)

    def _collect_triggers(self, side: "_core.SideRecords | None") -> int:
        """Read Prophesee's triggers: there are few."""
        triggers = self._file.get("EXT_TRIGGER/events")
        if side is None or "triggers" not in self._request.extras or triggers is None:
            return 0
        if not {"t", "id", "p"} <= set(triggers.dtype.names or ()):
            return 0
        _need_filters(self._h5py, triggers, where=self._where)
        for record in triggers[:]:
            _core.add_trigger(side, int(record["t"]), int(record["id"]), int(record["p"]))
        return int(triggers.shape[0])

    def _block_events(self) -> int:
        """Choose whole chunks, so that none is decompressed twice."""
        chunk = max((each.chunks[0] for each in self._events.sets if each.chunks), default=1)
        return int(chunk * max(1, _BLOCK_EVENTS // chunk))

    def _first_index(self, start_us: int) -> int:
        index = self._events.ms_to_idx
        millisecond = (start_us - self._events.t_offset) // 1000
        if index is None or self._times.unit != (1, 1) or millisecond <= 0 or not index.shape[0]:
            return 0
        return max(0, min(int(index[min(millisecond, index.shape[0] - 1)]), self._events.count))

    def _read_what_can_be(self, begin: int, end: int) -> tuple[int, Columns]:
        """Read events [begin, end), or those before the first that cannot be read; give the end of them too."""
        try:
            return end, self._events.read(begin, end)
        except (OSError, RuntimeError):
            pass
        readable, columns = begin, self._events.read(begin, begin)
        while end - readable > 1:
            middle = (readable + end) // 2
            try:
                columns = self._events.read(begin, middle)
                readable = middle
            except (OSError, RuntimeError):
                end = middle
        return readable, columns

    def _behind_fault(self, index: int) -> int:
        """Find the event behind the chunk that cannot be read."""
        chunk, at_byte = 0, self._size_bytes
        for each in self._events.sets:
            chunk = max(chunk, each.chunks[0] if each.chunks else self._events.count)
            try:
                each[index : index + 1]
            except (OSError, RuntimeError):
                at_byte = _chunk_at(each, index, self._size_bytes)
        if not self._request.skip_errors:
            raise self._damaged(at_byte, f"event {index} of {self._events.count} cannot be read")
        self._counters.damaged += 1
        return (index // chunk + 1) * chunk

    def _read_or_damaged(self, begin: int, end: int) -> Columns:
        return self._read_what_can_be(begin, end)[1]


def open_hdf5(request: ReadRequest) -> FileStream:
    """Open a file as a stream."""
    side = make_side(request)
    return stream_of(Hdf5Reader(request, side), request, side=side)


def hdf5_info(request: ReadRequest) -> FileInfo:
    """Say what a file holds."""
    return Hdf5Reader(request).info


def import_h5py() -> Any:
    """Import h5py, with the filters of hdf5plugin where it is there.

    Raises:
        MissingDependencyError: h5py is not installed.
    """
    module = optional_module("h5py", package="h5py", why="HDF5 files are read and written with h5py")
    with suppress(MissingDependencyError):
        optional_module("hdf5plugin", package="hdf5plugin", why="")
    return module


def _need_filters(h5py: Any, each: Any, *, where: str) -> None:
    """Refuse data whose compression cannot be undone here.

    Raises:
        MissingDependencyError: names what is missing.
    """
    properties = each.id.get_create_plist()
    for index in range(properties.get_nfilters()):
        number, _, _, name = properties.get_filter(index)
        if h5py.h5z.filter_avail(number):
            continue
        if number == _ECF:
            raise MissingDependencyError(
                f"{where} is compressed with Prophesee's ECF codec: build its plug-in "
                "(github.com/prophesee-ai/hdf5_ecf) and set HDF5_PLUGIN_PATH to its folder"
            )
        called = name.decode("utf-8", "replace") or "without a name"
        raise MissingDependencyError(
            f"{where} is compressed with HDF5 filter {number} ({called}): pip install hdf5plugin"
        )


def _chunk_at(each: Any, index: int, fallback: int) -> int:
    """Say at which byte of the file the chunk of an event begins."""
    if not each.chunks:
        return fallback
    try:
        return int(each.id.get_chunk_info_by_coord((index // each.chunks[0] * each.chunks[0],)).byte_offset or fallback)
    except (OSError, RuntimeError, ValueError):
        return fallback
