"""The sink `zmq`: packets to other programs over ZeroMQ."""

import argparse
import sys

from aestream.cli.parser import add_setting_options, given_settings
from aestream.cli.sinks.base import SinkRow
from aestream_bridge.links.zeromq_sender import ZmqSender, ZmqSenderConfig
from aestream_core.events import Events

_EXAMPLES = """examples:
  aestream input camera output zmq tcp://127.0.0.1:5555                 to every receiver, which may come and go
  aestream input camera output zmq 'tcp://*:5555'                       to receivers on other machines too
  aestream input file f.raw output zmq tcp://127.0.0.1:5555 --receivers 1 --wait    every event, at its pace
  aestream input file f.raw output zmq tcp://10.0.0.2:5555 --pattern push --connect

The other end is 'aestream input zmq ADDRESS', or any program with ZeroMQ: docs/links.md describes the packets.
"""


class ZmqSink:
    """Sends packets."""

    name = "zmq"
    prints = False

    def __init__(self, sender: ZmqSender) -> None:
        """Take over an open link."""
        self._sender = sender

    def write(self, events: Events) -> None:
        """Send one packet."""
        self._sender.write(events)

    def close(self) -> str:
        """End the stream; say what was sent."""
        self._sender.close()
        sent = self._sender.counters()
        line = f"zmq: {self._sender.address}, {sent['events']:,} events in {sent['packets']:,} messages"
        unheard = sent["unheard_events"]
        return f"{line}; {unheard:,} events while nobody listened" if unheard else line


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", metavar="ADDRESS", help="where to listen: tcp://HOST:PORT or ipc://PATH")
    add_setting_options(parser, ZmqSenderConfig)


def _make(args: argparse.Namespace, width: int, height: int) -> ZmqSink:
    config = ZmqSenderConfig(**given_settings(args, ZmqSenderConfig))
    if config.receivers:
        print(f"zmq: waiting for {config.receivers} receivers on {args.address}", file=sys.stderr)
    return ZmqSink(ZmqSender(args.address, config, width=width, height=height))


ROW = SinkRow("packets to other programs and machines, over ZeroMQ", _EXAMPLES, _add_options, _make)
