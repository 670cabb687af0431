"""The sink `file`: a recording."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from aestream.cli.format_options import add_format_options, given_format_options
from aestream.cli.sinks.base import SinkRow
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.files import FILE_FORMATS, RecordingWriter, create_file
from aestream_core.formats.base import check_options
from aestream_core.formats.table import format_to_write

if TYPE_CHECKING:
    from aestream_core import _core

_EXAMPLES = """examples:
  aestream input file in.raw output file out.aedat4
  aestream input file in.aedat4 output file out.csv output file out.raw
  aestream input sim --duration 2 filter polarity on output file sim.raw

'aestream formats' lists the formats and their options.
"""


class FileSink:
    """Writes packets into one file, which is begun with the first of them: what fails before leaves no file behind."""

    name = "file"
    prints = False

    def __init__(self, path: str, *, format: str, width: int, height: int, options: Mapping[str, str]) -> None:
        """Check what can be checked before anything is written.

        Raises:
            InvalidArgumentError: the format is unknown or only read, has no such option, or there is no such folder.
        """
        row = format_to_write(path, format)
        check_options(row.name, row.write_options, options, doing="writes")
        if not Path(path).parent.is_dir():
            raise InvalidArgumentError(f"cannot write {path!r}: there is no folder {str(Path(path).parent)!r}")
        self._path = path
        self._format = row.name
        self._size = (width, height)
        self._options = options
        self._writer: RecordingWriter | None = None
        self._refused = False

    def open_native(self) -> "_core.Sink | None":
        """Begin the file; formats that are written in Python have no native sink."""
        open_native = getattr(self._opened(), "open_native", None)
        return None if open_native is None else open_native()

    def write(self, events: Events) -> None:
        """Append a packet."""
        self._opened().write(events)

    def close(self) -> str:
        """Complete the file; say what is in it."""
        if self._refused:
            return ""
        writer = self._opened()
        writer.close()
        counters = writer.counters()
        line = f"file: {self._path}, {counters.events:,} events, {counters.bytes:,} bytes"
        lost = counters.lost_base_us
        return f"{line}; times count from {lost:,} us, which {self._format} cannot store" if lost else line

    def _opened(self) -> RecordingWriter:
        if self._writer is None:
            width, height = self._size
            self._refused = True
            self._writer = create_file(self._path, width=width, height=height, format=self._format, **self._options)
            self._refused = False
        return self._writer


def writable_formats() -> tuple[str, ...]:
    """List the names of the formats that are written."""
    return tuple(name for name, row in FILE_FORMATS.items() if row.create is not None)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="file to write; its ending names the format")
    parser.add_argument(
        "--format",
        choices=writable_formats(),
        metavar="NAME",
        help="the format, where the ending does not say it or stands for several",
    )
    add_format_options(parser, "write_options", title="options of writing that only some formats have")


def _make(args: argparse.Namespace, width: int, height: int) -> FileSink:
    options = given_format_options(args)
    return FileSink(args.path, format=args.format or "", width=width, height=height, options=options)


ROW = SinkRow("a recording, in any format that is written", _EXAMPLES, _add_options, _make)
