"""The formats that the native core reads and writes: rows made from its table."""

from types import MappingProxyType
from typing import Any

from aestream_core import _core
from aestream_core.events import Events
from aestream_core.formats.base import (
    FileFormat,
    FileInfo,
    FileStream,
    FormatOption,
    ReadRequest,
    RecordingWriter,
    WriteCounters,
    WriteRequest,
    make_side,
)


class NativeWriter:
    """A file that the native core writes."""

    def __init__(self, writer: "_core.FileWriter") -> None:
        """Wrap what `create` opened."""
        self._writer = writer

    @property
    def format(self) -> str:
        """Name of the format."""
        return self._writer.format

    def open_native(self) -> "_core.Sink":
        """Give the native sink behind this one, for packets that do not come through Python."""
        return self._writer

    def write(self, events: Events) -> None:
        """Append a packet; the interpreter lock is free meanwhile."""
        self._writer.write(events._packet)

    def flush(self) -> None:
        """Hand what is buffered to the operating system."""
        self._writer.flush()

    def close(self) -> None:
        """Complete the file; a second call does nothing."""
        self._writer.close()

    def counters(self) -> WriteCounters:
        """Count what was written so far."""
        counters = self._writer.counters()
        return WriteCounters(counters.events, counters.bytes, counters.lost_base_us)


def native_request(request: ReadRequest) -> "_core.FileRequest":
    """Translate a request for the native core."""
    native = _core.FileRequest()
    native.format = request.format
    native.values = dict(request.options)
    native.skip_errors = request.skip_errors
    native.threads = request.threads
    native.memory_map = request.memory_map
    native.side = make_side(request)
    if request.width is not None and request.height is not None:
        native.set_sensor(request.width, request.height)
    native.set_range(request.start_us, request.stop_us)
    return native


def open_native(request: ReadRequest) -> FileStream:
    """Open a recording as a stream."""
    native = native_request(request)
    stream, info, counters = _core.open_file(
        request.path, native, request.packet_us, request.packet_events, request.speed
    )
    return FileStream(stream, to_info(info), counters.get, native.side)


def read_native(request: ReadRequest) -> Events:
    """Read a recording into one packet."""
    return Events(_core.read_whole_file(request.path, native_request(request)))


def native_info(request: ReadRequest) -> FileInfo:
    """Read a recording's header."""
    return to_info(_core.file_info(request.path, native_request(request)))


def create_native(request: WriteRequest) -> RecordingWriter:
    """Create a file."""
    return NativeWriter(
        _core.FileWriter(request.path, request.format, request.width, request.height, dict(request.options))
    )


def to_info(native: "_core.FileInfo") -> FileInfo:
    """Give the native header's fields as a value."""
    names: tuple[str, ...] = ("format", "width", "height", "sensor_assumed", "size_bytes", "data_begin")
    values: dict[str, Any] = {name: getattr(native, name) for name in names}
    return FileInfo(**values, details=MappingProxyType(dict(native.details)))


def _row(row: dict[str, Any]) -> FileFormat:
    return FileFormat(
        name=row["name"],
        description=row["description"],
        extensions=row["extensions"],
        open=open_native,
        info=native_info,
        create=create_native if row["writable"] else None,
        read=read_native,
        raw=row["raw"],
        read_options=tuple(FormatOption(*option) for option in row["read_options"]),
        write_options=tuple(FormatOption(*option) for option in row["write_options"]),
    )


NATIVE_FORMATS = tuple(_row(row) for row in _core.file_formats())
