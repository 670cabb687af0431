"""The sink `shm`: packets to other programs of this machine through shared memory."""

import argparse
import sys

from aestream.cli.sinks.base import SinkRow
from aestream_bridge.links.shared_memory import ShmSender, topic_of
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events

_EXAMPLES = """examples:
  aestream input camera output shm camera                        read with: aestream input shm camera
  aestream input file f.raw --speed 1 output shm /event_camera/events --receivers 1
                                                                 an AccumulatorNode with transport:=iceoryx2 reads it

The sender never waits: a receiver that is too slow loses packets, and says how many events were in them. A recording
is best sent with --speed 1.
"""


class ShmSink:
    """Sends packets through shared memory."""

    name = "shm"
    prints = False

    def __init__(self, sender: ShmSender, where: str) -> None:
        """Take over an open link."""
        self._sender = sender
        self._where = where

    def write(self, events: Events) -> None:
        """Send one packet."""
        self._sender.write(events)

    def close(self) -> str:
        """Leave; say what was sent."""
        self._sender.close()
        line = f"shm: {self._where}, {self._sender.events:,} events in {self._sender.packets:,} packets"
        unheard = self._sender.unheard_events
        return f"{line}; {unheard:,} events while nobody listened" if unheard else line


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("to", metavar="NAME", help="name of the link, or the ROS topic of events")
    parser.add_argument(
        "--receivers", type=int, metavar="N", default=0, help="wait for this many receivers before the first packet"
    )


def _make(args: argparse.Namespace, width: int, height: int) -> ShmSink:
    if not 0 <= args.receivers <= 8:
        raise InvalidArgumentError(f"receivers is {args.receivers}; it must be 0 to 8")
    topic = topic_of(args.to)
    if args.receivers:
        print(f"shm: waiting for {args.receivers} receivers of {args.to}", file=sys.stderr)
    return ShmSink(ShmSender(topic, receivers=args.receivers), args.to)


ROW = SinkRow("packets to other programs of this machine, through shared memory", _EXAMPLES, _add_options, _make)
