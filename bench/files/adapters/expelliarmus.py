"""Package expelliarmus: arrays of 16-byte records, in chunks or whole."""

from collections.abc import Iterable
from typing import Any

from bench.files.adapter import Adapter, Job

CASES = ("evt2", "evt3", "dat")
CHUNK_EVENTS = 65536


def wizard(job: Job) -> Any:
    """Make its reader and writer."""
    from expelliarmus import Wizard

    return Wizard(encoding=job.case, chunk_size=CHUNK_EVENTS)


def stream(job: Job) -> Iterable[Any]:
    """Give its chunks."""
    reader = wizard(job)
    reader.set_file(job.path)
    return reader.read_chunk()  # type: ignore[no-any-return]


def whole(job: Job) -> Any:
    """Read into one array."""
    return wizard(job).read(job.path)


def write(array: Any, job: Job) -> None:
    """Write an array."""
    wizard(job).save(job.output, array)


ADAPTER = Adapter(
    stream=dict.fromkeys(CASES, stream), whole=dict.fromkeys(CASES, whole), write=dict.fromkeys(CASES, write)
)
