"""The source `stdin`: a recording out of a pipe, CSV lines where nothing else is said."""

import argparse
import sys

from aestream.cli.losses import describe_losses
from aestream.cli.reading import add_read_options, open_as_asked
from aestream.cli.sources.base import OpenedSource, SourceRow, add_stream_options
from aestream.cli.sources.link import opened_link
from aestream_bridge.links.link_stream import LinkStream, Receiver
from aestream_bridge.links.pipe import JsonLineReader, RecordReader
from aestream_core.errors import InvalidArgumentError

_PATH = "/dev/stdin"
_EXAMPLES = """examples:
  zcat events.csv.gz | aestream input stdin --width 640 --height 480 output file events.raw
  aestream input sim | awk -F, '$4 == 1' | aestream input stdin --width 640 --height 480 output image
  ssh robot cat recording.raw | aestream input stdin --format evt3 output file here.raw
  ssh robot aestream input camera output stdout --format raw | aestream input stdin --format raw output tensor
  jq -c 'select(.p == 1)' events.jsonl | aestream input stdin --format jsonl --width 640 --height 480

Lines t,x,y,p do not say the sensor's size: it is judged by the first of them, unless --width and --height tell it.
--format jsonl reads lines {"t":5,"x":1,"y":2,"p":1} and needs both; --format raw reads what another
'output stdout --format raw' writes.
"""


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_stream_options(parser)
    add_read_options(parser, beside=PIPE_FORMATS)


def _open(args: argparse.Namespace) -> OpenedSource:
    if args.format in PIPE_FORMATS:
        return _open_link(args)
    args.format = args.format or "csv"
    stream = open_as_asked(args, _PATH, packet_us=args.packet_us, packet_events=args.packet_events, speed=args.speed)
    return OpenedSource(
        stream, "stdin", fraction=lambda _: None, losses=lambda: describe_losses(stream.counters()), path=_PATH
    )


PIPE_FORMATS = ("jsonl", "raw")
"""What comes out of other programs and is no format of recordings."""


def _open_link(args: argparse.Namespace) -> OpenedSource:
    for name in ("speed", "packet_us", "packet_events", "start", "stop"):
        if getattr(args, name) is not None:
            raise InvalidArgumentError(
                f"--{name.replace('_', '-')} is not for --format {args.format}, which goes on as it comes"
            )
    return opened_link(LinkStream(_reader(args), description="stdin"))


def _reader(args: argparse.Namespace) -> Receiver:
    if args.format == "raw":
        return RecordReader(sys.stdin.buffer)
    if args.width is None or args.height is None:
        raise InvalidArgumentError("--format jsonl needs --width and --height: its lines do not say the sensor's size")
    return JsonLineReader(sys.stdin.buffer, width=args.width, height=args.height)


ROW = SourceRow("a recording out of a pipe, CSV lines t,x,y,p unless --format names it", _EXAMPLES, _add_options, _open)
