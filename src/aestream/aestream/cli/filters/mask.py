"""The filter `mask`: chosen pixels."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream.cli.filters.base import Filter, FilterRow
from aestream_core.errors import InvalidArgumentError

_EXAMPLES = """examples:
  aestream input file in.raw filter mask keep.png output file kept.raw
  aestream input file in.raw filter mask hot.npy --invert output file without_hot_pixels.raw
"""


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", type=Path, metavar="PATH", help="picture, or .npy array (H, W), of the sensor's size; not black is kept"
    )
    parser.add_argument("--invert", action="store_true", help="keep what is black instead")


def _make(args: argparse.Namespace, width: int, height: int) -> Filter:
    mask = _load(args.path)
    if mask.shape != (height, width):
        raise InvalidArgumentError(
            f"mask {str(args.path)!r} is {' x '.join(map(str, mask.shape[::-1]))}; the sensor is {width} x {height}"
        )
    keep = ~mask if args.invert else mask
    return lambda events: events.select_pixels(keep)


def _load(path: Path) -> npt.NDArray[np.bool_]:
    try:
        pixels = np.load(path) if path.suffix == ".npy" else _load_picture(path)
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(f"cannot read mask {str(path)!r}: {error}") from error
    return np.asarray(pixels != 0)


def _load_picture(path: Path) -> npt.NDArray[Any]:
    from PIL import Image

    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"))


ROW = FilterRow("the events of the pixels that a picture or an array names", _EXAMPLES, _add_options, _make)
