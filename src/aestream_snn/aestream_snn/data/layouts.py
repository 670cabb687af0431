"""What the loaders of published data sets share: folders that must be there, and where to get those that are not."""

from pathlib import Path

from aestream_core.errors import FormatError, InvalidArgumentError


def need(path: Path, *, name: str, source: str) -> Path:
    """Give the path, or say where its data set comes from.

    Raises:
        InvalidArgumentError: there is no such file or folder.
    """
    if path.exists():
        return path
    raise InvalidArgumentError(f"{name}: no {path} here; download it from {source} and give its folder as data_dir=")


def need_some(paths: list[Path], folder: Path, *, name: str) -> list[Path]:
    """Give the files in order, or say that the folder has none.

    Raises:
        FormatError: there are none.
    """
    if paths:
        return sorted(paths)
    raise FormatError(f"{name}: {folder} holds no recordings in the layout that was published")
