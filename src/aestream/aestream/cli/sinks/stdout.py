"""The sink `stdout`: CSV lines."""

import argparse
import sys
from typing import BinaryIO

from aestream.cli.sinks.base import SinkRow
from aestream_core.csv import format_csv
from aestream_core.events import Events

_EXAMPLES = """examples:
  aestream input file recording.raw output stdout | head
"""


class StdoutSink:
    """Writes lines `t,x,y,p`; nothing else goes to the same stream."""

    name = "stdout"
    prints = True

    def __init__(self, out: BinaryIO) -> None:
        """Write to a binary stream."""
        self._out = out

    def write(self, events: Events) -> None:
        """Write one packet."""
        self._out.writelines(format_csv(events))

    def close(self) -> str:
        """Write what is still buffered."""
        self._out.flush()
        return ""


def _add_options(parser: argparse.ArgumentParser) -> None:
    """Take no options."""


def _make(args: argparse.Namespace, width: int, height: int) -> StdoutSink:
    return StdoutSink(sys.stdout.buffer)


ROW = SinkRow(
    "CSV lines t,x,y,p: us of sensor time, column, row, 1 brighter or 0 darker", _EXAMPLES, _add_options, _make
)
