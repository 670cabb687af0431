"""The source `zmq`: packets from another program over ZeroMQ."""

import argparse

from aestream.cli.parser import add_setting_options, given_settings
from aestream.cli.sources.base import OpenedSource, SourceRow
from aestream.cli.sources.link import add_link_options, link_times, opened_link, say_waiting
from aestream_bridge.links.zeromq_receiver import ZmqReceiverConfig, open_zmq

_EXAMPLES = """examples:
  aestream input zmq tcp://127.0.0.1:5555 output file received.raw         until the sender ends
  aestream input zmq tcp://robot:5555 --idle 10 output image
  aestream input zmq 'tcp://*:5555' --pattern push --bind output tensor

The other end is 'aestream ... output zmq ADDRESS', or any program with ZeroMQ: docs/links.md describes the packets.
"""


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", metavar="ADDRESS", help="where the sender listens: tcp://HOST:PORT or ipc://PATH")
    add_setting_options(parser, ZmqReceiverConfig)
    add_link_options(parser)


def _open(args: argparse.Namespace) -> OpenedSource:
    config = ZmqReceiverConfig(**given_settings(args, ZmqReceiverConfig))
    say_waiting(args.address)
    return opened_link(open_zmq(args.address, config, **link_times(args)))


ROW = SourceRow("packets from another program or machine, over ZeroMQ", _EXAMPLES, _add_options, _open)
