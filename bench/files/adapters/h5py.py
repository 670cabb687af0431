"""Package h5py: the columns of an HDF5 file, as they are in it."""

from typing import Any

from bench.files.adapter import Adapter, Job, load_columns


def whole(job: Job) -> Any:
    """Read the four columns of group `events`, or the table `CD/events`."""
    import h5py
    import hdf5plugin  # noqa: F401

    with h5py.File(job.path) as file:
        if "CD" in file:
            return file["CD/events"][:]
        return {name: file[f"events/{name}"][:] for name in ("t", "x", "y", "p")}


def write(columns: Any, job: Job) -> None:
    """Write four columns with the compression that DSEC's files have."""
    import h5py
    import hdf5plugin

    with h5py.File(job.output, "w") as file:
        for name, column in zip("txyp", columns, strict=True):
            file.create_dataset(f"events/{name}", data=column, chunks=True, **hdf5plugin.Blosc(cname="zstd", clevel=1))


ADAPTER = Adapter(whole={"hdf5": whole}, write={"hdf5": write}, prepare=lambda job: load_columns(job.columns))
