"""Package dv-processing: event stores of 16-byte records."""

from collections.abc import Iterator
from typing import Any

from bench.files.adapter import Adapter, Job

CASES = {"aedat4_none": "NONE", "aedat4_lz4": "LZ4", "aedat4_zstd": "ZSTD"}


def stores(job: Job) -> Iterator[Any]:
    """Give its event stores."""
    import dv_processing as dv

    recording = dv.io.MonoCameraRecording(job.path)
    while (store := recording.getNextEventBatch()) is not None:
        yield store


def stream(job: Job) -> Iterator[Any]:
    """Give arrays."""
    return (store.numpy() for store in stores(job))


def one_store(job: Job) -> Any:
    """Join the event stores, which copies nothing; also what is written: made in Python it takes a call an event."""
    import dv_processing as dv

    joined = dv.EventStore()
    for store in stores(job):
        joined.add(store)
    return joined


def write(store: Any, job: Job) -> None:
    """Write an event store."""
    import dv_processing as dv

    compression = getattr(dv.CompressionType, CASES[job.case])
    config = dv.io.MonoCameraWriter.EventOnlyConfig("camera", (job.width, job.height), compression)
    dv.io.MonoCameraWriter(job.output, config).writeEvents(store)


ADAPTER = Adapter(
    stream=dict.fromkeys(CASES, stream),
    whole=dict.fromkeys(CASES, lambda job: one_store(job).numpy()),
    write=dict.fromkeys(CASES, write),
    prepare=one_store,
)
