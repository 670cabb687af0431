"""What the sources that wait for another program have in common."""

import argparse
import math
import sys

from aestream.cli.parser import number
from aestream.cli.sources.base import OpenedSource
from aestream_bridge.links.link_stream import LinkStream

_LOST = {
    "lost_events": "events lost on the way",
    "lost_packets": "packets lost on the way",
    "reordered_packets": "packets out of order",
    "refused_packets": "messages that are no packets of this sensor",
    "outside_sensor": "events outside the sensor",
}


def add_link_options(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options that say when to give up."""
    parser.add_argument(
        "--idle", type=number, metavar="S", default=math.inf, help="end after S seconds without a packet"
    )
    parser.add_argument(
        "--patience", type=number, metavar="S", default=math.inf, help="longest wait for the first packet in seconds"
    )


def link_times(args: argparse.Namespace) -> dict[str, float]:
    """Give the times as those who open a link take them."""
    return {"idle_s": args.idle, "wait_s": args.patience}


def say_waiting(address: str) -> None:
    """Tell people why nothing happens yet, where they look on."""
    if sys.stderr.isatty():
        print(f"aestream: waiting for {address}; Ctrl-C ends", file=sys.stderr)


def opened_link(stream: LinkStream) -> OpenedSource:
    """Wrap an open link."""
    return OpenedSource(
        stream, stream.description, fraction=lambda _: None, losses=lambda: describe_link_losses(stream.counters())
    )


def describe_link_losses(counters: dict[str, int]) -> str:
    """Say in one line what did not come; nothing where everything did."""
    parts = [f"{counters[name]:,} {what}" for name, what in _LOST.items() if counters.get(name)]
    return f"left out: {', '.join(parts)}" if parts else ""
