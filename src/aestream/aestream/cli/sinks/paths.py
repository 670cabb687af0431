"""Where sinks may write, checked before anything is begun."""

from collections.abc import Iterable
from pathlib import Path

from aestream_core.errors import InvalidArgumentError, UnknownNameError


def check_output_path(path: Path, *, kind: str, extensions: Iterable[str]) -> None:
    """Refuse a path that cannot become a file of one of these extensions.

    Raises:
        UnknownNameError: the extension is another one; lists the known ones.
        InvalidArgumentError: its folder does not exist.
    """
    if path.suffix not in extensions:
        raise UnknownNameError(f"extension of {kind}", path.suffix, tuple(extensions))
    if not path.parent.is_dir():
        raise InvalidArgumentError(f"cannot write {str(path)!r}: there is no folder {str(path.parent)!r}")
