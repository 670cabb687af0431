"""Lines and files of them, for the tests of CSV."""

from pathlib import Path

import numpy as np

from aestream_core.files import read_file

Rows = list[tuple[int, int, int, int]]
ROWS: Rows = [(10, 3, 2, 1), (25, 600, 401, 0), (1_000_000, 12, 7, 1)]


def made(folder: Path, text: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows_of(path: Path, **options: object) -> Rows:
    return [tuple(map(int, row)) for row in read_file(path, **options).to_numpy().tolist()]  # type: ignore[misc]


def many_lines(count: int, *, seed: int = 1) -> bytes:
    rng = np.random.default_rng(seed)
    t = np.cumsum(rng.integers(0, 50, count)) + rng.integers(0, 10_000_000)
    columns = (t, rng.integers(0, 640, count), rng.integers(0, 480, count), rng.integers(0, 2, count))
    return b"".join(b"%d,%d,%d,%d\n" % row for row in zip(*columns, strict=True))
