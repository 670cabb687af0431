"""Package aestream 0.6.4, this project's predecessor: one array of 13-byte records."""

import importlib
from typing import Any

from bench.files.adapter import Adapter, Job

CASES = ("evt3", "dat", "aedat4_none", "aedat4_lz4", "aedat4_zstd", "csv")


def whole(job: Job) -> Any:
    """Read into one array."""
    aestream: Any = importlib.import_module("aestream")  # not this project's package of the same name

    return aestream.FileInput(job.path, (job.width, job.height)).load()


ADAPTER = Adapter(whole=dict.fromkeys(CASES, whole))
