"""One measurement in a process of its own: `python -m bench.files.worker JOB`, with the job as JSON.

Prints one line of JSON: seconds, or sums of what was read, or the error.
"""

import contextlib
import dataclasses
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.files.adapter import Adapter, Columns, Job, load

RECORD_BYTES = 8


def main() -> None:
    """Do the job."""
    job = Job(**json.loads(sys.argv[1]))
    try:
        adapter = load(job.library)
        result = check(adapter, job) if job.check else measure(adapter, job)
    except BaseException as error:  # A panic of a Rust library is no Exception.
        result = {"error": describe(error, job)}
    print("\n" + json.dumps(result), flush=True)
    os._exit(0)  # Some libraries hang or crash when they are torn down, which is not what is measured.


def describe(error: BaseException, job: Job) -> str:
    """Give the class and the first line of an error, without folders."""
    message = next(iter(str(error).strip().splitlines()), "")
    for path in filter(None, (job.path, job.warm_path, job.output)):
        message = message.replace(path, Path(path).name)
    return f"{type(error).__name__}: {message}"


def task(adapter: Adapter, job: Job) -> Callable[[], int]:
    """Give what is timed; it says how many events it handled."""
    if job.mode == "write":
        prepared, write = adapter.prepare(job), adapter.write[job.case]
        Path(job.output).unlink(missing_ok=True)
        return lambda: write(prepared, job) or 0
    if job.mode == "whole":
        whole = adapter.whole[job.case]
        return lambda: length(whole(job))
    stream = adapter.stream[job.case]
    return lambda: sum(length(packet) for packet in stream(job))


def length(packet: Any) -> int:
    """Count events; a mapping has columns."""
    return len(next(iter(packet.values()))) if isinstance(packet, dict) else len(packet)


def measure(adapter: Adapter, job: Job) -> dict[str, Any]:
    """Warm the code on the small file, then time the large one."""
    task(adapter, dataclasses.replace(job, path=job.warm_path, columns=job.warm_columns))()
    run = task(adapter, job)
    before_bytes = start_peak()
    start_s, start_cpu_s = time.perf_counter(), time.process_time()
    events = run()
    seconds, cpu_s = time.perf_counter() - start_s, time.process_time() - start_cpu_s
    peak_bytes = memory("VmHWM")
    return {
        "events": events,
        "seconds": seconds,
        "cpu_s": cpu_s,
        "peak_bytes": peak_bytes,
        "added_bytes": peak_bytes - before_bytes,
        "anonymous_bytes": memory("RssAnon"),
        "copy_s": copy_s(len(np.load(Path(job.columns) / "t.npy", mmap_mode="r"))),
    }


def start_peak() -> int:
    """Begin to look for the peak of resident memory, where the kernel allows; gives what is resident now."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


def memory(name: str) -> int:
    """Read a figure of this process's memory in bytes; `ru_maxrss` would be the parent's where that is larger."""
    status = Path("/proc/self/status").read_text()
    found = re.search(rf"{name}:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def copy_s(events: int) -> float:
    """Time a copy of as many 8-byte records: what no reader into memory can beat."""
    source, target = np.ones(events, np.int64), np.ones(events, np.int64)
    times_s = []
    for _ in range(3):
        start_s = time.perf_counter()
        np.copyto(target, source)
        times_s.append(time.perf_counter() - start_s)
    assert target.nbytes == events * RECORD_BYTES
    return min(times_s)


def check(adapter: Adapter, job: Job) -> dict[str, Any]:
    """Add up what is read, or just write."""
    if job.mode == "write":
        task(adapter, job)()
        return {"bytes": Path(job.output).stat().st_size}
    packets = adapter.stream[job.case](job) if job.mode == "stream" else [adapter.whole[job.case](job)]
    return add_up(adapter.columns(packet) for packet in packets)


def add_up(packets: Any) -> dict[str, Any]:
    """Sum times, columns, rows and polarities."""
    sums = {"events": 0, "t": 0, "x": 0, "y": 0, "p": 0, "first_us": 0, "last_us": 0}
    for columns in packets:
        if len(columns[0]):
            add_packet(sums, columns)
    return sums


def add_packet(sums: dict[str, int], columns: Columns) -> None:
    """Add one packet."""
    t = np.asarray(columns[0])
    if not sums["events"]:
        sums["first_us"] = int(t[0])
    sums["last_us"] = int(t[-1])
    sums["events"] += len(t)
    for name, column in zip("txyp", columns, strict=True):
        sums[name] += int(np.asarray(column).sum(dtype=np.int64))


if __name__ == "__main__":
    main()
