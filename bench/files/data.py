"""Files to read and events to write: made once, kept in a cache folder.

Our own writer makes the files; where a format has none, the first library that can, else NumPy.
"""

import dataclasses
import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.errors import AestreamError
from aestream_core.files import create_file
from bench.files.adapter import LIBRARIES, Job, load, load_columns
from bench.files.camera import WORDS, repeat_words
from bench.files.cases import CASES, Case
from bench.files.encode import ENCODERS, write_encoded
from bench.files.events import NoDataError, real, recorded, recordings_folder, repeat, simulated
from bench.files.processes import ROOT, interpreter, run
from bench.files.worker import add_up

CACHE = ROOT / "out" / "bench_files"
WARM_EVENTS = 50_000


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
        made_by: the library that wrote it, "" for `encode`.
    """

    path: str
    columns: str
    width: int
    height: int
    sums: dict[str, int]
    source: str
    made_by: str


def data_file(name: str, kind: str, *, events: int) -> DataFile:
    """Make a case's file, or find it in the cache.

    Raises:
        NoDataError: no recording is there, or no library writes the format.
    """
    case = CASES[name]
    folder = CACHE / f"{name}-{kind}-{events}"
    note = folder / "data.json"
    if not note.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        note.write_text(json.dumps(dataclasses.asdict(make(name, case, kind, events, folder))))
    return DataFile(**json.loads(note.read_text()))


def make(name: str, case: Case, kind: str, events: int, folder: Path) -> DataFile:
    """Make a case's file."""
    if kind == "camera":
        return make_of_words(name, case, events, folder)
    array, width, height, source = real(case, events) if kind == "real" else simulated(case, events)
    columns = CACHE / re.sub(r"\W+", "_", f"events {source} {width}x{height} {case.span_us} {events}")
    if not columns.exists():  # Cases share events.
        save_columns(array, columns)
    path = folder / f"events{case.extension}"
    job = Job(
        name, name, "write", str(path), "", str(columns), "", str(path), width, height, case.format, {}, check=True
    )
    made_by = write_file(dataclasses.replace(job, options=dict(case.options)))
    sums = add_up([load_columns(str(columns))])
    return DataFile(str(path), str(columns), width, height, sums, source, made_by)


def make_of_words(name: str, case: Case, events: int, folder: Path) -> DataFile:
    """Make a file of a camera's own words."""
    if name not in WORDS:
        raise NoDataError("a camera does not write it, or its words are the only ones there are")
    recording, path = recordings_folder() / case.recordings[0], folder / f"events{case.extension}"
    _, packet = recorded(case.recordings[:1])
    repeats = -(-events // len(packet))
    period_us = repeat_words(recording, path, WORDS[name], repeats=repeats)
    columns = folder / "columns"
    save_columns(repeat(packet.to_numpy(), repeats, period_us), columns)
    sums = add_up([load_columns(str(columns))])
    source = f"{recording.name}, the camera's own words"
    return DataFile(str(path), str(columns), packet.width, packet.height, sums, source, "own")


def save_columns(array: npt.NDArray[Any], folder: Path) -> None:
    """Save what a file is to hold."""
    unfinished = folder.with_suffix(".part")
    unfinished.mkdir(parents=True, exist_ok=True)
    for name in "txyp":
        np.save(unfinished / f"{name}.npy", array[name])
    unfinished.rename(folder)


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
    if job.case in ENCODERS:
        write_encoded(job)
        return ""
    raise NoDataError("no library writes it: " + "; ".join(reasons))


def large_file(name: str, *, size_bytes: int) -> Path:
    """Make a file of about a size by appending the same simulated events with shifted times.

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
