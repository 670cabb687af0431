"""Package polars: text; the workers' environment keeps it to one thread."""

from typing import Any

import numpy as np

from bench.files.adapter import Adapter, Columns, Job, load_columns
from bench.files.text import has_header


def whole(job: Job) -> Any:
    """Read text into a table."""
    import polars

    return polars.read_csv(job.path, has_header=has_header(job.path))


def columns(table: Any) -> Columns:
    """Take the columns in order."""
    t, x, y, p = (table.to_series(index).to_numpy() for index in range(4))
    return t, x, y, p


def prepare(job: Job) -> Any:
    """Make a table."""
    import polars

    return polars.DataFrame(
        dict(zip("txyp", (column.astype(np.int64) for column in load_columns(job.columns)), strict=True))
    )


def write(table: Any, job: Job) -> None:
    """Write a table."""
    table.write_csv(job.output)


ADAPTER = Adapter(whole={"csv": whole}, write={"csv": write}, columns=columns, prepare=prepare)
