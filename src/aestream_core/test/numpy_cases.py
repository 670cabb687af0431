"""Events in arrays, for the tests of NumPy files."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from recording_files import joined

from aestream_core.events import EVENT_DTYPE, Events
from aestream_core.files import create_file, open_file

Records = npt.NDArray[np.void]


def make_records(count: int = 150_000, *, width: int = 640, height: int = 480, seed: int = 1) -> Records:
    rng = np.random.default_rng(seed)
    records = np.zeros(count, EVENT_DTYPE)
    records["t"] = np.sort(rng.integers(10**6, 10**9, count))
    records["x"], records["y"] = rng.integers(0, width, count), rng.integers(0, height, count)
    records["p"] = rng.integers(0, 2, count)
    if count > 1:
        records["x"][0], records["y"][0] = width - 1, height - 1
        records["t"][1], records["t"][0] = records["t"][0], records["t"][1]  # times need not ascend
    return records


def read_all(path: Path, **options: Any) -> Records:
    return joined(list(open_file(path, **options)))


def renamed(records: Records, names: dict[str, tuple[str, str]]) -> Records:
    """Give a structured array with fields of other names and types."""
    other = np.zeros(len(records), [(name, kind) for name, kind in names.values()])
    for field, (name, _) in names.items():
        other[name] = records[field]
    return other


def write(path: Path, records: Records, pieces: int = 3, **options: Any) -> Path:
    writer = create_file(path, width=640, height=480, **options)
    for part in np.array_split(records, pieces):
        writer.write(Events.from_numpy(part, width=640, height=480))
    writer.close()
    writer.close()
    assert writer.counters().events == len(records)
    return path
