"""The options of `python -m bench surfaces`."""

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from aestream_gpu import resolve_device
from bench.surfaces import measure, page
from bench.surfaces.packets import KINDS, SENSORS, SIZES, Group
from bench.surfaces.peer_process import Peers
from bench.timing import machine

ENDINGS = ("dat", "raw", "aedat4")


def main(arguments: Sequence[str] = ()) -> None:
    """Measure, print, and where asked to write the page."""
    options = parser().parse_args(list(arguments))
    torch.set_num_threads(1)
    results = run(options)
    Path(options.results).parent.mkdir(parents=True, exist_ok=True)
    Path(options.results).write_text(json.dumps(results, indent=1))
    print("\n".join(page.section(results)))
    if options.write_docs:
        page.write_page(results)


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    made = argparse.ArgumentParser(prog="python -m bench surfaces")
    made.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--largest", type=int, default=SIZES[-1], help="events of the largest packets")
    made.add_argument("--results", default="out/bench_surfaces.json")
    made.add_argument("--load", default="", help="what else ran on the machine, for the page")
    made.add_argument("--write-docs", action="store_true", help="put the tables into docs/benchmarks.md")
    return made


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure everything."""
    device = resolve_device(options.device)
    gb_s = measure.bandwidth_gb_s(device)
    groups = [
        Group(width, height, kind, size)
        for width, height in SENSORS
        for kind in KINDS
        for size in SIZES
        if size <= options.largest and (size < 10_000_000 or (width, kind) == (SENSORS[-1][0], "uniform"))
    ]
    with Peers() as peers, tempfile.TemporaryDirectory() as folder:
        rows = []
        for number, group in enumerate(groups):
            path = Path(folder) / f"packets{number}.npz"
            row = measure.measure(group, peers, device=device, rounds=options.rounds, path=path)
            rows.append(row | {"floor": measure.floor_mev_s(group, gb_s)})
            path.unlink()
        largest = [g for g in groups if (g.width, g.kind) == (SENSORS[-1][0], "uniform")]
        own = [
            measure.surfaces(group, device=device, rounds=options.rounds, path=Path(folder) / "own.npz")
            for group in largest
        ]
        versions = dict(peers.versions)
        files = [measure.from_file(Path(folder) / f"events.{ending}", device, options.rounds) for ending in ENDINGS]
    cpu = "Times are the thread's processor time." if device.type == "cpu" else "Times are wall time."
    load = options.load or f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    return {
        "machine": machine(),
        "load": load,
        "device": str(device),
        "clock": cpu,
        "gb_s": gb_s,
        "rounds": options.rounds,
        "versions": versions,
        "groups": rows,
        "surfaces": own,
        "files": files,
    }
