"""The source `udp`: events out of datagrams."""

import argparse
import sys

from aestream.cli.parser import add_setting_options, given_settings, microseconds, positive_count
from aestream.cli.places import add_place, read_place
from aestream.cli.sources.base import OpenedSource, SourceRow
from aestream_core.net import UdpConfig, UdpStream

_EXAMPLES = """examples:
  aestream input udp output null                                     this machine, port 3333, until Ctrl-C
  aestream input udp 3334 --once output file received.aedat4         until the sender ends its stream
  aestream input udp 0.0.0.0 3333 --from 10.0.0.7 output tensor      from the network, from one host
  aestream input udp :: 3333 --idle-timeout 5 output file in.raw     over IPv6, until 5 s are silent
  aestream input udp 239.1.2.3 3333 --interface eth0 output null     a multicast group
  aestream input udp 0.0.0.0 --width 346 --height 260 output image   SPIF, which does not say the sensor's size

Only this machine is heard unless an address says otherwise: 0.0.0.0 and :: are all networks, the address of an
interface is that one. Framed datagrams, as 'output udp' sends them, say their sensor, and what gets lost is counted;
SPIF datagrams do neither (docs/udp.md).
"""
_BY_HAND = ("address", "port", "senders", "once")
_LOST = {
    "lost_datagrams": "datagrams that never came",
    "lost_events": "events in them",
    "kernel_dropped": "datagrams that the kernel dropped",
    "corrupted": "corrupted datagrams",
    "invalid": "invalid datagrams",
    "cut_bytes": "bytes behind the last whole event",
    "duplicated": "datagrams that came twice",
    "stale": "datagrams from long before",
    "refused": "datagrams of other hosts",
    "limited_events": "events beyond what one sender may send",
    "outside_sensor": "events outside the sensor",
}
"""Counters that stand for what was left out, and what they count."""
_NOTES = {
    "reordered": "datagrams out of order",
    "late": "of them delivered out of order",
    "restarts": "restarts of senders",
    "evicted": "senders forgotten to make room",
}
"""Counters of what else happened."""


def describe_udp_losses(counters: dict[str, int]) -> str:
    """Say what was left out and what else happened; nothing where all came as it was sent."""
    lost = [f"{counters[name]:,} {what}" for name, what in _LOST.items() if counters.get(name)]
    notes = [f"{counters[name]:,} {what}" for name, what in _NOTES.items() if counters.get(name)]
    lines = [f"{title}: {', '.join(parts)}" for title, parts in (("left out", lost), ("met", notes)) if parts]
    return "\n".join(lines)


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_place(parser, "address of this machine to listen on, or a multicast group, and port")
    parser.add_argument("--once", action="store_true", help="end when framed senders have ended their streams")
    parser.add_argument(
        "--from", action="append", default=[], dest="hosts", metavar="HOST", help="hear only this host; may be repeated"
    )
    add_setting_options(parser, UdpConfig, skip=_BY_HAND)
    parser.add_argument("--packet-us", type=microseconds, metavar="US", help="sensor time of one packet at most")
    parser.add_argument("--packet-events", type=positive_count, metavar="N", help="events in one packet at most")


def _open(args: argparse.Namespace) -> OpenedSource:
    address, port = read_place(args.place)
    settings = {name: value for name, value in given_settings(args, UdpConfig).items() if name not in _BY_HAND}
    config = UdpConfig(address=address, port=port, senders=tuple(args.hosts), once=args.once, **settings)
    stream = UdpStream(config, packet_us=args.packet_us, packet_events=args.packet_events)
    print(f"udp: listening on {stream.place}", file=sys.stderr, flush=True)
    return OpenedSource(
        stream,
        f"udp {stream.place}",
        fraction=lambda _: None,
        losses=lambda: describe_udp_losses(stream.counters()),
    )


ROW = SourceRow(
    "events out of UDP datagrams: SPIF, or framed as 'output udp' sends them", _EXAMPLES, _add_options, _open
)
