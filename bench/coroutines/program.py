"""The native program that measures: built with the flags of the package, run several times, the best of each kept."""

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "aestream_core"
PROGRAM = BUILD / "bench_coroutines"
TIMEOUT_S = 600


@dataclass(frozen=True, order=True)
class Case:
    """One way to do one task.

    Attributes:
        task: "sum" or "recording".
        method: how events travel.
        packet_events: events in a packet or buffer; 0 for as they are read.
        threads: consumers of a sum, threads of a recording.
    """

    task: str
    method: str
    packet_events: int
    threads: int


@dataclass(frozen=True)
class Cost:
    """What a case took at its best.

    Attributes:
        events: events in one run.
        wall_s: least time.
        cpu_s: least time of all processors together.
    """

    events: int
    wall_s: float
    cpu_s: float

    @property
    def rate(self) -> float:
        """Mev/s."""
        return self.events / self.wall_s / 1e6

    @property
    def cpu_ns(self) -> float:
        """Processor time an event in ns."""
        return self.cpu_s / self.events * 1e9


Costs = dict[Case, Cost]


def build() -> None:
    """Build the program, in the build folder of the package.

    Raises:
        SystemExit: there is no build folder, or the compiler failed.
    """
    if not (BUILD / "CMakeCache.txt").exists():
        raise SystemExit(f"no build of aestream_core in {BUILD}; build the workspace first (make setup)")
    command = ["cmake", "--build", str(BUILD), "--target", PROGRAM.name, "-j", str(os.cpu_count() or 1)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def measure(commands: Sequence[Sequence[str]], *, rounds: int) -> Costs:
    """Run every command in turn, several times, and keep the best of each case.

    Raises:
        SystemExit: a result was wrong; the message says which.
    """
    best: Costs = {}
    for _ in range(rounds):
        for words in commands:
            for case, cost in run(words):
                best[case] = better(best.get(case, cost), cost)
    return best


def run(words: Sequence[str]) -> Iterable[tuple[Case, Cost]]:
    """Run the program once."""
    done = subprocess.run([str(PROGRAM), *words], capture_output=True, text=True, timeout=TIMEOUT_S)
    if done.returncode:
        raise SystemExit(f"{PROGRAM.name} {' '.join(words)} failed: {done.stderr.strip()}")
    for line in done.stdout.splitlines():
        row = json.loads(line)
        case = Case(row["task"], row["method"], row["packet_events"], row["threads"])
        yield case, Cost(row["events"], row["wall_s"], row["cpu_s"])


def better(one: Cost, other: Cost) -> Cost:
    """Give the least of each time."""
    return replace(one, wall_s=min(one.wall_s, other.wall_s), cpu_s=min(one.cpu_s, other.cpu_s))
