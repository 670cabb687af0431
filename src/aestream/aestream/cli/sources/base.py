"""What a source of the command is."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from aestream.cli.parser import microseconds, number, positive_count
from aestream_core.engine import Progress
from aestream_core.streams import PacketStream


@dataclass(frozen=True)
class OpenedSource:
    """A source that is ready to be read.

    Attributes:
        stream: the packets.
        description: one line for people.
        fraction: how much of the source is behind what was read so far, 0 to 1; None where that is not known.
        losses: says in one line what the source could not deliver so far, or nothing.
        path: the file that is read; nothing where there is none.
    """

    stream: PacketStream
    description: str
    fraction: Callable[[Progress], float | None]
    losses: Callable[[], str] = str
    path: str = ""


@dataclass(frozen=True)
class SourceRow:
    """One row of the table of sources.

    Attributes:
        help: what the source is, in one line.
        examples: command lines for people.
        add_options: gives a parser the source's options.
        open: opens the source as the parsed options say; raises AestreamError where it cannot.
    """

    help: str
    examples: str
    add_options: Callable[[argparse.ArgumentParser], None]
    open: Callable[[argparse.Namespace], OpenedSource]


def add_stream_options(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options that every source has."""
    parser.add_argument(
        "--speed", type=number, metavar="X", help="playback speed, 1 is real time (default: as fast as possible)"
    )
    parser.add_argument("--packet-us", type=microseconds, metavar="US", help="sensor time of one packet at most")
    parser.add_argument("--packet-events", type=positive_count, metavar="N", help="events in one packet at most")
