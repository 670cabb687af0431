"""The source `file`: a recording."""

import argparse
from pathlib import Path

from aestream.cli.losses import describe_losses
from aestream.cli.parser import positive_count
from aestream.cli.sources.base import OpenedSource, SourceRow, add_stream_options
from aestream_core.files import open_file


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="the recording; 'aestream info PATH' says what is in it")
    parser.add_argument("--width", type=positive_count, metavar="PIXELS", help="sensor width, in place of the header's")
    parser.add_argument(
        "--height", type=positive_count, metavar="PIXELS", help="sensor height, in place of the header's"
    )
    add_stream_options(parser)


def _open(args: argparse.Namespace) -> OpenedSource:
    stream = open_file(
        args.path,
        packet_us=args.packet_us,
        packet_events=args.packet_events,
        speed=args.speed,
        width=args.width,
        height=args.height,
    )
    data_bytes = max(1, stream.info.size_bytes - stream.info.data_begin)
    return OpenedSource(
        stream,
        Path(args.path).name,
        fraction=lambda _: stream.counters()["bytes"] / data_bytes,
        losses=lambda: describe_losses(stream.counters()),
    )


ROW = SourceRow("a recording", _add_options, _open)
