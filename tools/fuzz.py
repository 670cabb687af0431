#!/usr/bin/env python3
"""Coverage-guided fuzzing of the native decoders, and replays of the stored corpus with sanitizers.

    tools/fuzz.py run --minutes 24 evt3 dat    fuzz these formats for 24 CPU minutes each; without names, all
    tools/fuzz.py spent                        what was spent on each so far
    tools/fuzz.py corpus evt3                  store the new inputs that reach new code
    tools/fuzz.py sanitize                     replay the stored corpus and that of the runs here, built with g++

A program `fuzz_KIND` fuzzes what its `--list` names, one at a time, chosen by `--KIND=NAME`. What a run finds goes to
out/fuzz/NAME: inputs that crash, that take longer than 10 s and that need more than 512 MB, and its corpus.
"""

import argparse
import csv
import datetime
import hashlib
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src/aestream_core/fuzz"
STORED = SOURCES / "corpus"
PACKAGES = "clang and libclang-rt-14-dev (or the distribution's version of it), cmake, liblz4-dev, libzstd-dev"

SLICE_S = 300  # a run is logged and started anew after this long, so that little is lost when it is ended
SHORTEST_SLICE_S = 5
MOST_FINDINGS = 10  # of one format in one run: more are mostly the same defect
LIMITS = ("-timeout=10", "-rss_limit_mb=512", "-malloc_limit_mb=256", "-max_len=4096")
FINDINGS = ("crash-*", "timeout-*", "oom-*", "leak-*")
LARGEST_STORED_FILE_BYTES = 700
LARGEST_STORED_CORPUS_BYTES = 20_000
LOG_FIELDS = ("date", "commit", "target", "cpu_s", "executions", "coverage", "findings")


def fail(message: str) -> None:
    """End with one line on stderr."""
    sys.exit(f"[fuzz] error: {message}")


@dataclass(frozen=True)
class Target:
    """One thing to fuzz: a program, and the name by which it is told what to fuzz."""

    program: Path
    kind: str
    name: str

    @property
    def label(self) -> str:
        """Name among all targets; also of its folders and dictionary."""
        return self.name if self.kind == "format" else f"{self.kind}_{self.name}"

    @property
    def flag(self) -> str:
        """What tells the program."""
        return f"--{self.kind}={self.name}"

    @property
    def stored(self) -> Path:
        """Its part of the stored corpus; may be missing."""
        return STORED / self.label


@dataclass
class Result:
    """What came of fuzzing one target."""

    target: Target
    cpu_s: float = 0.0
    executions: int = 0
    coverage: int = 0
    corpus: int = 0
    findings: list[Path] = field(default_factory=list)


def find_compiler() -> str:
    """Give a clang++ that has libFuzzer."""
    versioned = sorted(map(str, Path("/usr/bin").glob("clang++-*")), key=lambda path: -int(path.rsplit("-", 1)[1]))
    for compiler in [os.environ.get("FUZZ_CXX", ""), "clang++", *versioned]:
        if compiler and shutil.which(compiler) and _links_libfuzzer(compiler):
            return compiler
    fail(f"fuzzing needs clang++ with libFuzzer; install {PACKAGES}")
    raise AssertionError


def _links_libfuzzer(compiler: str) -> bool:
    source = (
        '#include <cstdint>\nextern "C" int LLVMFuzzerTestOneInput(const std::uint8_t*, unsigned long) { return 0; }'
    )
    with tempfile.TemporaryDirectory() as folder:
        command = [compiler, "-fsanitize=fuzzer,address,undefined", "-x", "c++", "-", "-o", f"{folder}/program"]
        return subprocess.run(command, input=source, text=True, capture_output=True).returncode == 0


