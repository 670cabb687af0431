"""N-CARS (Sironi et al. 2018, arXiv:1803.07913): cars and background, cut out of recordings of a moving camera."""

from pathlib import Path

import numpy as np

from aestream_core.files import read_file
from aestream_snn.data.layouts import need, need_some
from aestream_snn.data.recordings import FileRecordings, Words, words_of

WIDTH_PX, HEIGHT_PX = 120, 100
CLASSES: tuple[str, ...] = ("background", "cars")
FOLDERS = {"train": "n-cars_train", "test": "n-cars_test"}
SOURCE = "https://www.prophesee.ai/2018/03/13/dataset-n-cars"


def load_ncars(split: str, *, data_dir: Path) -> FileRecordings:
    """Load N-CARS as published: `n-cars_train`, `n-cars_test`, in each `cars` and `background`, a .dat a recording.

    Raises:
        InvalidArgumentError: the folder is not there; says where to get it.
        FormatError: it holds no recordings.
    """
    folder = need(data_dir / FOLDERS[split], name="N-CARS", source=SOURCE)
    paths = need_some([path for name in CLASSES for path in folder.glob(f"{name}/*.dat")], folder, name="N-CARS")
    labels = np.array([CLASSES.index(path.parent.name) for path in paths], np.int64)
    return FileRecordings(WIDTH_PX, HEIGHT_PX, CLASSES, labels, tuple(paths), _read)


def _read(path: Path) -> Words:
    return words_of(read_file(path, format="dat"))
