"""The sink `stdout`: CSV lines, JSON lines, or packets of records."""

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import BinaryIO

from aestream.cli.sinks.base import Sink, SinkRow
from aestream_bridge.links.json_lines import format_json_lines
from aestream_bridge.links.pipe import RecordWriter
from aestream_core.csv import format_csv
from aestream_core.events import Events

FORMATS = ("csv", "jsonl", "raw")
_LINES: dict[str, Callable[[Events], Iterator[bytes]]] = {"csv": format_csv, "jsonl": format_json_lines}
_EXAMPLES = """examples:
  aestream input file recording.raw output stdout | head
  aestream input file recording.raw output stdout --format jsonl | jq -c 'select(.p == 1)'
  aestream input camera output stdout --format raw | ssh host aestream input stdin --format raw output image

csv: lines t,x,y,p. jsonl: lines {"t":5,"x":1,"y":2,"p":1}. raw: packets of 8-byte records, each with a header that says
the sensor's size, what came before it and where the stream ends: docs/links.md.
"""


class StdoutSink:
    """Writes lines; nothing else goes to the same stream."""

    name = "stdout"
    prints = True

    def __init__(self, out: BinaryIO, lines: Callable[[Events], Iterator[bytes]] = format_csv) -> None:
        """Write to a binary stream what `lines` makes of events."""
        self._out = out
        self._lines = lines

    def write(self, events: Events) -> None:
        """Write one packet."""
        self._out.writelines(self._lines(events))

    def close(self) -> str:
        """Write what is still buffered."""
        self._out.flush()
        return ""


class RawStdoutSink:
    """Writes packets of records; each is written through, for whoever reads waits for it."""

    name = "stdout"
    prints = True

    def __init__(self, out: BinaryIO, *, width: int, height: int) -> None:
        """Write to a binary stream."""
        self._out = out
        self._writer = RecordWriter(out, width=width, height=height)

    def write(self, events: Events) -> None:
        """Write one packet."""
        self._writer.write(events)
        self._out.flush()

    def close(self) -> str:
        """End the stream."""
        self._writer.close()
        return ""


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, default="csv", help="what to write (default: %(default)s)")


def _make(args: argparse.Namespace, width: int, height: int) -> Sink:
    chosen = getattr(args, "format", "csv")  # absent where stdout was not written out but is the default
    if chosen == "raw":
        return RawStdoutSink(sys.stdout.buffer, width=width, height=height)
    return StdoutSink(sys.stdout.buffer, _LINES[chosen])


ROW = SinkRow("CSV lines t,x,y,p, lines of JSON, or packets of records", _EXAMPLES, _add_options, _make)
