"""Recordings: open one as a stream, read one whole, say what one is, write one.

The formats are in `FILE_FORMATS`, one row each.
"""

import os
from typing import Any

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_core.events import Events, check_sensor
from aestream_core.formats.base import (
    EXTRAS,
    MAX_US,
    FileFormat,
    FileInfo,
    FileStream,
    FormatOption,
    ReadRequest,
    RecordingWriter,
    WriteCounters,
    WriteRequest,
)
from aestream_core.formats.table import FILE_FORMATS, format_to_read, format_to_write
from aestream_core.streams import check_slicing

__all__ = [
    "EXTRAS",
    "FILE_FORMATS",
    "FileFormat",
    "FileInfo",
    "FileStream",
    "FormatOption",
    "RecordingWriter",
    "WriteCounters",
    "create_file",
    "file_info",
    "open_file",
    "read_file",
]

FilePath = str | os.PathLike[str]


def file_info(path: FilePath, *, format: str = "", **options: Any) -> FileInfo:
    """Read a recording's header.

    Args:
        path: the file; its ending or its content names the format.
        format: name of the format, where neither does.
        options: options of the format; `FILE_FORMATS[name].read_options` lists them.

    Raises:
        InvalidArgumentError: the file cannot be read, or its format or an option is unknown.
        FormatError: the file is empty, or holds something else than its name says.
        DamagedRecordingError: the file ends inside its header, or the header is broken.
    """
    request = ReadRequest(os.fspath(path), format, options=_texts(options))
    return format_to_read(request.path, format).info(request)


def open_file(
    path: FilePath,
    *,
    format: str = "",
    packet_us: int | None = None,
    packet_events: int | None = None,
    start_us: int = 0,
    stop_us: int | None = None,
    speed: float | None = None,
    width: int | None = None,
    height: int | None = None,
    skip_errors: bool = False,
    threads: int = 1,
    memory_map: bool = True,
    extras: tuple[str, ...] = (),
    **options: Any,
) -> FileStream:
    """Open a recording as a stream of packets. Memory in use does not grow with the recording.

    Args:
        path: the file; its ending or its content names the format.
        format: name of the format, where neither does.
        packet_us: cut packets at multiples of this sensor time; None for packets as they are read.
        packet_events: cut packets after this many events; with `packet_us`, whichever comes first.
        start_us: sensor time in µs from which events are wanted. What lies before is skipped without
            decoding it where the format or an index allows.
        stop_us: sensor time in µs before which events are wanted; None for all.
        speed: hold packets back until they are due, 1 for real time; None for as fast as possible.
        width: sensor width in pixels instead of the header's; with `height`.
        height: sensor height in pixels instead of the header's; with `width`.
        skip_errors: leave out what is damaged and go on behind it where that is possible, rather than raise.
        threads: cores to decode on, for formats of independent blocks.
        memory_map: map the file into memory rather than copy out of it. Faster, but for files that somebody may cut
            short meanwhile: that would end the process.
        extras: what to collect beside events: some of `EXTRAS`; `FileStream.side` has it.
        options: options of the format; `FILE_FORMATS[name].read_options` lists them.

    Raises:
        InvalidArgumentError: the file cannot be read, its format is unknown, or an argument is not allowed.
        FormatError: the file is empty, or holds something else than its name says.
        DamagedRecordingError: the header is cut or broken. Damage further on is raised by the stream, after every
            event before it.
    """
    check_slicing(packet_us=packet_us, packet_events=packet_events, speed=speed)
    request = ReadRequest(
        os.fspath(path),
        format,
        packet_us,
        packet_events,
        start_us,
        MAX_US if stop_us is None else stop_us,
        speed,
        width,
        height,
        skip_errors,
        threads,
        memory_map,
        extras,
        _texts(options),
    )
    _check_request(request)
    stream = format_to_read(request.path, format).open(request)
    stream.path = request.path
    return stream


def read_file(
    path: FilePath,
    *,
    format: str = "",
    start_us: int = 0,
    stop_us: int | None = None,
    width: int | None = None,
    height: int | None = None,
    skip_errors: bool = False,
    threads: int = 1,
    **options: Any,
) -> Events:
    """Read a recording, or the part of it with start_us <= time < stop_us, into one packet.

    Args:
        path: the file; its ending or its content names the format.
        format: name of the format, where neither does.
        start_us: sensor time in µs from which events are wanted.
        stop_us: sensor time in µs before which events are wanted; None for all.
        width: sensor width in pixels instead of the header's; with `height`.
        height: sensor height in pixels instead of the header's; with `width`.
        skip_errors: leave out what is damaged and go on behind it where that is possible, rather than raise.
        threads: cores to decode on, for formats of independent blocks.
        options: options of the format; `FILE_FORMATS[name].read_options` lists them.

    Raises:
        InvalidArgumentError: the file cannot be read, its format is unknown, an argument is not allowed, or the
            events span more than 2^32 µs (71.6 minutes).
        FormatError: the file is empty, or holds something else than its name says.
        DamagedRecordingError: the recording is cut or broken; `open_file` gives the events before the fault.
    """
    request = ReadRequest(
        os.fspath(path),
        format,
        None,
        None if start_us == 0 and stop_us is None else 1 << 62,
        start_us,
        MAX_US if stop_us is None else stop_us,
        width=width,
        height=height,
        skip_errors=skip_errors,
        threads=threads,
        options=_texts(options),
    )
    _check_request(request)
    row = format_to_read(request.path, format)
    return row.read(request) if row.read is not None else join(row.open(request), path=request.path)


def create_file(path: FilePath, *, width: int, height: int, format: str = "", **options: Any) -> RecordingWriter:
    """Create a recording, or replace what is there. Close it to complete it.

    Args:
        path: the file; its ending names the format.
        width: sensor width in pixels.
        height: sensor height in pixels.
        format: name of the format, where the ending does not say it or stands for several.
        options: options of the format; `FILE_FORMATS[name].write_options` lists them.

    Raises:
        InvalidArgumentError: the file cannot be written, its format is unknown or only read, or an argument is not
            allowed.
    """
    check_sensor(width, height)
    row = format_to_write(os.fspath(path), format)
    assert row.create is not None
    return row.create(WriteRequest(os.fspath(path), width, height, row.name, _texts(options)))


def join(stream: FileStream, *, path: str) -> Events:
    """Join what is left of a stream into one packet. Copies where there are several.

    Raises:
        InvalidArgumentError: the events span more than 2^32 µs.
    """
    with stream:
        packets = list(stream)
    return Events.join(packets, width=stream.width, height=stream.height)


def _texts(options: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in options.items() if value is not None}


def _check_request(request: ReadRequest) -> None:
    _check_size(request.width, request.height)
    if not 0 <= request.start_us <= request.stop_us:
        raise InvalidArgumentError(
            f"start_us is {request.start_us} and stop_us is {request.stop_us}; "
            "0 <= start_us <= stop_us is what is possible"
        )
    if request.threads < 1:
        raise InvalidArgumentError(f"threads is {request.threads}; it must be 1 or more")
    for name in request.extras:
        if name not in EXTRAS:
            raise UnknownNameError("extra", name, EXTRAS)


def _check_size(width: int | None, height: int | None) -> None:
    if width is None and height is None:
        return
    if width is None or height is None:
        raise InvalidArgumentError(f"width is {width} and height is {height}; give both or none")
    check_sensor(width, height)
