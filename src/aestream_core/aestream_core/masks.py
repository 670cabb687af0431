"""Masks of pixels in files: pictures and arrays."""

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.errors import InvalidArgumentError, MissingDependencyError


def load_mask(path: str | PathLike[str]) -> npt.NDArray[np.bool_]:
    """Read a mask: `.npy` of shape (H, W) or (2, H, W) (off, on), or a picture.

    Returns:
        Array of that shape, bool: what is not black, or not 0.

    Raises:
        InvalidArgumentError: the file cannot be read.
        MissingDependencyError: it is a picture, and Pillow is not installed.
    """
    try:
        pixels = np.load(path) if Path(path).suffix == ".npy" else _load_picture(path)
    except (OSError, ValueError, EOFError) as error:
        raise InvalidArgumentError(f"cannot read mask {str(path)!r}: {error}") from error
    return np.asarray(pixels != 0)


def save_mask(path: str | PathLike[str], mask: npt.NDArray[np.bool_]) -> None:
    """Write a mask (H, W) or (2, H, W) bool: into `.npy` as it is, into a picture with both layers as one.

    Raises:
        InvalidArgumentError: the file cannot be written.
        MissingDependencyError: it is a picture, and Pillow is not installed.
    """
    try:
        if Path(path).suffix == ".npy":
            np.save(path, mask)
        else:
            flat = mask.any(axis=0) if mask.ndim == 3 else mask
            _pillow().fromarray(flat.astype(np.uint8) * 255).save(path)
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(f"cannot write mask {str(path)!r}: {error}") from error


def _load_picture(path: str | PathLike[str]) -> npt.NDArray[Any]:
    with _pillow().open(path) as picture:
        return np.asarray(picture.convert("L"))


def _pillow() -> Any:
    try:
        from PIL import Image
    except ModuleNotFoundError:
        raise MissingDependencyError("pictures need Pillow: pip install pillow; or use .npy") from None
    return Image
