"""The sink `udp`: events as datagrams."""

import argparse
import math
from typing import TYPE_CHECKING

from aestream.cli.parser import add_setting_options, given_settings
from aestream.cli.places import add_place, read_place
from aestream.cli.sinks.base import SinkRow
from aestream_core.events import Events
from aestream_core.net import UdpSender, UdpSenderConfig

if TYPE_CHECKING:
    from aestream_core import _core

_EXAMPLES = """examples:
  aestream input camera output udp 10.0.0.7 3333
  aestream input file recording.raw output udp 127.0.0.1 3333 --speed 1      as fast as it was recorded
  aestream input file recording.raw output udp robot.local --rate 5e6        5 Mev/s at most
  aestream input camera output udp 10.0.0.7 3333 --protocol spif             for SpiNNaker (spiffer)
  aestream input camera output udp 10.0.0.7 --protocol spif --events-per-datagram 128   for AEStream 0.6
  aestream input sim output udp 239.1.2.3 3333 --interface eth0 --ttl 1      to a multicast group

Framed datagrams carry times, the sensor's size and numbers, so that 'input udp' gets the same events and counts what is
lost. SPIF carries x, y and polarity, and with --timestamps the low 32 bits of the times (docs/udp.md).
"""
_BY_HAND = ("address", "port", "timestamps", "loop", "rate_hz")
_SAID = {
    "dropped_events": "events that could not be sent",
    "not_encodable": "events that SPIF cannot hold",
    "refused": "times nobody listened there",
    "unreachable": "times there was no way there",
}


class UdpSink:
    """Sends packets as datagrams."""

    name = "udp"
    prints = False

    def __init__(self, sender: UdpSender) -> None:
        """Send with an open sender."""
        self._sender = sender

    def open_native(self) -> "_core.Sink | None":
        """Let packets go out without Python."""
        return self._sender.open_native()

    def write(self, events: Events) -> None:
        """Send a packet."""
        self._sender.write(events)

    def close(self) -> str:
        """Tell the other side the end; say what was sent and what was not."""
        self._sender.close()
        counters = self._sender.counters()
        parts = [
            f"udp: {self._sender.place}, {counters['events']:,} events in {counters['datagrams']:,} datagrams",
            *(f"{counters[name]:,} {what}" for name, what in _SAID.items() if counters[name]),
        ]
        return "; ".join(parts)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not rate >= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a rate in events per second, 1 or more, or inf")
    return rate


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_place(parser, "a host's name or address, or a multicast group, and port")
    parser.add_argument(
        "--rate",
        type=_rate,
        metavar="HZ",
        default=UdpSenderConfig.rate_hz,
        help="events per second at most, sent evenly; inf for no limit (default: %(default)g)",
    )
    parser.add_argument("--timestamps", action="store_true", help="SPIF: send the time of each event behind it")
    parser.add_argument("--no-loop", action="store_true", help="keep multicast datagrams from this machine")
    add_setting_options(parser, UdpSenderConfig, skip=_BY_HAND)


def _make(args: argparse.Namespace, width: int, height: int) -> UdpSink:
    address, port = read_place(args.place)
    settings = {name: value for name, value in given_settings(args, UdpSenderConfig).items() if name not in _BY_HAND}
    settings["rate_hz"] = None if math.isinf(args.rate) else args.rate
    return UdpSink(UdpSender(address, port, timestamps=args.timestamps, loop=not args.no_loop, **settings))


ROW = SinkRow("UDP datagrams to another program or host", _EXAMPLES, _add_options, _make)
