"""The table of file formats: those of the native core, and one row for each that is read in Python."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from aestream_core import _core
from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_core.formats.bags.files import is_bag
from aestream_core.formats.bags.table import BAG_FORMATS
from aestream_core.formats.base import FileFormat
from aestream_core.formats.hdf5_table import HDF5_FORMAT
from aestream_core.formats.native import NATIVE_FORMATS
from aestream_core.formats.numpy_table import NUMPY_FORMATS

PYTHON_FORMATS: tuple[FileFormat, ...] = (*NUMPY_FORMATS, HDF5_FORMAT, *BAG_FORMATS)

FILE_FORMATS: Mapping[str, FileFormat] = MappingProxyType({row.name: row for row in NATIVE_FORMATS + PYTHON_FORMATS})
"""Every format, by name."""


def format_to_read(path: str, name: str = "") -> FileFormat:
    """Find the format of a recording: as named, else by the file's ending, else by its content.

    Raises:
        UnknownNameError: there is no format of that name.
        InvalidArgumentError: neither the ending nor the content is one that is known, or the file cannot be read.
    """
    if name:
        return _named(name)
    folder = Path(path)
    if folder.is_dir() and is_bag(folder):
        return FILE_FORMATS["rosbag2"]
    if candidates := _with_extension(path):
        return candidates[0]  # the native core decides by content between those of its rows that share an ending
    if not Path(path).is_fifo() and (native := _core.recognise(path)):  # a pipe can be read only once
        return FILE_FORMATS[native]
    raise _unknown_extension(path, list(FILE_FORMATS.values()))


def format_to_write(path: str, name: str = "") -> FileFormat:
    """Find the format to write a file in: as named, else by the file's ending.

    Raises:
        UnknownNameError: there is no format of that name.
        InvalidArgumentError: the ending is unknown, or the format is only read.
    """
    candidates = [_named(name)] if name else _with_extension(path)
    if not candidates:
        raise _unknown_extension(path, [row for row in FILE_FORMATS.values() if row.create])
    for row in candidates:
        if row.create is not None:
            return row
    raise InvalidArgumentError(f"{path!r}: {candidates[0].name} is read, not written")


def _named(name: str) -> FileFormat:
    if name not in FILE_FORMATS:
        raise UnknownNameError("file format", name, tuple(FILE_FORMATS))
    return FILE_FORMATS[name]


def _with_extension(path: str) -> list[FileFormat]:
    extension = Path(path).suffix.lower()
    return [row for row in FILE_FORMATS.values() if extension in row.extensions]


def _unknown_extension(path: str, known: list[FileFormat]) -> InvalidArgumentError:
    names = ", ".join(f"{extension} ({row.name})" for row in known for extension in row.extensions)
    return InvalidArgumentError(f"{path!r}: unknown file extension {Path(path).suffix!r}; known: {names}")
