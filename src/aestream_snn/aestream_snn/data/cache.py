"""Data that takes time to make, kept in the user's cache folder."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

Arrays = dict[str, npt.NDArray[np.int64]]


def cache_folder() -> Path:
    """Give the folder: `aestream/data` in `XDG_CACHE_HOME`, or in ~/.cache."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(home) if home.startswith("/") else Path.home() / ".cache") / "aestream" / "data"


def cached(name: str, make: Callable[[], Arrays]) -> Arrays:
    """Give arrays from the cache, or make and keep them.

    A file appears there as a whole or not at all. Where the folder cannot be written, the arrays are just not kept.

    Args:
        name: of the file, without its ending; must name everything that the arrays depend on.
        make: makes them.
    """
    path = cache_folder() / f"{name}.safetensors"
    if path.is_file():
        return dict(load_file(path))
    arrays = make()
    try:
        _save(arrays, path)
    except OSError:
        return arrays
    return arrays


def _save(arrays: Arrays, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    try:
        save_file(arrays, temporary)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
