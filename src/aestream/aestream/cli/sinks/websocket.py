"""The sink `websocket`: live events in a browser."""

import argparse
import sys

from aestream.cli.parser import add_setting_options, given_settings
from aestream.cli.sinks.base import SinkRow
from aestream_bridge.browser.config import BrowserConfig
from aestream_bridge.browser.server import BrowserView
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events

_LOOPBACK = "127.0.0.1"
_EXAMPLES = """examples:
  aestream input camera output websocket 8080                    then open http://127.0.0.1:8080/
  aestream input file f.raw --speed 1 output websocket 8080 output file copy.aedat4
  aestream input camera output websocket 0.0.0.0 8080            for other machines too: nobody is asked who they are
"""


class WebSocketSink:
    """Shows packets to whoever looks; never holds the stream back."""

    name = "websocket"
    prints = False

    def __init__(self, view: BrowserView) -> None:
        """Take over an open server."""
        self._view = view

    def write(self, events: Events) -> None:
        """Show one packet with the next frame."""
        self._view.write(events)

    def close(self) -> str:
        """Stop; say what was shown."""
        self._view.close()
        counters = self._view.counters
        thinned = counters.events - counters.shown
        return (
            f"websocket: {counters.visitors:,} browsers, {counters.sent_frames:,} frames sent, "
            f"{counters.dropped_frames:,} dropped for slow ones; {thinned:,} events thinned out of the frames"
        )


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "where",
        nargs="+",
        metavar="[ADDRESS] PORT",
        help=f"where to listen (default address: {_LOOPBACK}, this machine)",
    )
    add_setting_options(parser, BrowserConfig)


def _make(args: argparse.Namespace, width: int, height: int) -> WebSocketSink:
    address, port = address_and_port(args.where)
    config = BrowserConfig(**given_settings(args, BrowserConfig))
    view = BrowserView(port, address, config, width=width, height=height)
    print(f"websocket: open {view.url}", file=sys.stderr)
    return WebSocketSink(view)


def address_and_port(words: list[str]) -> tuple[str, int]:
    """Read `PORT` or `ADDRESS PORT`.

    Raises:
        InvalidArgumentError: there are more words, or the last is no port.
    """
    if len(words) > 2 or not words[-1].isdecimal():
        raise InvalidArgumentError(f"websocket is given {' '.join(words)!r}; it takes [ADDRESS] PORT")
    return (words[0] if len(words) == 2 else _LOOPBACK), int(words[-1])


ROW = SinkRow("live events in a browser: serves a page that draws them", _EXAMPLES, _add_options, _make)
