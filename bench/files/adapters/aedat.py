"""Package aedat: packets of 13-byte records."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from bench.files.adapter import Adapter, Job

CASES = ("aedat4_none", "aedat4_lz4", "aedat4_zstd")


def stream(job: Job) -> Iterator[Any]:
    """Give its packets of events."""
    import aedat

    return (packet["events"] for packet in aedat.Decoder(job.path) if "events" in packet)


def whole(job: Job) -> Any:
    """Join the packets."""
    return np.concatenate(list(stream(job)))


ADAPTER = Adapter(stream=dict.fromkeys(CASES, stream), whole=dict.fromkeys(CASES, whole))
