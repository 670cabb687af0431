"""The command `aestream watch`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console

from aestream.watch.options import DEFAULT_TIMEOUT_S, WatchOptions, require_healthy
from aestream_core.errors import AestreamError

EXAMPLES = """examples:
  aestream watch                                    every stage that runs, until Ctrl-C
  aestream watch --duration 10 --picture out/run.png
  aestream watch --stages /robot1 /accumulator      one robot's stages, and one node
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `watch` to the commands of `aestream`."""
    parser = subparsers.add_parser(
        "watch",
        help="show how the stages of a running pipeline do",
        description="Show rates, drops, queues and latencies of every stage of a running pipeline, as they come.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--duration", type=float, metavar="S", help="seconds to watch (default: until Ctrl-C)")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the run into this PNG file at the end")
    parser.add_argument("--stages", nargs="+", default=[], metavar="NAME", help="nodes or namespaces (default: all)")
    parser.add_argument(
        "--timeout",
        type=float,
        metavar="S",
        default=DEFAULT_TIMEOUT_S,
        help="seconds to wait for the first stage (default: %(default)g)",
    )
    parser.set_defaults(run=run)


def main() -> int:
    """Run as the executable `watch` of a launch file, which may add ROS arguments."""
    from rclpy.utilities import remove_ros_args

    parser = argparse.ArgumentParser("watch")
    add_parser(parser.add_subparsers())
    args = parser.parse_args(["watch", *remove_ros_args(sys.argv)[1:]])
    try:
        return run(args)
    except AestreamError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1


def run(args: argparse.Namespace) -> int:
    """Watch as the command line says.

    Returns:
        Exit status 0.

    Raises:
        NoStageError: No stage was heard.
        StageFailedError: A stage reported that it failed.
    """
    # Imported here, so that the help of a command needs neither matplotlib nor ROS.
    from aestream.watch.picture import save_picture
    from aestream.watch.ros.session import watch

    options = WatchOptions(duration_s=args.duration, timeout_s=args.timeout, stages=tuple(args.stages))
    console = Console()
    start_s = time.monotonic()
    history = watch(options, console=console)
    waited_s = time.monotonic() - start_s
    if args.picture is not None and history.stages:
        console.print(f"picture: {save_picture(history, args.picture)}", highlight=False, markup=False, soft_wrap=True)
    require_healthy(history, waited_s=waited_s)
    return 0
