"""Filters: events a second, and how well noise is told from signal, beside dv-processing's and tonic's rule.

`python -m bench filters` prints both; `python -m bench.filters --write-docs` also writes docs/benchmarks_filters.md and
its plot.
"""

import argparse
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import dv_processing as dv
import numpy as np

from aestream_core import Events, SimConfig, open_simulator
from aestream_core.filters import FILTERS, make_filter
from bench.filters_page import write_page
from bench.noise import Curve, score
from bench.timing import compare, machine, show

WIDTH, HEIGHT = 640, 480
SIZE = {"width": WIDTH, "height": HEIGHT}
PACKET_EVENTS = 100_000
PACKETS = 20
PASS = "copy of the packets"

MASK = np.random.default_rng(0).random((HEIGHT, WIDTH)) < 0.5
LOOKUP = np.random.default_rng(0).permutation(WIDTH * HEIGHT).reshape(HEIGHT, WIDTH).astype(np.int32)
SETTINGS: dict[str, dict[str, Any]] = {
    "crop": {"x": 160, "y": 120, "columns": 320, "rows": 240},
    "roi": {"x": 160, "y": 120, "columns": 320, "rows": 240},
    "polarity": {"polarity": "on"},
    "mask": {"path": MASK},
    "event_rate": {"rate_hz": 5e6},
    "undistort": {"camera_info": LOOKUP},
    "time": {"start_us": 50_000, "stop_us": 150_000},
    "count": {"start": 500_000, "stop": 1_500_000},
}
PEERS: dict[str, Callable[[], Any]] = {
    "crop": lambda: dv.EventRegionFilter((160, 120, 320, 240)),
    "polarity": lambda: dv.EventPolarityFilter(True),
    "mask": lambda: dv.EventMaskFilter(MASK.astype(np.uint8) * 255),
    "background_activity": lambda: dv.noise.BackgroundActivityNoiseFilter(
        (WIDTH, HEIGHT), timedelta(microseconds=2000)
    ),
}


def to_store(events: Events) -> Any:
    """Give events as dv-processing has them."""
    store = dv.EventStore()
    for t, x, y, p in events.to_numpy().tolist():
        store.push_back(t, x, y, p)
    return store


def ours(name: str, packets: list[Events]) -> Callable[[], int]:
    """Filter all packets with a new filter; gives the number that is left."""

    def run() -> int:
        apply = make_filter(name, **SIZE, **SETTINGS.get(name, {})).apply
        return sum(len(apply(packet)) for packet in packets)

    return run


def theirs(make: Callable[[], Any], stores: list[Any]) -> Callable[[], int]:
    """Do the same with dv-processing's."""

    def run() -> int:
        keep = make()
        left = 0
        for store in stores:
            keep.accept(store)
            left += keep.generateEvents().size()
        return left

    return run


def speeds(*, rounds: int = 5) -> dict[str, dict[str, float]]:
    """Measure every filter of the table, Mev/s by library."""
    config = SimConfig(**SIZE, scene="shapes", rate_hz=10e6)
    stream = open_simulator(config, packet_events=PACKET_EVENTS)
    packets = [next(stream) for _ in range(PACKETS)]
    stores = [to_store(packet) for packet in packets]
    rates: dict[str, dict[str, float]] = {}
    for name in FILTERS:
        candidates: dict[str, Callable[[], object]] = {"AEStream": ours(name, packets)}
        if name in PEERS:
            candidates["dv-processing"] = theirs(PEERS[name], stores)
        if name in ("crop", "polarity"):
            assert candidates["AEStream"]() == candidates["dv-processing"](), name
        rates[name] = compare(candidates, events=PACKETS * PACKET_EVENTS, rounds=rounds)
    rates[PASS] = compare({"AEStream": copying(packets)}, events=PACKETS * PACKET_EVENTS, rounds=rounds)
    return rates


def copying(packets: list[Events]) -> Callable[[], object]:
    """Copy the records of all packets into one array again and again: what memory allows."""
    target = np.empty(PACKET_EVENTS, np.int64)

    def run() -> None:
        for packet in packets:
            np.copyto(target[: len(packet)], packet.words())

    return run


def show_scores(curves: list[Curve]) -> None:
    """Print areas under the curves."""
    print("\nnoise against signal, area under the ROC curve")
    for curve in curves:
        print(f"  {curve.noise_hz:4g} Hz a pixel  {curve.name:<44} {curve.area:.4f}")


def load() -> str:
    """Say what else the machine does."""
    return f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}"


def main(arguments: list[str] | None = None) -> None:
    """Run, print, and write the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write-docs", action="store_true", help="write docs/benchmarks_filters.md and its plot")
    args = parser.parse_args(arguments or [])
    before = load()
    rates = speeds()
    for name, by_library in rates.items():
        show(f"{name}, {PACKETS * PACKET_EVENTS:,} events of a {WIDTH}x{HEIGHT} sensor", by_library)
    curves = score()
    show_scores(curves)
    if args.write_docs:
        write_page(Path("docs"), rates, curves, machine=machine(), load=before)


if __name__ == "__main__":
    import sys

    print(machine())
    main(sys.argv[1:])
