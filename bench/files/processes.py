"""Workers: each job in a fresh process, in the environment that has its library."""

import dataclasses
import functools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.files.adapter import LIBRARIES, Job

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 300
PEERS_PYTHON_VARIABLE = "AESTREAM_BENCH_PEERS_PYTHON"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "NUMBA_NUM_THREADS")
ONE_THREAD = dict.fromkeys(THREADS, "1")


@functools.cache
def peers_python() -> str:
    """Give the interpreter that has the other libraries, "" where there is none."""
    path = os.environ.get(PEERS_PYTHON_VARIABLE) or str(ROOT / ".venv-peers" / "bin" / "python")
    return path if Path(path).exists() else ""


def interpreter(library: str) -> str:
    """Give the interpreter for a library, "" where there is none."""
    return sys.executable if LIBRARIES[library].ours else peers_python()


def run(job: Job) -> dict[str, Any]:
    """Run a job and give what its worker says: at least `error` where it failed."""
    command = [interpreter(job.library), "-m", "bench.files.worker", json.dumps(dataclasses.asdict(job))]
    environment = environment_of(ours=LIBRARIES[job.library].ours)
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return {"error": f"not done after {TIMEOUT_S} s"}
    if done.returncode < 0:
        return {"error": f"crashed ({signal.Signals(-done.returncode).name})"}
    return last_line(done.stdout) or {"error": f"exit status {done.returncode}: {tail(done.stderr)}"}


def environment_of(*, ours: bool) -> dict[str, str]:
    """Give every worker one thread and the system's usual allocator settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    path = f"{ROOT}:{os.environ.get('PYTHONPATH', '')}" if ours else str(ROOT)
    return kept | ONE_THREAD | {"PYTHONPATH": path, "PYTHONWARNINGS": "ignore"}


def last_line(output: bytes) -> dict[str, Any]:
    """Read the result; libraries print other things before it."""
    lines = output.decode(errors="replace").strip().splitlines()
    try:
        return dict(json.loads(lines[-1])) if lines else {}
    except (ValueError, TypeError):
        return {}


def tail(output: bytes) -> str:
    """Give the last line of standard error."""
    return (output.decode(errors="replace").strip().splitlines() or [""])[-1]


def versions() -> dict[str, str]:
    """Give the versions of the other libraries by package name."""
    if not peers_python():
        return {}
    names = [library.package for library in LIBRARIES.values() if library.package]
    code = (
        "import importlib.metadata as m, json, sys\n"
        "print(json.dumps({n: m.version(n) for n in sys.argv[1:] "
        "if any(True for _ in m.distributions(name=n))}))"
    )
    environment = environment_of(ours=False)
    done = subprocess.run([peers_python(), "-c", code, *names], capture_output=True, env=environment, check=True)
    return dict(json.loads(done.stdout))
