"""The files of a bag: one, or those that a folder's metadata.yaml lists."""

import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path

from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError
from aestream_core.formats.bags.decompress import Chunk, ChunkError
from aestream_core.formats.bags.mcap import McapBag
from aestream_core.formats.bags.rosbag1 import Rosbag1
from aestream_core.formats.bags.sqlite import SqliteBag
from aestream_core.formats.bags.storage import Bag

METADATA = "metadata.yaml"

_COMPRESSED = ".zstd"
_PIECE_BYTES = 1 << 20
_STORAGES: Mapping[str, Callable[[Path], Bag]] = {".bag": Rosbag1, ".db3": SqliteBag, ".mcap": McapBag}


def files_of(path: Path) -> list[Path]:
    """List a bag's files in order.

    Raises:
        InvalidArgumentError: there is nothing there, or nothing of a bag.
        FormatError: a file is empty.
    """
    if not path.exists():
        raise InvalidArgumentError(f"cannot read '{path}': No such file or directory")
    files = _listed(path) if path.is_dir() else [path]
    for file in files:
        if not file.is_file():
            raise InvalidArgumentError(f"cannot read '{file}': No such file, though {METADATA} lists it")
        if file.stat().st_size == 0:
            raise FormatError(f"'{file}': the file is empty")
    return files


def open_bag(path: Path) -> Bag:
    """Open one file of a bag. One that is compressed as a whole is decompressed into a temporary folder first.

    Raises:
        FormatError: it is something else than its name says.
        DamagedRecordingError: it is compressed as a whole, and damaged.
    """
    if path.suffix == _COMPRESSED:
        return _open_compressed(path)
    if path.suffix not in _STORAGES:
        raise FormatError(f"'{path}': unknown kind of bag; known: {', '.join(_STORAGES)}")
    return _STORAGES[path.suffix](path)


def is_bag(folder: Path) -> bool:
    """Say whether a folder is one bag of ROS 2."""
    return (folder / METADATA).is_file() or bool(_found(folder))


def _listed(folder: Path) -> list[Path]:
    """Read the names out of metadata.yaml, without a YAML library; all there are where it lists none."""
    metadata = folder / METADATA
    text = metadata.read_text("utf-8", "replace") if metadata.is_file() else ""
    block = re.search(r"^ *relative_file_paths: *\n((?: *- .*\n?)+)", text, re.MULTILINE)
    names = re.findall(r"^ *- *[\"']?(.*?)[\"']? *$", block.group(1), re.MULTILINE) if block else []
    files = [folder / name for name in names] or _found(folder)
    if not files:
        raise InvalidArgumentError(f"'{folder}' is a folder without a bag: no {METADATA}, no .mcap, no .db3")
    return files


def _found(folder: Path) -> list[Path]:
    files = (path for path in folder.iterdir() if path.name.removesuffix(_COMPRESSED).endswith((".mcap", ".db3")))
    return sorted(files, key=_natural_order)


def _open_compressed(path: Path) -> Bag:
    folder = Path(tempfile.mkdtemp(prefix="aestream_bag_"))
    try:
        whole = folder / path.stem
        _decompress(path, whole)
        bag = open_bag(whole)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(bag, shutil.rmtree, folder, ignore_errors=True)
    return bag


def _decompress(path: Path, whole: Path) -> None:
    chunk = Chunk("zstd", path.read_bytes())
    with whole.open("wb") as file:
        try:
            while piece := chunk.read(_PIECE_BYTES):
                file.write(piece)
        except ChunkError as error:
            size_bytes = path.stat().st_size
            raise DamagedRecordingError(f"'{path}' is damaged at byte {size_bytes}: {error}", size_bytes) from None


def _natural_order(path: Path) -> list[tuple[int, str]]:
    """Sort bag_9 before bag_10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.name)]
