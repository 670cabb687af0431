"""Package tonic: whole recordings of a few formats; AEDAT4 through package aedat."""

from typing import Any

from bench.files.adapter import Adapter, Job

AEDAT4 = ("aedat4_none", "aedat4_lz4", "aedat4_zstd")


def whole_aedat4(job: Job) -> Any:
    """Read into one array."""
    import tonic.io

    return tonic.io.read_aedat4(job.path)


def whole_nmnist(job: Job) -> Any:
    """Read into one array."""
    import tonic.io

    return tonic.io.read_mnist_file(job.path, dtype=tonic.io.events_struct)


def whole_aedat2(job: Job) -> Any:
    """Read into one array."""
    import tonic.io

    return tonic.io.read_davis_346(job.path)[-1]


def whole_aedat3(job: Job) -> Any:
    """Read into one array."""
    import tonic.io

    return tonic.io.read_dvs_red(job.path)[-1]


WHOLE = {"nmnist": whole_nmnist, "aedat2": whole_aedat2, "aedat3": whole_aedat3}
ADAPTER = Adapter(whole=dict.fromkeys(AEDAT4, whole_aedat4) | WHOLE)
