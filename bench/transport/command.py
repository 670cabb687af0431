"""`python -m bench transport`: choose, measure, show, and write the section of the page."""

import argparse
import dataclasses
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from bench.files.processes import ROOT
from bench.timing import machine
from bench.transport import page, plan, sweep, text
from bench.transport.case import Case
from bench.transport.paths.table import PATHS
from bench.transport.processes import CaseError, measure

RESULTS = ROOT / "out" / "bench_transport.json"


def main(arguments: list[str]) -> None:
    """Run what the options say."""
    options = parse(arguments)
    if options.sweep:
        sweep.main(options.sweep, seconds=options.seconds, run=run)
        return
    results = json.loads(options.results.read_text()) if options.no_run else take(options)
    for group, rows in results["groups"].items():
        print(f"\n{page.TITLES[group]}\n{text.screen(rows)}")
    if options.write_docs:
        page.write(results)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="python -m bench transport", description=__doc__)
    parser.add_argument("--rates", default="1,10,50,100", help="Mev/s of the table, with commas between")
    parser.add_argument("--paths", default=",".join(PATHS), help=f"some of {', '.join(PATHS)}")
    parser.add_argument("--groups", default=",".join(plan.GROUPS), help=f"some of {', '.join(plan.GROUPS)}")
    parser.add_argument("--seconds", type=float, default=2.0, help="time that counts in each case")
    parser.add_argument("--sweep", choices=sorted(sweep.SWEEPS), help="vary one setting instead")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where results are kept")
    parser.add_argument("--write-docs", action="store_true", help="rewrite this section of docs/benchmarks.md")
    parser.add_argument("--no-run", action="store_true", help="show the kept results instead of measuring")
    return parser.parse_args(arguments)


def take(options: argparse.Namespace) -> dict[str, Any]:
    """Measure the table and keep it."""
    cases = {
        "rates": plan.rates(tuple(float(rate) for rate in options.rates.split(","))),
        "points": plan.points(),
    }
    chosen = options.paths.split(",")
    results: dict[str, Any] = {"machine": machine(), "load": [load()], "groups": {}}
    for group in options.groups.split(","):
        rows = [run(case, options.seconds) for case in cases[group] if case.path in chosen]
        results["groups"][group] = rows
        results["load"].append(load())
        options.results.parent.mkdir(parents=True, exist_ok=True)
        options.results.write_text(json.dumps(results, indent=1))
    return results


def run(case: Case, seconds: float) -> dict[str, Any]:
    """Measure one case; a case that fails says why."""
    case = dataclasses.replace(case, seconds=seconds)
    try:
        row = measure(case)
    except CaseError as error:
        row = {**dataclasses.asdict(case), "error": str(error)}
    print(f"{time.strftime('%H:%M:%S')} {' '.join(text.cells(row))}", file=sys.stderr, flush=True)
    return row


def load() -> float:
    """Give the mean number of processes that wanted a processor in the last minute."""
    return os.getloadavg()[0]
