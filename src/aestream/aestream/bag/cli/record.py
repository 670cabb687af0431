"""`aestream bag record`."""

import argparse
import sys

from aestream.bag.config import STORAGES, RecorderConfig
from aestream_core.errors import InvalidArgumentError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be asked for."""
    defaults = RecorderConfig()
    parser.add_argument(
        "topics",
        nargs="*",
        metavar="TOPIC",
        help="NAME, recorded once it is found, or NAME:TYPE, from its first message on",
    )
    parser.add_argument("-a", "--all", action="store_true", help="record every topic, those included that appear later")
    parser.add_argument(
        "-o", "--output", default="", metavar="BAG", help="folder, or one file .mcap or .db3 (default: bag_DATE_TIME)"
    )
    parser.add_argument("--storage", choices=STORAGES, default=defaults.storage, help="default: %(default)s")
    parser.add_argument(
        "--compression", choices=("none", "zstd"), default=defaults.compression, help="default: %(default)s"
    )
    parser.add_argument("--max-size", type=float, default=0.0, metavar="MB", help="begin the next file at this size")
    parser.add_argument(
        "--max-duration", type=float, default=0.0, metavar="S", help="begin the next file after this time"
    )
    parser.add_argument(
        "--max-cache",
        type=float,
        default=defaults.max_cache_mb,
        metavar="MB",
        help="messages that may wait for the disk before some are dropped and counted (default: %(default)g)",
    )
    parser.add_argument("--duration", type=float, metavar="S", help="seconds to record (default: until Ctrl-C)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Record as the command line says.

    Raises:
        AestreamError: the bag cannot be written, or the disk is full.
    """
    from aestream.bag.ros.session import record

    if bool(args.topics) == args.all:
        raise InvalidArgumentError("name the topics to record, or give --all, not both")
    if args.duration is not None and not args.duration > 0:
        raise InvalidArgumentError(f"--duration is {args.duration:g}; it must be over 0 s")
    config = RecorderConfig(
        topics=" ".join(args.topics),
        all=args.all,
        output=args.output,
        storage=args.storage,
        compression=args.compression,
        max_size_mb=args.max_size,
        max_duration_s=args.max_duration,
        max_cache_mb=args.max_cache,
    )
    sys.stdout.write(f"{record(config, duration_s=args.duration)}\n")
    return 0
