"""The source `shm`: packets from another program of this machine through shared memory."""

import argparse

from aestream.cli.sources.base import OpenedSource, SourceRow
from aestream.cli.sources.link import add_link_options, link_times, opened_link, say_waiting
from aestream_bridge.links.shared_memory import open_shm

_EXAMPLES = """examples:
  aestream input shm camera output image                         until the sender leaves
  aestream input shm /event_camera/events output tensor          of a DriverNode with transport:=iceoryx2
"""


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("at", metavar="NAME", help="name of the link, or the ROS topic of a driver")
    add_link_options(parser)


def _open(args: argparse.Namespace) -> OpenedSource:
    say_waiting(args.at)
    return opened_link(open_shm(args.at, **link_times(args)))


ROW = SourceRow("packets from another program of this machine, through shared memory", _EXAMPLES, _add_options, _open)
