"""Package aestream 0.6.4, this project's predecessor: one array of 13-byte records."""

from typing import Any

from bench.files.adapter import Adapter, Job

CASES = ("evt3", "dat", "aedat4_none", "aedat4_lz4", "aedat4_zstd", "csv")


def whole(job: Job) -> Any:
    """Read into one array."""
    import aestream

    return aestream.FileInput(job.path, (job.width, job.height)).load()


ADAPTER = Adapter(whole=dict.fromkeys(CASES, whole))
