"""`aestream launch`: the command line of the launch runner."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from aestream.launching.arguments import check_names, declared_arguments, describe_arguments, parse_assignments
from aestream.launching.locate import find_launch_file
from aestream.launching.parse import parse_file
from aestream.launching.plan import make_plan
from aestream.launching.run import run_plan
from aestream.launching.screen import write

DESCRIPTION = """\
Run a launch file in ROS 2's YAML format, without needing ROS 2's launch packages.

The file may use: arg, let, set_env, unset_env, group, include, node, executable, node_container and
load_composable_node. Anything else is refused with a message that names it."""

EXAMPLES = """\
examples:
  aestream launch camera_to_gpu
  aestream launch camera_to_gpu --show-args
  aestream launch camera_to_gpu source:=file path:=recording.aedat4 device:=cpu
  aestream launch ./my_robot.launch.yaml speed:=0.5

Ctrl-C ends all processes. The exit status is 0, or 1 where a node failed."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command `launch` to the subparsers of the main command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "launch",
        help="run a launch file: nodes, containers, parameters",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", help="name of an installed launch file, or path of a .launch.yaml file")
    parser.add_argument("arguments", nargs="*", metavar="name:=value", help="launch arguments")
    parser.add_argument("-s", "--show-args", action="store_true", help="list the launch arguments and end")
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the command.

    Returns:
        Exit status 0.

    Raises:
        LaunchError: The launch file, an argument or a launched process is wrong.
    """
    launch_file = parse_file(find_launch_file(args.file))
    declared = declared_arguments(launch_file, os.environ)
    if args.show_args:
        write(f"{describe_arguments(declared)}\n", sys.stdout)
        return 0
    given = parse_assignments(args.arguments)
    check_names(given, declared)
    run_plan(make_plan(launch_file, given, os.environ))
    return 0
