"""The sink `tensor`: counts per pixel and polarity, window by window."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from aestream.cli.sinks.base import SinkRow
from aestream.cli.sinks.stack import StackWriter
from aestream.cli.sinks.windows import WindowedSink, add_window_options

if TYPE_CHECKING:
    from aestream_gpu.windows import Window

_HELP = "windows as a stack (N, 2, H, W) float32 in a file, or one line per window on stdout"


_EXAMPLES = """examples:
  aestream input file recording.raw output tensor windows.npz --window-us 5000
  aestream input file recording.raw output tensor            a line start_us,end_us,events per window
"""


class TensorFileSink(WindowedSink):
    """Writes the windows into a file."""

    name = "tensor"

    def __init__(self, path: Path, *, width: int, height: int, window_us: int, device: str) -> None:
        """Prepare the file."""
        self._writer = StackWriter(path, shape=(2, height, width))
        super().__init__(width=width, height=height, window_us=window_us, device=device)

    def take(self, window: "Window") -> None:
        """Append a window."""
        self._writer.append(
            window.tensor.cpu().numpy(),
            start_us=window.start_us,
            end_us=window.end_us,
            event_count=window.event_count,
        )

    def finish(self) -> str:
        """Complete the file."""
        return self._writer.close()


class TensorLinesSink(WindowedSink):
    """Prints a line `start_us,end_us,events` for each window."""

    name = "tensor"
    prints = True

    def __init__(self, out: TextIO, *, width: int, height: int, window_us: int, device: str) -> None:
        """Print to a stream."""
        super().__init__(width=width, height=height, window_us=window_us, device=device)
        self._out = out

    def take(self, window: "Window") -> None:
        """Print a window's line."""
        self._out.write(f"{window.start_us},{window.end_us},{window.event_count}\n")

    def finish(self) -> str:
        """Write what is still buffered."""
        self._out.flush()
        return ""


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        metavar="PATH",
        help="file to write: .npz or .pt (counts, start_us, end_us, event_count), or .npy (the counts; the rest beside "
        "it); without it a line start_us,end_us,events per window on stdout",
    )
    add_window_options(parser)


def _make(args: argparse.Namespace, width: int, height: int) -> TensorFileSink | TensorLinesSink:
    if args.path is None:
        return TensorLinesSink(sys.stdout, width=width, height=height, window_us=args.window_us, device=args.device)
    return TensorFileSink(args.path, width=width, height=height, window_us=args.window_us, device=args.device)


ROW = SinkRow(_HELP, _EXAMPLES, _add_options, _make)
