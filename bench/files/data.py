"""Files to read and events to write: made once, kept in a cache folder.

Real events are a recording's, sorted by time because some libraries refuse others, from time 0, and repeated with
shifted times. Our own writer makes the files; where a format has none yet, the first library that can.
"""

import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.errors import AestreamError
from aestream_core.files import create_file, read_file
from aestream_core.simulator import SimConfig, open_simulator
from bench.files.adapter import LIBRARIES, Job, load, load_columns
from bench.files.cases import CASES, Case
from bench.files.processes import ROOT, interpreter, run
from bench.files.worker import add_up

CACHE = ROOT / "out" / "bench_files"
WARM_EVENTS = 50_000
RECORDINGS_VARIABLE = "AESTREAM_BENCH_RECORDINGS"


@dataclasses.dataclass(frozen=True)
class DataFile:
    """A file to read.

    Attributes:
        path: the file.
        columns: folder of the columns that it holds.
        width: sensor width in pixels.
        height: sensor height in pixels.
        sums: what `worker.add_up` gives for its events.
        source: what the events are.
        made_by: the library that wrote it.
    """

    path: str
    columns: str
    width: int
    height: int
    sums: dict[str, int]
    source: str
    made_by: str


class NoDataError(Exception):
    """There are no events of a kind, or nobody can write the file."""


def recordings_folder() -> Path:
    """Give the folder of real recordings, which not every machine has."""
    return Path(os.environ.get(RECORDINGS_VARIABLE) or ROOT.parent / "shared" / "recordings")


def data_file(name: str, kind: str, *, events: int) -> DataFile:
    """Make a case's file of real or simulated events, or find it in the cache.

    Raises:
        NoDataError: no recording is there, or no library writes the format.
    """
    case = CASES[name]
    folder = CACHE / f"{name}-{kind}-{events}"
    note = folder / "data.json"
    if not note.exists():
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(dataclasses.asdict(make(name, case, kind, events, folder))))
    return DataFile(**json.loads(note.read_text()))


def make(name: str, case: Case, kind: str, events: int, folder: Path) -> DataFile:
    """Make a case's file."""
    array, width, height, source = real(case, events) if kind == "real" else simulated(case, events)
    columns = save_columns(array, folder)
    path = folder / f"events{case.extension}"
    job = Job(
        name, name, "write", str(path), "", str(columns), "", str(path), width, height, case.format, {}, check=True
    )
    made_by = write_file(dataclasses.replace(job, options=dict(case.options)))
    sums = add_up([load_columns(str(columns))])
    return DataFile(str(path), str(columns), width, height, sums, source, made_by)


def save_columns(array: npt.NDArray[Any], folder: Path) -> Path:
    """Save what a file is to hold."""
    for name in "txyp":
        np.save(folder / f"{name}.npy", array[name])
    return folder


def write_file(job: Job) -> str:
    """Write a case's file and name who wrote it."""
    reasons = []
    for library in LIBRARIES:
        if not interpreter(library) or job.case not in load(library).write:
            continue
        result = run(dataclasses.replace(job, library=library))
        if "error" not in result:
            return library
        reasons.append(f"{LIBRARIES[library].label}: {result['error']}")
    raise NoDataError("no library writes it: " + "; ".join(reasons))


def real(case: Case, events: int) -> tuple[npt.NDArray[Any], int, int, str]:
    """Repeat the first of a case's recordings that is there."""
    for name in case.recordings:
        try:
            packet = read_file(recordings_folder() / name)
        except AestreamError:
            continue
        return repeat(packet.to_numpy(), events), packet.width, packet.height, name
    raise NoDataError("no real recording is there")


def repeat(array: npt.NDArray[Any], events: int) -> npt.NDArray[Any]:
    """Repeat events one after the other until there are as many as asked for."""
    array = array[np.argsort(array["t"], kind="stable")]
    array["t"] -= array["t"][0]
    period_us = int(array["t"][-1]) + 1
    repeats = -(-events // len(array))
    repeated = np.tile(array, repeats)
    repeated["t"] += np.repeat(np.arange(repeats) * period_us, len(array))
    return repeated[:events]


def simulated(case: Case, events: int) -> tuple[npt.NDArray[Any], int, int, str]:
    """Simulate a sensor."""
    config = SimConfig(width=case.width, height=case.height, scene="shapes", rate_hz=case.rate_hz)
    with open_simulator(config) as stream:
        array = np.concatenate(list(take(stream, events)))[:events]
    array = array[np.argsort(array["t"], kind="stable")]
    array["t"] -= array["t"][0]
    return array, case.width, case.height, f"shapes, {case.rate_hz / 1e6:g} Mev/s"


def take(stream: Any, events: int) -> Iterator[npt.NDArray[Any]]:
    """Take packets until they hold as many events as asked for."""
    count = 0
    while count < events:
        array = next(stream).to_numpy()
        count += len(array)
        yield array


def large_file(name: str, *, size_bytes: int) -> Path:
    """Make a file of about a size by appending the same real or simulated events with shifted times.

    Raises:
        NoDataError: we do not write the format.
    """
    from aestream_core import Events

    case = CASES[name]
    path = CACHE / f"{name}-{size_bytes}{case.extension}"
    done = path.with_suffix(".done")
    if done.exists():
        return path
    CACHE.mkdir(parents=True, exist_ok=True)
    array, width, height, _ = simulated(case, 1_000_000)
    period_us = int(array["t"][-1]) + 1
    try:
        writer = create_file(path, width=width, height=height, format=case.format, **case.options)
        while writer.counters().bytes < size_bytes:
            writer.write(Events.from_numpy(array, width=width, height=height))
            array["t"] += period_us
        writer.close()
    except AestreamError as error:
        raise NoDataError(str(error)) from None
    done.touch()
    return path
