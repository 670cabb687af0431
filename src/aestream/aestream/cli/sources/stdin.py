"""The source `stdin`: a recording out of a pipe, CSV lines where nothing else is said."""

import argparse

from aestream.cli.losses import describe_losses
from aestream.cli.reading import add_read_options, open_as_asked
from aestream.cli.sources.base import OpenedSource, SourceRow, add_stream_options

_PATH = "/dev/stdin"
_EXAMPLES = """examples:
  zcat events.csv.gz | aestream input stdin --width 640 --height 480 output file events.raw
  aestream input sim | awk -F, '$4 == 1' | aestream input stdin --width 640 --height 480 output image
  ssh robot cat recording.raw | aestream input stdin --format evt3 output file here.raw

Lines t,x,y,p do not say the sensor's size: it is judged by the first of them, unless --width and --height tell it.
"""


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_stream_options(parser)
    add_read_options(parser)


def _open(args: argparse.Namespace) -> OpenedSource:
    args.format = args.format or "csv"
    stream = open_as_asked(args, _PATH, packet_us=args.packet_us, packet_events=args.packet_events, speed=args.speed)
    return OpenedSource(
        stream, "stdin", fraction=lambda _: None, losses=lambda: describe_losses(stream.counters()), path=_PATH
    )


ROW = SourceRow("a recording out of a pipe, CSV lines t,x,y,p unless --format names it", _EXAMPLES, _add_options, _open)
