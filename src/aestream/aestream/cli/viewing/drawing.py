"""Pictures enlarged and labelled."""

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from aestream.cli.viewing.styles import Pixels

if TYPE_CHECKING:
    from PIL import Image

TEXT_COLOUR = (220, 224, 232)
_SHADOW_COLOUR = (12, 14, 20)


def resized(pixels: Pixels, scale: float) -> "Image.Image":
    """Enlarge a picture pixel by pixel, or shrink it.

    Below 1 the picture becomes smaller by the next whole number, and the brightest of its pixels stay: events are fine
    lines, which means would darken.
    """
    from PIL import Image

    if scale < 1:
        return Image.fromarray(_brightest(pixels, math.ceil(1 / scale - 1e-9)))
    height, width = pixels.shape[:2]
    size = round(width * scale), round(height * scale)
    return Image.fromarray(pixels).resize(size, Image.Resampling.NEAREST)


def write_label(picture: "Image.Image", text: str) -> None:
    """Write a text into the left upper corner of a picture, as large as it can bear."""
    from PIL import ImageDraw

    size_px = min(18, max(10, picture.width // 28))
    draw = ImageDraw.Draw(picture)
    draw.text((size_px // 2, size_px // 3), text, fill=TEXT_COLOUR, font=_font(size_px), **_outline())


def time_text(time_us: int, *, window_us: int) -> str:
    """Write a time with as many digits as tell windows apart."""
    return f"{time_us / 1e3:.2f} ms" if window_us < 10_000 else f"{time_us / 1e6:.3f} s"


def _brightest(pixels: Pixels, factor: int) -> Pixels:
    """Shrink (H, W, 3) by a whole number to the largest value of each block and channel."""
    height, width = pixels.shape[:2]
    padded = np.pad(pixels, ((0, -height % factor), (0, -width % factor), (0, 0)))
    columns = padded.reshape(padded.shape[0], -1, factor, 3).max(axis=2)
    picture: Pixels = columns.reshape(-1, factor, *columns.shape[1:]).max(axis=1)
    return picture


def _outline() -> dict[str, Any]:
    return {"stroke_width": 1, "stroke_fill": _SHADOW_COLOUR}


@lru_cache
def _font(size_px: int) -> Any:
    from PIL import ImageFont

    try:
        return ImageFont.load_default(size_px)
    except TypeError:  # Pillow before 10.1 has one size only.
        return ImageFont.load_default()
