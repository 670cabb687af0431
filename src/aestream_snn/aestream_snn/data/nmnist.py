"""N-MNIST (Orchard et al. 2015, doi:10.3389/fnins.2015.00437): digits seen by a camera in saccades."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from aestream_core.errors import FormatError
from aestream_core.files import read_file
from aestream_snn.data.layouts import need, need_some
from aestream_snn.data.recordings import FileRecordings, PackedRecordings, Words, words_from_columns, words_of

SIDE_PX = 34
CLASSES: tuple[str, ...] = tuple(str(digit) for digit in range(10))
SOURCE = "https://www.garrickorchard.com/datasets/n-mnist"


def load_nmnist(split: str, *, data_dir: Path) -> FileRecordings:
    """Load N-MNIST as published: `Train` and `Test`, a folder a digit, a .bin file a recording.

    Raises:
        InvalidArgumentError: the folder is not there; says where to get it.
        FormatError: it holds no recordings.
    """
    folder = need(data_dir / split.capitalize(), name="N-MNIST", source=SOURCE)
    paths = need_some(list(folder.glob("[0-9]/*.bin")), folder, name="N-MNIST")
    labels = np.array([int(path.parent.name) for path in paths], np.int64)
    return FileRecordings(SIDE_PX, SIDE_PX, CLASSES, labels, tuple(paths), _read)


def load_nmnist_subset(split: str, *, path: Path) -> PackedRecordings:
    """Load recordings of N-MNIST from one .npz: `{split}_{x,y,p,t,n,label}`, n events a recording.

    Raises:
        InvalidArgumentError: there is no such file.
        FormatError: it is no such archive.
    """
    need(path, name="N-MNIST subset", source="the project that made it; N-MNIST itself is at " + SOURCE)
    names = {key: f"{split}_{key}" for key in ("x", "y", "p", "t", "n", "label")}
    try:
        with np.load(path) as data:
            columns = {key: data[name] for key, name in names.items()}
    except (OSError, EOFError, KeyError, ValueError, TypeError, AttributeError, BadZipFile) as error:
        raise FormatError(f"{path}: must be an .npz with {', '.join(names.values())}: {error}") from None
    offsets = np.zeros(len(columns["n"]) + 1, np.int64)
    np.cumsum(columns["n"], out=offsets[1:])
    words = words_from_columns(columns["t"], columns["x"], columns["y"], columns["p"])
    return PackedRecordings(SIDE_PX, SIDE_PX, CLASSES, columns["label"].astype(np.int64), words, offsets)


def _read(path: Path) -> Words:
    return words_of(read_file(path, format="nmnist"))
