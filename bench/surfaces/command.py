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
from bench.surfaces import from_file, measure, page
from bench.surfaces.packets import KINDS, SENSORS, SIZES, Group
from bench.surfaces.peer_process import Peers
from bench.timing import machine

PARTS = ("counts", "surfaces", "files")


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
    made.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure")
    made.add_argument("--sensors", nargs="+", default=[f"{w}x{h}" for w, h in SENSORS], help="sizes of sensors")
    made.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    made.add_argument("--largest", type=int, default=SIZES[-1], help="events of the largest packets")
    made.add_argument("--results", default="out/bench_surfaces.json")
    made.add_argument("--load", default="", help="what else ran on the machine, for the page")
    made.add_argument("--write-docs", action="store_true", help="put the tables into docs/benchmarks.md")
    return made


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure everything."""
    device = resolve_device(options.device)
    gb_s = measure.bandwidth_gb_s(device)
    with Peers() as peers, tempfile.TemporaryDirectory() as folder:
        rows = counts(options, peers, device, gb_s, Path(folder)) if "counts" in options.parts else []
        own = surfaces(options, peers, device, gb_s, Path(folder)) if "surfaces" in options.parts else []
        files = from_file.rates(Path(folder), peers, device, options.rounds) if "files" in options.parts else []
        versions = dict(peers.versions)
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


def counts(
    options: argparse.Namespace, peers: Peers, device: torch.device, gb_s: float, folder: Path
) -> list[dict[str, Any]]:
    """Measure two-polarity counts, every group that was asked for."""
    rows = []
    for number, group in enumerate(groups(options)):
        path = folder / f"packets{number}.npz"
        row = measure.measure(group, peers, device=device, rounds=options.rounds, path=path)
        rows.append(row | {"floor": measure.floor_mev_s(group, gb_s)})
        path.unlink()
    return rows


def groups(options: argparse.Namespace) -> list[Group]:
    """Give the groups that were asked for; the largest packets only where they fit best."""
    return [
        Group(width, height, kind, size)
        for width, height in SENSORS
        if f"{width}x{height}" in options.sensors
        for kind in KINDS
        if kind in options.kinds
        for size in SIZES
        if size <= options.largest and (size < 10_000_000 or (width, kind) == (SENSORS[-1][0], "uniform"))
    ]


def surfaces(
    options: argparse.Namespace, peers: Peers, device: torch.device, gb_s: float, folder: Path
) -> list[dict[str, Any]]:
    """Measure every surface on the largest sensor, beside other libraries' time surfaces and voxel grids."""
    rows = []
    for size in SIZES:
        if size <= options.largest:
            group = Group(*SENSORS[-1], "uniform", size)
            path = folder / f"surfaces{size}.npz"
            rows.append(measure.surfaces(group, peers, device=device, rounds=options.rounds, path=path, gb_s=gb_s))
            path.unlink()
    return rows
