"""The sink `image`: what the events look like."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from aestream.cli.parser import positive_count
from aestream.cli.sinks.base import SinkRow
from aestream.cli.sinks.contact_sheet import ContactSheet, Picture
from aestream.cli.sinks.paths import check_output_path
from aestream.cli.sinks.windows import WindowedSink, add_window_options
from aestream_core.errors import InvalidArgumentError

if TYPE_CHECKING:
    from aestream_gpu.windows import Window

_HELP = "windows as a picture: a contact sheet, or one file per window where PATH has a place for a number"


_EXAMPLES = """examples:
  aestream input file recording.raw output image sheet.png
  aestream input file recording.raw output image 'frames/{:04}.png' --every 10
"""


class ImageSink(WindowedSink):
    """Draws every n-th window, on one sheet or into files of their own."""

    name = "image"

    def __init__(self, path: str, *, every: int, width: int, height: int, window_us: int, device: str) -> None:
        """Prepare the sheet.

        Args:
            path: file to write; with a place for a number, as in `{:04}`, one file per window.
            every: windows per picture: 1 draws all.
            width: sensor width in pixels.
            height: sensor height in pixels.
            window_us: length of a window in µs of sensor time.
            device: where to count and draw.

        Raises:
            InvalidArgumentError: the path is not one of a PNG file, or the device is not there.
        """
        self._numbered = check_image_path(path)
        super().__init__(width=width, height=height, window_us=window_us, device=device)
        self._path = path
        self._every = every
        self._windows = 0
        self._files = 0
        self._sheet = ContactSheet()

    def take(self, window: "Window") -> None:
        """Draw a window, if it is one of those to draw."""
        if self._windows % self._every == 0:
            self._draw(window)
        self._windows += 1

    def finish(self) -> str:
        """Write the sheet."""
        if not self._windows:
            return "image: no events, nothing written"
        if self._numbered:
            return f"image: {self._files} files, {self._path.format(0)} to {self._path.format(self._files - 1)}"
        self._sheet.save(Path(self._path))
        return f"image: {self._path}"

    def _draw(self, window: "Window") -> None:
        from aestream_gpu.render import render_counts

        picture = Picture(render_counts(window.tensor), start_us=window.start_us)
        if self._numbered:
            picture.save(Path(self._path.format(self._files)))
            self._files += 1
        else:
            self._sheet.add(picture)


def check_image_path(path: str) -> bool:
    """Say whether a path has a place for a number.

    Raises:
        InvalidArgumentError: the place is not one for a number, the folder is not there, or it is not a PNG file.
    """
    try:
        names = path.format(0), path.format(1)
    except (IndexError, KeyError, ValueError, AttributeError):
        raise InvalidArgumentError(f"path is {path!r}; its place for a number must be like {{:04}}") from None
    check_output_path(Path(names[0]), kind="an image file", extensions=(".png",))
    return names[0] != names[1]


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        nargs="?",
        metavar="PATH",
        default="out.png",
        help="file to write (default: %(default)s); 'frames/{:04}.png' writes one file per window, numbered from 0",
    )
    parser.add_argument(
        "--every",
        type=positive_count,
        metavar="N",
        default=1,
        help="draw every N-th window only (default: %(default)d)",
    )
    add_window_options(parser)


def _make(args: argparse.Namespace, width: int, height: int) -> ImageSink:
    return ImageSink(
        args.path,
        every=args.every,
        width=width,
        height=height,
        window_us=args.window_us,
        device=args.device,
    )


ROW = SinkRow(_HELP, _EXAMPLES, _add_options, _make)
