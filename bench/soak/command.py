"""`python -m bench soak`: run, show the trends, draw the plot."""

import argparse
import json
import os
import sys
from pathlib import Path

from bench.files.processes import ROOT
from bench.soak.plot import draw
from bench.soak.run import Sample, Soak, balance, soak
from bench.soak.trend import trend

RESULTS = ROOT / "out" / "bench_soak.json"


def main(arguments: list[str]) -> None:
    """Run what the options say."""
    options = parse(arguments)
    before = os.getloadavg()
    result = soak(seconds=options.minutes * 60, rate_hz=options.rate, period_s=options.period, say=say)
    print(f"load averages (1, 5, 15 min) before {show_load(before)}, after {show_load(os.getloadavg())}")
    show(result)
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.write_text(json.dumps({"samples": result.samples, "books": result.books}, indent=1))
    draw(result.samples, options.results.with_suffix(".png"))
    print(f"plot: {options.results.with_suffix('.png')}")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="python -m bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="sensor time")
    parser.add_argument("--rate", type=float, default=10e6, help="events/s of the simulator")
    parser.add_argument("--period", type=float, default=5.0, help="s between samples")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where samples and plot go")
    return parser.parse_args(arguments)


def say(sample: Sample) -> None:
    """Report one sample."""
    memory = ", ".join(f"{name} {mb:.0f} MB" for name, mb in sample["rss_mb"].items())
    accumulator, listener = sample["accumulator_ms"], sample["listener_ms"]
    print(
        f"{sample['at_s']:6.0f} s  {sample['events'] / 1e6:8.1f} Mev  {memory}  "
        f"accumulator {accumulator[0]:.2f} / {accumulator[1]:.2f} ms  "
        f"outside {listener[0]:.2f} / {listener[1]:.2f} ms  "
        f"dropped {sample['dropped']}, lost outside {sample['lost_outside']}",
        file=sys.stderr,
        flush=True,
    )


def show(result: Soak) -> None:
    """Print the trends and the books."""
    at_s = [sample["at_s"] for sample in result.samples]
    for name in result.samples[-1]["rss_mb"]:
        series = [sample["rss_mb"].get(name, float("nan")) for sample in result.samples]
        line = trend(at_s, series)
        print(f"memory of {name}: {series[-1]:.1f} MB, {line.per_hour:+.2f} ± {line.half_width:.2f} MB/h")
    for key, place in (("accumulator_ms", "accumulator"), ("listener_ms", "outside")):
        for at, percentile in enumerate(("p50", "p99")):
            line = trend(at_s, [sample[key][at] for sample in result.samples])
            values = sorted(sample[key][at] for sample in result.samples)
            middle = values[len(values) // 2]
            print(f"latency {percentile}, {place}: median {middle:.2f} ms, last third less first {line.growth:+.3f} ms")
    rate = result.books["accumulator_events"] / result.seconds / 1e6
    print(f"events: {rate:.2f} Mev/s over {result.seconds:.0f} s, start included")
    print("books: " + ("balance" if balance(result.books) else "DO NOT BALANCE") + f": {result.books}")


def show_load(load: tuple[float, float, float]) -> str:
    """Write a load average."""
    return " ".join(f"{each:.1f}" for each in load)
