"""The sink `null`: events are counted and let go, to measure a source."""

import argparse

from aestream.cli.sinks.base import SinkRow
from aestream_core import _core
from aestream_core.events import Events

_EXAMPLES = """examples:
  aestream input file recording.raw output null
"""


class NullSink:
    """Takes packets and keeps nothing; the summary of the pipeline says how many there were."""

    name = "null"
    prints = False

    def open_native(self) -> "_core.Sink":
        """Take packets natively."""
        return _core.NullSink()

    def write(self, events: Events) -> None:
        """Let a packet go."""

    def close(self) -> str:
        """Have nothing to say."""
        return ""


def _add_options(parser: argparse.ArgumentParser) -> None:
    """Take no options."""


def _make(args: argparse.Namespace, width: int, height: int) -> NullSink:
    return NullSink()


ROW = SinkRow("nothing: counts events, to measure a source", _EXAMPLES, _add_options, _make)
