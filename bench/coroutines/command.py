"""The options of `python -m bench coroutines`."""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from aestream_core.engine import Pipeline
from aestream_core.files import create_file
from aestream_core.simulator import SimConfig, open_simulator
from bench.coroutines import page, program
from bench.timing import machine

SIZES = tuple(1 << power for power in range(6, 17))
CONSUMERS = (1, 2, 4, 8)
RECORDING_SIZES = (512, 4096, 65536, 0)
WIDTH, HEIGHT, RATE_HZ = 1280, 720, 20e6


def main(arguments: Sequence[str] = ()) -> None:
    """Measure, print, and where asked to write the page."""
    options = parser().parse_args(list(arguments))
    program.build()
    with tempfile.TemporaryDirectory() as folder:
        recording = options.recording or str(simulated(Path(folder) / "simulated.raw", options.events))
        costs = program.measure(commands(options.events, recording), rounds=options.rounds)
    results = {
        "machine": machine(),
        "load": options.load,
        "rounds": options.rounds,
        "recording": options.recording or f"simulated, {WIDTH}x{HEIGHT}, {RATE_HZ / 1e6:g} Mev/s",
        "rows": [asdict(case) | asdict(cost) for case, cost in costs.items()],
    }
    Path(options.results).parent.mkdir(parents=True, exist_ok=True)
    Path(options.results).write_text(json.dumps(results, indent=1))
    print("\n".join(page.section(results)))
    if options.write_docs:
        page.write_page(results)


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    made = argparse.ArgumentParser(prog="python -m bench coroutines")
    made.add_argument("--events", type=int, default=1 << 22, help="events of the trivial task (default: %(default)d)")
    made.add_argument("--recording", default="", help="an EVT3 recording (default: a simulated one, as many events)")
    made.add_argument("--rounds", type=int, default=5, help="runs of which the best counts (default: %(default)d)")
    made.add_argument("--results", default="out/bench_coroutines.json")
    made.add_argument("--load", default="", help="what else ran on the machine, for the page")
    made.add_argument("--write-docs", action="store_true", help="put tables and plot into docs/")
    return made


def commands(events: int, recording: str) -> list[list[str]]:
    """Give what the program is run with: each size by itself, so that rounds of all sizes take turns."""
    consumers = ",".join(map(str, CONSUMERS))
    trivial = [["sum", str(events), str(size), consumers] for size in SIZES]
    return [*trivial, *(["recording", recording, str(size)] for size in RECORDING_SIZES)]


def simulated(path: Path, events: int) -> Path:
    """Write about that many events of a simulated camera."""
    config = SimConfig(
        width=WIDTH, height=HEIGHT, scene="shapes", rate_hz=RATE_HZ, seed=3, duration_us=round(events / RATE_HZ * 1e6)
    )
    Pipeline(open_simulator(config), sinks=[create_file(path, width=WIDTH, height=HEIGHT)]).run()
    return path
