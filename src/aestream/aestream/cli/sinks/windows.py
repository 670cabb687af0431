"""What the sinks that make tensors share: packets in, finished windows out."""

import argparse
from typing import TYPE_CHECKING

from aestream.cli.parser import microseconds
from aestream.window_cut import cut_window
from aestream_core.events import Events

if TYPE_CHECKING:
    from aestream_gpu.windows import Window

DEFAULT_WINDOW_US = 10_000


class WindowedSink:
    """Accumulates packets into windows and hands each to `take`, which a sink defines."""

    name = ""
    prints = False

    def __init__(self, *, width: int, height: int, window_us: int, device: str) -> None:
        """Prepare the first window.

        Raises:
            InvalidArgumentError: the device is not there.
        """
        # Here, not above: the command's help does not wait for torch.
        from aestream_gpu import WindowAccumulator, make_surface, resolve_device

        surface = make_surface("count", width=width, height=height, device=resolve_device(device))
        self._window_us = window_us
        self._accumulator = WindowAccumulator(surface, window_us=window_us)

    def take(self, window: "Window") -> None:
        """Take a finished window."""
        raise NotImplementedError

    def finish(self) -> str:
        """Complete what was begun, after the last window; give one line for people."""
        return ""

    def write(self, events: Events) -> None:
        """Accumulate one packet."""
        while len(events):
            piece, events = cut_window(events, self._window_us)
            for window in self._accumulator.add(piece):
                self.take(window)

    def close(self) -> str:
        """Finish the open window, then complete what was begun."""
        for window in self._accumulator.flush():
            self.take(window)
        return self.finish()


def add_window_options(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of every sink that makes windows."""
    parser.add_argument(
        "--window-us",
        type=microseconds,
        metavar="US",
        default=DEFAULT_WINDOW_US,
        help="sensor time of one window; windows without events are skipped (default: %(default)d)",
    )
    parser.add_argument(
        "--device", default="auto", help="auto (the first GPU, or the CPU), cpu, cuda or cuda:N (default: %(default)s)"
    )
