"""Recordings of one's own: any files that the suite reads, bags among them, with labels in a table beside them."""

import csv
from pathlib import Path

import numpy as np

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.files import file_info, read_file
from aestream_snn.data.recordings import PackedRecordings, Words, pack, words_of

TABLE = "labels.csv"
COLUMNS = ("file", "label", "split")


def load_labelled(split: str, *, data_dir: Path) -> PackedRecordings:
    """Load the recordings that `labels.csv` names.

    The table has the columns `file` (from the folder on), `label` (a name) and `split`, and optionally `start_us` and
    `end_us`, sensor times that cut [start, end) out of the file.

    Raises:
        InvalidArgumentError: the table, or a file that it names, is not there.
        FormatError: the table lacks a column, names no recording of this split, or files of different sensors.
    """
    table, rows = data_dir / TABLE, _rows(data_dir)
    classes = tuple(sorted({row["label"] for row in rows}))
    chosen = [row for row in rows if row["split"] == split]
    if not chosen:
        known = ", ".join(sorted({row["split"] for row in rows}))
        raise FormatError(f"{table}: no recording of split {split!r}; there are {known}")
    width, height = _sensor([data_dir / row["file"] for row in chosen])
    words, offsets = pack([_read(data_dir, row) for row in chosen])
    labels = np.array([classes.index(row["label"]) for row in chosen], np.int64)
    return PackedRecordings(width, height, classes, labels, words, offsets)


def splits_of(data_dir: Path) -> tuple[str, ...]:
    """Give the names of the splits that the table has rows of.

    Raises:
        InvalidArgumentError: there is no table.
        FormatError: it lacks a column, or a row a value.
    """
    return tuple(sorted({row["split"] for row in _rows(data_dir)}))


def _rows(data_dir: Path) -> list[dict[str, str]]:
    table = data_dir / TABLE
    if not table.is_file():
        what = "you write it: a row a recording, with " + ", ".join(COLUMNS)
        raise InvalidArgumentError(f"labelled recordings: no {table} here; {what}")
    with table.open(newline="", encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or any(column not in rows[0] for column in COLUMNS):
        raise FormatError(f"{table}: must have the columns {', '.join(COLUMNS)} and a row a recording")
    for number, row in enumerate(rows, 2):
        if missing := [column for column in COLUMNS if not row[column]]:
            raise FormatError(f"{table}: line {number} has no {missing[0]}")
        for column in ("start_us", "end_us"):
            if row.get(column) and not row[column].strip().isdecimal():
                raise FormatError(f"{table}: line {number}: {column} is {row[column]!r}, no whole number of µs")
    return rows


def _sensor(paths: list[Path]) -> tuple[int, int]:
    sizes = {path: (info.width, info.height) for path in paths if (info := file_info(path))}
    if len(set(sizes.values())) > 1:
        path, size = next((p, s) for p, s in sizes.items() if s != sizes[paths[0]])
        raise FormatError(f"{path}: a sensor of {size}; {paths[0]} has {sizes[paths[0]]}, and all must be alike")
    return next(iter(sizes.values()))


def _read(folder: Path, row: dict[str, str]) -> Words:
    events = read_file(folder / row["file"])
    if row.get("start_us") and row.get("end_us"):
        events = events.slice_time(int(row["start_us"]), int(row["end_us"]))
    return words_of(events)
