"""What a library is to the benchmark: functions by case that read, and functions that write.

Nothing here imports a library, so that a worker runs in any environment that has NumPy.
"""

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

Columns = tuple[Any, Any, Any, Any]
"""Times in µs, x, y and polarity, (N,) each."""


@dataclass(frozen=True)
class Job:
    """One measurement: what a worker is told.

    Attributes:
        library: name in `LIBRARIES`.
        case: name in `CASES`.
        mode: "stream", "whole" or "write".
        path: the file to read; in mode "write" the same events as the library may have to read them first.
        warm_path: a small file of the same format, on which the code path is warmed.
        columns: folder of `t.npy`, `x.npy`, `y.npy`, `p.npy`: the events to write.
        warm_columns: folder of the small file's columns.
        output: the file to write.
        width: sensor width in pixels.
        height: sensor height in pixels.
        format: name of the format in our table.
        options: our options of writing.
        check: add up what was read instead of timing it.
    """

    library: str
    case: str
    mode: str
    path: str
    warm_path: str
    columns: str
    warm_columns: str
    output: str
    width: int
    height: int
    format: str
    options: dict[str, str]
    check: bool = False


@dataclass(frozen=True)
class Adapter:
    """One library.

    Attributes:
        stream: by case, gives packets of a recording one by one, as arrays.
        whole: by case, reads a recording into one array.
        write: by case, writes what `prepare` gave.
        columns: gives the columns of a packet or an array.
        prepare: gives the events to write as the library has them in memory; not timed.
    """

    stream: Mapping[str, Callable[[Job], Iterable[Any]]] = field(default_factory=dict)
    whole: Mapping[str, Callable[[Job], Any]] = field(default_factory=dict)
    write: Mapping[str, Callable[[Any, Job], None]] = field(default_factory=dict)
    columns: Callable[[Any], Columns] = lambda array: by_name(array)
    prepare: Callable[[Job], Any] = lambda job: structured(job)


@dataclass(frozen=True)
class Library:
    """A row of the table of libraries.

    Attributes:
        label: how results call it.
        ours: whether it is this project's.
        package: name on the package index, "" for this project.
    """

    label: str
    ours: bool = False
    package: str = ""


LIBRARIES: Mapping[str, Library] = {
    "own": Library("AEStream", ours=True),
    "own_array": Library("AEStream, structured array", ours=True),
    "faery": Library("faery", package="faery"),
    "expelliarmus": Library("expelliarmus", package="expelliarmus"),
    "dv_processing": Library("dv_processing", package="dv-processing"),
    "event_stream": Library("event_stream", package="event-stream"),
    "aedat": Library("aedat", package="aedat"),
    "evlib": Library("evlib", package="evlib"),
    "tonic": Library("tonic", package="tonic"),
    "aestream_06": Library("aestream 0.6.4", package="aestream"),
    "numpy": Library("numpy", package="numpy"),
    "polars": Library("polars", package="polars"),
    "h5py": Library("h5py", package="h5py"),
}
"""Every library, by the name of its module in `adapters`."""


def load(library: str) -> Adapter:
    """Import a library's adapter; the library itself is imported when it is first used."""
    adapter = importlib.import_module(f"bench.files.adapters.{library}").ADAPTER
    assert isinstance(adapter, Adapter)
    return adapter


_NAMES = {"t": ("t", "timestamp", "ts"), "x": ("x",), "y": ("y",), "p": ("p", "on", "polarity")}


def by_name(array: Any) -> Columns:
    """Take the columns of a structured array, a mapping or a table by the names that libraries give them."""
    known = getattr(getattr(array, "dtype", None), "names", None) or list(getattr(array, "columns", array))
    t, x, y, p = (array[next(name for name in names if name in known)] for names in _NAMES.values())
    return t, x, y, p


def load_columns(folder: str) -> Columns:
    """Load the columns of the events to write."""
    t, x, y, p = (np.load(Path(folder) / f"{name}.npy") for name in "txyp")
    return t, x, y, p


def structured(job: Job, dtype: Any = (("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "u1"))) -> Any:
    """Load the events to write as a structured array whose fields are time, x, y, polarity in this order."""
    columns = load_columns(job.columns)
    array = np.empty(len(columns[0]), np.dtype(list(dtype)))
    for name, column in zip(array.dtype.names or (), columns, strict=True):
        array[name] = column
    return array
