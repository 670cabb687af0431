"""Pictures of windows, and many of them on one sheet."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestream.cli.viewing.drawing import resized, write_label

if TYPE_CHECKING:
    from PIL import Image

MAX_PICTURES = 16
COLUMNS = 4
_TILE_WIDTH_PX = 480
_GAP_PX = 4
_GAP_COLOUR = (40, 44, 54)


@dataclass(frozen=True)
class Picture:
    """One window as people see it.

    Attributes:
        pixels: (H, W, 3) uint8 RGB.
        start_us: sensor time in µs at which the window starts.
        label: what is written on it on a sheet; nothing for the time in seconds.
    """

    pixels: npt.NDArray[np.uint8]
    start_us: int
    label: str = ""

    def image(self) -> "Image.Image":
        """Give the picture for drawing."""
        from PIL import Image

        return Image.fromarray(self.pixels)

    def save(self, path: Path) -> None:
        """Write the picture as PNG, pixel by pixel."""
        self.image().save(path)


class ContactSheet:
    """Up to 16 pictures, evenly spread over however many are added, in constant memory."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: list[Picture] = []
        self._step = 1
        self._added = 0

    def __len__(self) -> int:
        """Give the number of pictures on it."""
        return len(self._kept)

    def add(self, picture: Picture) -> None:
        """Keep the picture if it is one of every `step`; where there are too many, keep half and double the step."""
        if self._added % self._step == 0:
            if len(self._kept) == MAX_PICTURES:
                self._kept = self._kept[::2]
                self._step *= 2
            if self._added % self._step == 0:
                self._kept.append(picture)
        self._added += 1

    def save(self, path: Path) -> None:
        """Write the sheet as PNG: rows of four, each picture with the time at which its window starts."""
        from PIL import Image

        if len(self._kept) == 1:
            self._kept[0].save(path)
            return
        tiles = [_tile(picture) for picture in self._kept]
        width, height = tiles[0].width + _GAP_PX, tiles[0].height + _GAP_PX
        columns = min(COLUMNS, len(tiles))
        rows = -(-len(tiles) // columns)
        sheet = Image.new("RGB", (columns * width + _GAP_PX, rows * height + _GAP_PX), _GAP_COLOUR)
        for at, tile in enumerate(tiles):
            sheet.paste(tile, (_GAP_PX + at % columns * width, _GAP_PX + at // columns * height))
        sheet.save(path)


def _tile(picture: Picture) -> "Image.Image":
    tile = resized(picture.pixels, min(1.0, _TILE_WIDTH_PX / picture.pixels.shape[1]))
    write_label(tile, picture.label or f"{picture.start_us / 1e6:.3f} s")
    return tile
