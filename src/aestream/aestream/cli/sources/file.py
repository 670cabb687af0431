"""The source `file`: a recording."""

import argparse
from pathlib import Path

from aestream.cli.losses import describe_losses
from aestream.cli.reading import add_read_options, open_as_asked
from aestream.cli.sources.base import OpenedSource, SourceRow, add_stream_options
from aestream.progress import fraction_read

_EXAMPLES = """examples:
  aestream input file recording.raw                                        CSV lines t,x,y,p on stdout
  aestream input file recording.raw --start +1 --stop +2.5 output file part.aedat4
  aestream input file damaged.aedat4 --skip-errors output file whole.aedat4
  aestream input file recording.raw --speed 1 output tensor                as fast as it was recorded

'aestream formats' lists the formats and their options.
"""


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="the recording; 'aestream info PATH' says what is in it")
    add_stream_options(parser)
    add_read_options(parser)


def _open(args: argparse.Namespace) -> OpenedSource:
    stream = open_as_asked(
        args, args.path, packet_us=args.packet_us, packet_events=args.packet_events, speed=args.speed
    )
    return OpenedSource(
        stream,
        Path(args.path).name,
        fraction=lambda _: fraction_read(stream),
        losses=lambda: describe_losses(stream.counters()),
        path=args.path,
    )


ROW = SourceRow("a recording", _EXAMPLES, _add_options, _open)
