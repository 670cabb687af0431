"""Package faery: packets of 13-byte records."""

from typing import Any

from bench.files.adapter import Adapter, Job
from bench.files.text import has_header

READ = ("evt2", "evt21", "evt3", "dat", "es", "csv", "aedat4_none", "aedat4_lz4", "aedat4_zstd")
VERSIONS = {"evt2": "evt2", "evt3": "evt3", "dat": "dat2"}
COMPRESSIONS = {"aedat4_none": None, "aedat4_lz4": ("lz4", 1), "aedat4_zstd": ("zstd", 3)}


def stream(job: Job) -> Any:
    """Give its packets."""
    import faery

    more: dict[str, Any] = {}
    if job.case == "csv":
        more = {"csv_properties": csv_properties(job.path)}
    return faery.events_stream_from_file(job.path, dimensions_fallback=(job.width, job.height), **more)


def csv_properties(path: str) -> Any:
    """Describe text as it describes it by default, but for the header."""
    import faery

    return faery.CsvProperties(has_header(path), b",", 0, 1, 2, 3, 0.0, b"1", b"0", False)


def whole(job: Job) -> Any:
    """Read into one array."""
    return stream(job).to_array()


def prepare(job: Job) -> Any:
    """Make an array of its dtype."""
    import faery

    from bench.files.adapter import structured

    return structured(job, [("t", "<u8"), ("x", "<u2"), ("y", "<u2"), (("p", "on"), "?")]).astype(faery.EVENTS_DTYPE)


def write(array: Any, job: Job) -> None:
    """Write an array."""
    import faery

    more: dict[str, Any] = {"zero_t0": False}
    if job.case in VERSIONS:
        more["version"] = VERSIONS[job.case]
    if job.case in COMPRESSIONS:
        more["compression"] = COMPRESSIONS[job.case]
    faery.events_stream_from_array(array, (job.width, job.height)).to_file(job.output, **more)


ADAPTER = Adapter(
    stream=dict.fromkeys(READ, stream),
    whole=dict.fromkeys(READ, whole),
    write=dict.fromkeys([case for case in READ if case != "evt21"], write),
    prepare=prepare,
)
