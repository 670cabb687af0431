"""`python -m bench files`: choose, measure, show, and write the page and the plot."""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from bench.files import memory
from bench.files.adapter import LIBRARIES
from bench.files.camera import WORDS
from bench.files.cases import CASES, KINDS, MODES
from bench.files.events import NoDataError
from bench.files.measure import Result, measure_group, say
from bench.files.processes import ROOT, peers_python, versions
from bench.files.table import show_groups
from bench.timing import machine

RESULTS = ROOT / "out" / "bench_files.json"


def main(arguments: list[str]) -> None:
    """Run what the options say."""
    options = parse(arguments)
    if not options.no_run and not peers_python():
        say("the other libraries are not installed, so there is nobody to compare with: make bench-peers")
    results = load_results(options.results)
    if not options.no_run:
        for group in run_groups(options):
            keep(results, group, options.results)
            show_groups([group])
        if "memory" in options.modes:
            results["memory"] = memory.measure(options.formats, size_bytes=options.memory_bytes)
            memory.show(results["memory"])
            save_results(results, options.results)
    else:
        show_groups(results["groups"])
        memory.show(results["memory"])
    if options.write_docs:
        from bench.files.page import write_page

        write_page(results)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="python -m bench files", description=__doc__)
    add_choice(parser, "--formats", tuple(CASES))
    add_choice(parser, "--kinds", KINDS)
    add_choice(parser, "--modes", (*MODES, "memory"))
    add_choice(parser, "--libraries", tuple(LIBRARIES))
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured; the median counts")
    parser.add_argument("--events", type=int, default=10_000_000, help="events in a file")
    parser.add_argument("--memory-bytes", type=int, default=1_000_000_000, help="size of the files of mode memory")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where results are kept, over several runs")
    parser.add_argument("--write-docs", action="store_true", help="rewrite docs/benchmarks.md and its plot")
    parser.add_argument("--no-run", action="store_true", help="show the kept results instead of measuring")
    return parser.parse_args(arguments)


def add_choice(parser: argparse.ArgumentParser, name: str, known: tuple[str, ...]) -> None:
    """Add an option that takes names with commas between."""

    def names(text: str) -> tuple[str, ...]:
        chosen = tuple(text.split(","))
        unknown = [name for name in chosen if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown {unknown[0]!r}; known: {', '.join(known)}")
        return chosen

    parser.add_argument(name, type=names, default=known, help=f"some of {', '.join(known)}")


def run_groups(options: argparse.Namespace) -> Any:
    """Measure every group that was chosen."""
    for case in options.formats:
        for kind in options.kinds:
            for mode in MODES:
                if mode not in options.modes or not is_possible(case, kind, mode):
                    continue
                try:
                    yield measure_group(
                        case, kind, mode, libraries=options.libraries, events=options.events, rounds=options.rounds
                    )
                except NoDataError as error:
                    say(f"{case} {kind}: left out; {error}")
                    break


def is_possible(case: str, kind: str, mode: str) -> bool:
    """Say whether a case can be of a kind: only some formats have camera's words, and nobody writes those."""
    return kind != "camera" or (case in WORDS and mode != "write")


def load_results(path: Path) -> dict[str, Any]:
    """Load what earlier runs measured."""
    if path.exists():
        return dict(json.loads(path.read_text()))
    return {"groups": [], "memory": []}


def keep(results: dict[str, Any], group: Result, path: Path) -> None:
    """Keep a group in place of an earlier one."""
    group |= {"machine": machine(), "versions": versions(), "date": time.strftime("%Y-%m-%d")}
    key = ("case", "kind", "mode")
    others = [other for other in results["groups"] if any(other[name] != group[name] for name in key)]
    results["groups"] = sorted([*others, group], key=position)
    save_results(results, path)


def position(group: Result) -> tuple[int, int, int]:
    """Order groups as the tables do."""
    return list(CASES).index(group["case"]), KINDS.index(group["kind"]), MODES.index(group["mode"])


def save_results(results: dict[str, Any], path: Path) -> None:
    """Write the results file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1))
