"""Recordings for Python programs: read whole, as a stream of packets, or only looked at."""

from os import PathLike
from pathlib import Path
from typing import Any

from aestream.progress import watched
from aestream_core.events import Events
from aestream_core.files import FileInfo, FileStream, file_info, open_file, read_file


def read(path: str | PathLike[str], *, progress: bool = False, **options: Any) -> Events:
    """Read a whole recording, or a part of it, as one packet.

    Args:
        path: the recording.
        progress: draw a bar on stderr where that is a terminal.
        options: as of `aestream_core.files.read_file`: format, start_us, stop_us, width, height, skip_errors, threads,
            and the format's own.

    Raises:
        AestreamError: the recording cannot be read, is damaged, or spans more than 2^32 µs (71.6 minutes); the message
            says why.
    """
    if not progress:
        return read_file(path, **options)
    with open_file(path, **options) as stream:
        packets = list(watched(stream, Path(path).name, source=stream))
        return Events.join(packets, width=stream.width, height=stream.height)


def stream(path: str | PathLike[str], **options: Any) -> FileStream:
    """Open a recording as a stream of packets, in constant memory. For tensors use `FileInput`.

    Args:
        path: the recording.
        options: as of `aestream_core.files.open_file`: packet_us, packet_events, start_us, stop_us, speed, format,
            width, height, skip_errors, threads, extras, and the format's own.

    Raises:
        AestreamError: the recording cannot be opened, or an argument is not possible; the message says why.
    """
    return open_file(path, **options)


def info(path: str | PathLike[str], *, format: str = "", **options: Any) -> FileInfo:
    """Say what a recording is, from its header. See `aestream_core.files.file_info`."""
    return file_info(path, format=format, **options)