def build(folder: Path, compiler: str, *options: str) -> list[Path]:
    """Build the fuzzing programs and give their paths."""
    print(f"[fuzz] building in {folder.relative_to(ROOT)} with {compiler}", flush=True)
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    configure = ["cmake", "-S", str(SOURCES), "-B", str(folder), f"-DCMAKE_CXX_COMPILER={compiler}"]
    jobs = str(min(2, os.cpu_count() or 1))
    for command in ([*configure, *launcher, *options], ["cmake", "--build", str(folder), "-j", jobs]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            fail(f"the build failed:\n{done.stdout}")
    return [folder / source.stem for source in sorted(SOURCES.glob("fuzz_*.cpp"))]


def targets_of(programs: Iterable[Path], wanted: list[str]) -> list[Target]:
    """List what the programs fuzz, or the part of it that is wanted."""
    targets = []
    for program in programs:
        kind = program.stem.removeprefix("fuzz_")
        names = subprocess.run([program, "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
        targets += [Target(program, kind, name) for name in names]
    known = [target.label for target in targets]
    for label in wanted:
        if label not in known:
            fail(f"nothing to fuzz is called {label!r}; known: {', '.join(known)}")
    return [target for target in targets if not wanted or target.label in wanted]


def environment() -> dict[str, str]:
    """Give the sanitizers' settings."""
    # A small quarantine: the memory limit counts what waits there.
    asan = "quarantine_size_mb=16:detect_stack_use_after_return=0:" + os.environ.get("ASAN_OPTIONS", "")
    return {**os.environ, "ASAN_OPTIONS": asan, "UBSAN_OPTIONS": "print_stacktrace=1"}


class Fuzzing:
    """Fuzzes targets, each until its CPU time is spent."""

    def __init__(self, out: Path, seconds: float, nice: int) -> None:
        """Prepare; `seconds` of CPU time for each target."""
        self.out = out
        self.seconds = seconds
        self.nice = nice
        self.stopped = threading.Event()
        self._log_lock = threading.Lock()
        self._commit = _commit()

    def fuzz(self, target: Target) -> Result:
        """Fuzz one target until its time is spent or it has more findings than anybody reads."""
        result = Result(target)
        folder = self.out / target.label
        (folder / "corpus").mkdir(parents=True, exist_ok=True)
        # A copy, so that a build meanwhile does not disturb a run of hours.
        program = Path(shutil.copy2(target.program, folder / target.program.name))
        while result.cpu_s < self.seconds and len(result.findings) < MOST_FINDINGS and not self.stopped.is_set():
            self._slice(result, program, folder)
        return result

    def _slice(self, result: Result, program: Path, folder: Path) -> None:
        left_s = self.seconds - result.cpu_s
        wall_s = min(SLICE_S, max(SHORTEST_SLICE_S if self.seconds >= SHORTEST_SLICE_S else 1, math.ceil(left_s)))
        known = set(_findings(folder))
        cpu_s, text = self._run(self._command(result.target, program, folder, wall_s), folder / "fuzz.log")
        new = sorted(set(_findings(folder)) - known)
        executions, result.coverage, result.corpus = _statistics(text)
        result.cpu_s += cpu_s
        result.executions += executions
        result.findings += new
        self._log(result.target, cpu_s, executions, result.coverage, len(new))
        if executions == 0 and not new:
            self.stopped.set()
            fail(f"{result.target.label} did not run; see {folder / 'fuzz.log'}")

    def _command(self, target: Target, program: Path, folder: Path, wall_s: int) -> list[str]:
        dictionary = SOURCES / "dictionaries" / f"{target.label}.dict"
        command = ["nice", "-n", str(self.nice), str(program), target.flag, *LIMITS]
        command += [f"-max_total_time={wall_s}", "-print_final_stats=1", f"-artifact_prefix={folder}/"]
        command += [f"-dict={dictionary}"] if dictionary.exists() else []
        return [*command, str(folder / "corpus"), *([str(target.stored)] if target.stored.is_dir() else [])]

    def _run(self, command: list[str], log: Path) -> tuple[float, str]:
        """Run a command; gives the CPU seconds that it took and what it wrote."""
        with log.open("wb") as file:
            process = subprocess.Popen(command, stdout=file, stderr=file, env=environment())
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime, log.read_text(errors="replace")

    def _log(self, target: Target, cpu_s: float, executions: int, coverage: int, findings: int) -> None:
        date = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        path = self.out / "log.csv"
        with self._log_lock, path.open("a", newline="") as file:
            writer = csv.writer(file)
            if file.tell() == 0:
                writer.writerow(LOG_FIELDS)
            writer.writerow([date, self._commit, target.label, f"{cpu_s:.1f}", executions, coverage, findings])


def _commit() -> str:
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def _findings(folder: Path) -> list[Path]:
    return [path for pattern in FINDINGS for path in folder.glob(pattern)]


def _statistics(text: str) -> tuple[int, int, int]:
    """Executions, coverage and corpus size, from what libFuzzer wrote last."""
    executed = re.findall(r"^stat::number_of_executed_units: (\d+)", text, re.MULTILINE)
    executed = executed or re.findall(r"^#(\d+)\t", text, re.MULTILINE)
    coverage = re.findall(r" cov: (\d+)", text)
    corpus = re.findall(r" corp: (\d+)", text)
    return tuple(int(found[-1] or 0) if found else 0 for found in (executed, coverage, corpus))  # type: ignore[return-value]


def show(results: list[Result]) -> None:
    """Print one line a target."""
    print(f"{'format':<16}{'executions':>12}{'coverage':>10}{'corpus':>8}{'findings':>10}{'CPU min':>9}")
    for each in results:
        print(
            f"{each.target.label:<16}{each.executions:>12,}{each.coverage:>10,}{each.corpus:>8,}"
            f"{len(each.findings):>10}{each.cpu_s / 60:>9.1f}"
        )
    for each in results:
        for path in each.findings:
            print(f"[fuzz] {each.target.label}: {path}")


def run(arguments: argparse.Namespace) -> int:
    """Build and fuzz."""
    targets = targets_of(build(ROOT / "build/fuzz", find_compiler()), arguments.names)
    fuzzing = Fuzzing(arguments.out, 60 * arguments.minutes, arguments.nice)
    results: list[Result] = []
    with ThreadPoolExecutor(arguments.jobs) as pool:
        try:
            for result in pool.map(fuzzing.fuzz, targets):
                results.append(result)
        except KeyboardInterrupt:
            fuzzing.stopped.set()
    show(results)
    return 1 if any(each.findings for each in results) else 0


def spent(arguments: argparse.Namespace) -> int:
    """Print the CPU minutes of all runs so far."""
    path = arguments.out / "log.csv"
    if not path.exists():
        fail(f"nothing was fuzzed yet: no {path}")
    totals: dict[str, list[float]] = {}
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            total = totals.setdefault(row["target"], [0.0, 0.0, 0.0])
            for i, name in enumerate(("cpu_s", "executions", "findings")):
                total[i] += float(row[name])
    print(f"{'format':<16}{'CPU min':>9}{'executions':>14}{'findings':>10}")
    for label, (cpu_s, executions, findings) in sorted(totals.items()):
        print(f"{label:<16}{cpu_s / 60:>9.1f}{executions:>14,.0f}{findings:>10.0f}")
    return 0


def store_corpus(arguments: argparse.Namespace) -> int:
    """Add small inputs that reach new code to the stored corpus, up to its size limit."""
    for target in targets_of(build(ROOT / "build/fuzz", find_compiler()), arguments.names):
        found = arguments.out / target.label / "corpus"
        if found.is_dir():
            print(f"[fuzz] {target.label}: {_merge(target, found)} inputs added")
    return 0


def _merge(target: Target, found: Path) -> int:
    target.stored.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        small, merged = Path(folder, "small"), Path(folder, "merged")
        small.mkdir()
        shutil.copytree(target.stored, merged)
        for path in found.iterdir():
            if path.stat().st_size <= LARGEST_STORED_FILE_BYTES:
                shutil.copy(path, small)
        command = [
            str(target.program),
            target.flag,
            *LIMITS,
            "-set_cover_merge=1",
            "-use_counters=0",
            str(merged),
            str(small),
        ]
        done = subprocess.run(command, capture_output=True, text=True, env=environment())
        if done.returncode != 0:
            fail(f"merging {target.label} failed:\n{done.stderr}")
        return _store_smallest(target.stored, merged)


def _store_smallest(stored: Path, merged: Path) -> int:
    room_bytes = LARGEST_STORED_CORPUS_BYTES - sum(path.stat().st_size for path in stored.iterdir())
    added = 0
    for path in sorted(merged.iterdir(), key=lambda path: (path.stat().st_size, path.name)):
        room_bytes -= 0 if (stored / path.name).exists() else path.stat().st_size
        if room_bytes < 0:
            break
        if not (stored / path.name).exists():
            shutil.copy(path, stored / f"found-{hashlib.sha1(path.read_bytes()).hexdigest()[:16]}")
            added += 1
    return added


def sanitize(arguments: argparse.Namespace) -> int:
    """Replay the stored corpus, and what fuzzing found here, in programs that any g++ or clang++ builds."""
    compiler = arguments.compiler or shutil.which("g++") or shutil.which("clang++")
    if not compiler:
        fail("a C++ compiler is needed: g++ or clang++")
    programs = build(ROOT / "build/sanitize", str(compiler), "-DAESTREAM_LIBFUZZER=OFF")
    broken = 0
    for target in targets_of(programs, arguments.names):
        folders = [each for each in (target.stored, arguments.out / target.label / "corpus") if each.is_dir()]
        command = [str(target.program), target.flag, *map(str, folders)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment())
        broken += done.returncode != 0
        print(f"{target.label:<16}{done.stdout.strip() if done.returncode == 0 else done.stderr or 'no inputs'}")
    return 1 if broken else 0


def main() -> int:
    """Read the command line and do what it says."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "out/fuzz", help="where findings, corpora and log.csv go")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, action in (("run", run), ("spent", spent), ("corpus", store_corpus), ("sanitize", sanitize)):
        command = commands.add_parser(name, help=action.__doc__)
        command.set_defaults(action=action)
        if action is not spent:
            command.add_argument(
                "names", nargs="*", metavar="FORMAT", help="what to do it for; all where none is named"
            )
        if action is run:
            command.add_argument("--minutes", type=float, default=1.0, help="CPU minutes for each (default 1)")
            command.add_argument("--jobs", type=int, default=1, help="how many are fuzzed at a time (default 1)")
            command.add_argument("--nice", type=int, default=0, help="lower priority by this much, 19 at most")
        if action is sanitize:
            command.add_argument("--compiler", help="g++ or clang++ (default: what is there)")
    arguments = parser.parse_args()
    arguments.out = arguments.out.resolve()
    arguments.out.mkdir(parents=True, exist_ok=True)
    return int(arguments.action(arguments))


if __name__ == "__main__":
    sys.exit(main())
