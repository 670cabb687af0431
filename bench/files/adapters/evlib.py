"""Package evlib: a polars table."""

from typing import Any

from bench.files.adapter import Adapter, Columns, Job, load_columns

CASES = ("evt2", "evt21", "evt3", "aedat4_none", "aedat4_lz4", "aedat4_zstd", "hdf5", "csv")


def whole(job: Job) -> Any:
    """Read into one table, unsorted: sorting is asked for separately."""
    import evlib

    return evlib.load_events(job.path, sort=False).collect()


def columns(table: Any) -> Columns:
    """Take the columns; times are durations."""
    t, x, y, p = (table[name].to_physical().to_numpy() for name in ("t", "x", "y", "polarity"))
    return t, x, y, p


def write(events: Columns, job: Job) -> None:
    """Write columns; times are in seconds."""
    import evlib

    t, x, y, p = events
    evlib.save_events_to_hdf5(x, y, t, p, job.output)


def prepare(job: Job) -> Columns:
    """Give columns of its types."""
    t, x, y, p = load_columns(job.columns)
    return t * 1e-6, x.astype("i8"), y.astype("i8"), p.astype("i8")


ADAPTER = Adapter(whole=dict.fromkeys(CASES, whole), write={"hdf5": write}, columns=columns, prepare=prepare)
