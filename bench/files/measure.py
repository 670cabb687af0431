"""Check every library's result, then time those that are right, in rounds that take turns."""

import dataclasses
import statistics
import sys
import time
from typing import Any

from bench.files.adapter import LIBRARIES, Job, load
from bench.files.cases import CASES
from bench.files.data import CACHE, WARM_EVENTS, DataFile, data_file
from bench.files.processes import interpreter, run
from bench.files.verdict import Verdict, judge
from bench.files.warm import warm_memory

Result = dict[str, Any]


def say(text: str) -> None:
    """Report progress."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def measure_group(case: str, kind: str, mode: str, *, libraries: tuple[str, ...], events: int, rounds: int) -> Result:
    """Measure one mode of one case for every library that has it.

    Raises:
        NoDataError: there is no file for this case.
    """
    data = data_file(case, kind, events=int(events * CASES[case].share))
    warm = data_file(case, kind, events=WARM_EVENTS)
    jobs = {library: make_job(library, case, mode, data, warm) for library in libraries if has(library, case, mode)}
    verdicts = {}
    for library, job in jobs.items():
        say(f"{case} {kind} {mode}: check {LIBRARIES[library].label}")
        verdicts[library] = check(job, data)
    timed = {library: job for library, job in jobs.items() if not verdicts[library].error}
    samples = time_rounds(timed, rounds, f"{case} {kind} {mode}")
    return {
        "case": case,
        "kind": kind,
        "mode": mode,
        "events": data.sums["events"],
        "source": data.source,
        "made_by": LIBRARIES[data.made_by].label if data.made_by else "this benchmark",
        "size": f"{data.width}x{data.height}",
        "rounds": rounds,
        "results": [row(library, verdicts[library], samples.get(library, []), data) for library in jobs],
    }


def has(library: str, case: str, mode: str) -> bool:
    """Say whether a library has a mode of a case, and is installed."""
    return bool(interpreter(library)) and case in getattr(load(library), mode)


def make_job(library: str, case: str, mode: str, data: DataFile, warm: DataFile) -> Job:
    """Describe a measurement."""
    row = CASES[case]
    output = str(CACHE / f"written{row.extension}")
    return Job(
        library,
        case,
        mode,
        data.path,
        warm.path,
        data.columns,
        warm.columns,
        output,
        data.width,
        data.height,
        row.format,
        dict(row.options),
    )


def check(job: Job, data: DataFile) -> Verdict:
    """Compare what a library reads, or what is read from the file that it wrote, with what it should be."""
    result = run(dataclasses.replace(job, check=True))
    if "error" in result or job.mode != "write":
        return judge(result, data)
    verdict = judge(run(dataclasses.replace(job, library="own", mode="stream", path=job.output, check=True)), data)
    if verdict.error and not LIBRARIES[job.library].ours:
        verdict = Verdict(remark=f"read by us: {verdict.error}")
    return dataclasses.replace(verdict, size_bytes=result["bytes"])


def time_rounds(jobs: dict[str, Job], rounds: int, title: str) -> dict[str, list[Result]]:
    """Time every job in turn, each in a fresh process. Each round begins with another: the first pays for the rest."""
    samples: dict[str, list[Result]] = {library: [] for library in jobs}
    for turn in range(rounds):
        say(f"{title}: round {turn + 1} of {rounds}")
        order = list(jobs)
        first = turn % len(order)
        for library in order[first:] + order[:first]:
            warm_memory(CACHE)
            samples[library].append(run(jobs[library]))
    return samples


def row(library: str, verdict: Verdict, samples: list[Result], data: DataFile) -> Result:
    """Take the medians of a library's samples."""
    errors = [sample["error"] for sample in samples if "error" in sample]
    error = verdict.error or (errors[0] if errors else "")
    result: Result = {"library": library, "error": error, "remark": verdict.remark}
    if verdict.size_bytes:
        result["bytes_per_event"] = verdict.size_bytes / data.sums["events"]
    if error or not samples:
        return result
    median = {key: statistics.median(sample[key] for sample in samples) for key in samples[0] if key != "error"}
    events = data.sums["events"]
    return result | {
        "mev_s": events / median["seconds"] / 1e6,
        "cpu_mev_s": events / median["cpu_s"] / 1e6,
        "best_mev_s": events / min(sample["seconds"] for sample in samples) / 1e6,
        "copies": median["seconds"] / median["copy_s"],
        "peak_mb": median["peak_bytes"] / 1e6,
        "added_mb": median["added_bytes"] / 1e6,
    }
