"""Memory in use while a large recording is streamed."""

from typing import Any

from bench.files.adapter import Job
from bench.files.cases import CASES
from bench.files.data import WARM_EVENTS, data_file, large_file
from bench.files.events import NoDataError
from bench.files.measure import say
from bench.files.processes import run

FORMATS = ("evt3", "dat", "aedat4_none", "csv")
LIMIT_MB = 200


def measure(formats: tuple[str, ...], *, size_bytes: int) -> list[dict[str, Any]]:
    """Stream a large file of each format and look at the peak of resident memory."""
    rows = []
    for name in FORMATS:
        if name not in formats:
            continue
        say(f"{name}: memory")
        try:
            rows.append(measure_one(name, size_bytes))
        except NoDataError as error:
            say(f"{name}: left out; {error}")
    return rows


def measure_one(name: str, size_bytes: int) -> dict[str, Any]:
    """Stream one file."""
    path = large_file(name, size_bytes=size_bytes)
    warm = data_file(name, "simulated", events=WARM_EVENTS)
    format = CASES[name].format
    job = Job(
        "own", name, "stream", str(path), warm.path, warm.columns, warm.columns, "", warm.width, warm.height, format, {}
    )
    result = run(job)
    found: dict[str, Any] = {"case": name, "file_mb": path.stat().st_size / 1e6, "error": result.get("error", "")}
    if found["error"]:
        return found
    return found | {
        "events": result["events"],
        "peak_mb": result["peak_bytes"] / 1e6,
        "anonymous_mb": result["anonymous_bytes"] / 1e6,
    }


def show(rows: list[dict[str, Any]]) -> None:
    """Print what was measured."""
    for row in rows:
        what = f"{CASES[row['case']].label}, streamed, {row['file_mb']:.0f} MB"
        if row["error"]:
            print(f"\n{what}: cannot: {row['error']}")
        else:
            verdict = "" if row["peak_mb"] < LIMIT_MB else f", OVER the limit of {LIMIT_MB} MB"
            print(f"\n{what}, {row['events']:,} events: peak resident {row['peak_mb']:.0f} MB{verdict}")
