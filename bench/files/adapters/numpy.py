"""NumPy: its own formats, and text."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from bench.files.adapter import Adapter, Job, by_name, load_columns
from bench.files.text import COLUMNS, has_header

CHUNK_EVENTS = 65536
DTYPE = np.dtype([("t", "<i8"), ("x", "<u2"), ("y", "<u2"), ("p", "?")])


def stream_npy(job: Job) -> Iterator[Any]:
    """Give copies of parts of the mapped file."""
    array = np.load(job.path, mmap_mode="r")
    return (np.array(array[at : at + CHUNK_EVENTS]) for at in range(0, len(array), CHUNK_EVENTS))


def whole_csv(job: Job) -> Any:
    """Read text into an (N, 4) int64 array."""
    return np.loadtxt(job.path, dtype=np.int64, delimiter=",", skiprows=int(has_header(job.path)))


def whole_npz(job: Job) -> dict[str, Any]:
    """Read every column."""
    with np.load(job.path) as arrays:
        return {name: arrays[name] for name in arrays.files}


def write_csv(columns: Any, job: Job) -> None:
    """Write columns as text."""
    np.savetxt(job.output, np.column_stack(columns), fmt="%d", delimiter=",", header=COLUMNS, comments="")


def write_npy(columns: Any, job: Job) -> None:
    """Write one structured array, made from columns."""
    array = np.empty(len(columns[0]), DTYPE)
    for name, column in zip("txyp", columns, strict=True):
        array[name] = column
    np.save(job.output, array)


def write_npz(columns: Any, job: Job) -> None:
    """Write columns."""
    np.savez(job.output, **dict(zip("txyp", columns, strict=True)))


ADAPTER = Adapter(
    stream={"npy": stream_npy},
    whole={"csv": whole_csv, "npy": lambda job: np.load(job.path), "npz": whole_npz},
    write={"csv": write_csv, "npy": write_npy, "npz": write_npz},
    columns=lambda array: tuple(array.T) if getattr(array, "ndim", 1) == 2 else by_name(array),
    prepare=lambda job: load_columns(job.columns),
)
