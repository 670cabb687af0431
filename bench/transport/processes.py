"""The processes of a case, each with the environment that the case asks for."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.files.processes import ROOT, tail
from bench.transport.case import Case
from bench.transport.figures import Figures, figures
from bench.transport.packets import recording, schedule
from bench.transport.paths.table import PATHS

TIMEOUT_S = 60
END_S = 2
PAUSE_PERIOD_S = 0.5
PROFILE_VARIABLES = ("FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_DEFAULT_PROFILES_FILE")
SHIPPED = ROOT / "config" / "fastdds.xml"
MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": "268435456",
    "MALLOC_TRIM_THRESHOLD_": "1073741824",
    "MALLOC_TOP_PAD_": "16777216",
}


class CaseError(Exception):
    """A side of a case failed; the message says why."""


def measure(case: Case) -> Figures:
    """Run both sides and give the figures.

    Raises:
        CaseError: a side failed.
    """
    recording(case.rate_hz)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if PATHS[case.path].both is not None:
            finish(start("both", case, folder))
        else:
            receiver = start("receive", case, folder)
            try:
                with paused(receiver, case.pause_ms):
                    finish(start("publish", case, folder))
            finally:
                end(receiver)
        return {**dataclasses.asdict(case), **figures(case, schedule(case), folder)}


@contextmanager
def paused(process: "subprocess.Popen[bytes]", pause_ms: int) -> Iterator[None]:
    """Let a process stand still for a while, twice a second."""
    over = threading.Event()

    def pause() -> None:
        while pause_ms and not over.wait(PAUSE_PERIOD_S):
            process.send_signal(signal.SIGSTOP)
            over.wait(pause_ms / 1000)
            process.send_signal(signal.SIGCONT)

    thread = threading.Thread(target=pause)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def start(side: str, case: Case, folder: Path) -> "subprocess.Popen[bytes]":
    """Start a side."""
    command = [sys.executable, "-m", "bench.transport.worker", side, json.dumps(dataclasses.asdict(case)), str(folder)]
    return subprocess.Popen(command, cwd=ROOT, env=environment(case), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def environment(case: Case) -> dict[str, str]:
    """Give the environment with the case's profile and allocator settings."""
    left_out = (*PROFILE_VARIABLES, *MALLOC)
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    profile = {"shipped": str(SHIPPED), "default": ""}.get(case.profile, case.profile)
    profiles = dict.fromkeys(PROFILE_VARIABLES, profile) if profile else {}
    path = f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"
    own = {"PYTHONPATH": path, "AESTREAM_BENCH_TOPIC": f"/bench_{os.getpid()}/events"}
    return kept | profiles | (MALLOC if case.malloc else {}) | own


def finish(process: "subprocess.Popen[bytes]") -> None:
    """Wait for a side to end by itself."""
    try:
        output, errors = process.communicate(timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.communicate()
        raise CaseError(f"not done after {TIMEOUT_S} s") from error
    if b"XMLPARSER" in output + errors:
        raise CaseError("Fast DDS does not understand the profile, and would go on without it")
    if process.returncode:
        raise CaseError(tail(errors))


def end(process: "subprocess.Popen[bytes]") -> None:
    """Let a subscriber end by itself if the last packet came, else tell it to."""
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
    finish(process)
