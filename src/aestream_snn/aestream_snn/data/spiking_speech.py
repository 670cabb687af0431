"""SHD and SSC (Cramer et al. 2022, doi:10.1109/TNNLS.2020.3044364): spoken words through a model of the inner ear."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from aestream_snn.data.layouts import need
from aestream_snn.data.recordings import PackedRecordings, pack, words_from_columns

CHANNELS = 700
SOURCE = "https://zenkelab.org/resources/spiking-heidelberg-datasets-shd"
WORDS = 35
"""Words of SSC; its files name them by number."""


def load_shd(split: str, *, data_dir: Path) -> PackedRecordings:
    """Load the Spiking Heidelberg Digits: `shd_train.h5`, `shd_test.h5`; digits in German and in English.

    Events of channel c are at x = c, y = 0, and ON.

    Raises:
        InvalidArgumentError: the file is not there; says where to get it.
    """
    path = need(data_dir / f"shd_{split}.h5", name="SHD", source=SOURCE)
    with h5py.File(path, "r") as file:
        classes = tuple(name.decode() for name in np.asarray(file["extra/keys"]))
        return _load(file, classes)


def load_ssc(split: str, *, data_dir: Path) -> PackedRecordings:
    """Load the Spiking Speech Commands: `ssc_train.h5`, `ssc_valid.h5`, `ssc_test.h5`; as `load_shd`.

    Raises:
        InvalidArgumentError: the file is not there; says where to get it.
    """
    part = "valid" if split == "validation" else split
    path = need(data_dir / f"ssc_{part}.h5", name="SSC", source=SOURCE)
    with h5py.File(path, "r") as file:
        return _load(file, tuple(str(word) for word in range(WORDS)))


def _load(file: Any, classes: tuple[str, ...]) -> PackedRecordings:
    times_s, units = file["spikes/times"], file["spikes/units"]
    recordings = []
    for index in range(len(times_s)):
        t_us = np.round(np.asarray(times_s[index], np.float64) * 1e6).astype(np.int64)
        order = np.argsort(t_us, kind="stable")
        zeros = np.zeros(len(t_us), np.uint16)
        recordings.append(words_from_columns(t_us[order], np.asarray(units[index])[order], zeros, zeros + 1))
    words, offsets = pack(recordings)
    labels = np.asarray(file["labels"], np.int64)
    return PackedRecordings(CHANNELS, 1, classes, labels, words, offsets)
