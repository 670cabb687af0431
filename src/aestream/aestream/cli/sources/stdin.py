"""The source `stdin`: CSV lines, as `output stdout` writes them."""

import argparse
import sys

from aestream.cli.losses import describe_losses
from aestream.cli.parser import positive_count
from aestream.cli.sources.base import OpenedSource, SourceRow, add_stream_options
from aestream.cli.sources.csv_lines import CsvLines
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import check_sensor
from aestream_core.formats.base import ReadRequest, stream_of
from aestream_core.streams import check_slicing

_EXAMPLES = """examples:
  zcat events.csv.gz | aestream input stdin --width 640 --height 480 output file events.raw
  aestream input sim | awk -F, '$4 == 1' | aestream input stdin --width 640 --height 480 output image
"""


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--width", type=positive_count, metavar="PIXELS", help="sensor width; needed")
    parser.add_argument("--height", type=positive_count, metavar="PIXELS", help="sensor height; needed")
    add_stream_options(parser)


def _open(args: argparse.Namespace) -> OpenedSource:
    if args.width is None or args.height is None:
        raise InvalidArgumentError("CSV lines do not say the sensor's size; give --width and --height")
    check_sensor(args.width, args.height)
    check_slicing(packet_us=args.packet_us, packet_events=args.packet_events, speed=args.speed)
    lines = CsvLines(sys.stdin.buffer, width=args.width, height=args.height)
    request = ReadRequest("-", packet_us=args.packet_us, packet_events=args.packet_events, speed=args.speed)
    return OpenedSource(
        stream_of(lines, request), "stdin", fraction=lambda _: None, losses=lambda: describe_losses(lines.counters())
    )


ROW = SourceRow("CSV lines t,x,y,p on standard input, as 'output stdout' writes them", _EXAMPLES, _add_options, _open)
