"""`aestream bag play`."""

import argparse
import sys

from aestream.bag.config import PlayerConfig
from aestream_core.errors import InvalidArgumentError

CLOCK_HZ = 40.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be asked for."""
    parser.add_argument("bag", metavar="BAG", help="folder, or one file .mcap or .db3; damaged and unfinished ones too")
    parser.add_argument(
        "-r", "--rate", type=float, default=1.0, metavar="R", help="speed; 0 is as fast as possible (default: 1)"
    )
    parser.add_argument("-l", "--loop", action="store_true", help="begin again at the end")
    parser.add_argument("--start", type=float, default=0.0, metavar="S", help="seconds into the recording to begin at")
    parser.add_argument("--duration", type=float, default=0.0, metavar="S", help="seconds of the recording to play")
    parser.add_argument(
        "--clock",
        type=float,
        nargs="?",
        const=CLOCK_HZ,
        default=0.0,
        metavar="HZ",
        help=f"publish recorded time on /clock (default rate: {CLOCK_HZ:g})",
    )
    parser.add_argument("--remap", nargs="+", default=[], metavar="A:=B", help="publish topic A as B")
    parser.add_argument("--topics", nargs="+", default=[], metavar="TOPIC", help="topics to play (default: all)")
    parser.add_argument("--paused", action="store_true", help="wait for the space key, or ~/set_paused, at the start")
    parser.add_argument(
        "--wait", type=float, default=1.0, metavar="S", help="longest wait for subscribers at the start (default: 1)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Play as the command line says.

    Raises:
        AestreamError: there is no bag, or nothing in it can be played.
    """
    from aestream.bag.ros.session import play

    for rule in args.remap:
        if ":=" not in rule:
            raise InvalidArgumentError(f"--remap has {rule!r}; it must be A:=B")
    config = PlayerConfig(
        path=args.bag,
        topics=" ".join(args.topics),
        rate=args.rate,
        loop=args.loop,
        start_s=args.start,
        duration_s=args.duration,
        paused=args.paused,
        clock_hz=args.clock,
        wait_s=args.wait,
    )
    sys.stdout.write(f"{play(config, remaps=tuple(args.remap))}\n")
    return 0
