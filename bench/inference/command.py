"""Latency from the last event in to the prediction out, in the launched graph: `python -m bench inference`.

The simulator, the accumulator and the network run in one process; a listener in another takes the predictions. The
latency is from the arrival of the packet with a window's last event to the prediction, as the node measures it.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.inference.figures import latency_text, lost_packets, memory_growth_mb, settled
from bench.inference.graph import WARM_UP_S, Seen, events_per_s, watch
from bench.inference.picture import draw

GOAL_MS = 5.0


def main(options: Sequence[str] = ()) -> None:
    """Run and print a line a try, and the best."""
    parser = argparse.ArgumentParser(prog="python -m bench inference", description=__doc__)
    parser.add_argument("--rate", type=float, default=10e6, help="events/s of the simulator (default: %(default)g)")
    parser.add_argument("--seconds", type=float, default=10.0, help="of one try (default: %(default)g)")
    parser.add_argument("--tries", type=int, default=3, help="of which the one with the best p99 counts")
    parser.add_argument("--set", nargs="*", default=[], help="arguments of the launch, as in window_us:=10000")
    parser.add_argument("--gestures", type=Path, help="run simulated gestures instead, once, and draw this picture")
    given = parser.parse_args(options)
    if given.gestures:
        seen = watch("source:=gestures", *given.set, seconds=given.seconds)
        right = draw(seen, given.gestures)
        figures = f"p50 {seen.latency_ms(50):.2f} ms  p99 {seen.latency_ms(99):.2f} ms"
        figures += f"  memory {seen.rss_mb[-1]:.0f} MB, {memory_growth_mb(seen):+.0f} MB since 4 s after the start"
        print(f"{len(seen.said)} predictions, {right:.1%} right  {figures}: {given.gestures}")
        return
    arguments = ["source:=sim", f"rate:={given.rate}", *given.set]
    print(f"camera_to_snn {' '.join(arguments)}, {given.seconds:g} s a try")
    runs = [_one(arguments, given.seconds) for _ in range(given.tries)]
    best = min(runs, key=lambda seen: seen.latency_ms(99))
    met = "within" if best.latency_ms(99) < GOAL_MS else "over"
    print(f"best p99 {best.latency_ms(99):.2f} ms, {met} the {GOAL_MS:g} ms that are the goal")


def _one(arguments: Sequence[str], seconds: float) -> Seen:
    seen = settled(watch(*arguments, seconds=seconds + WARM_UP_S))
    rate = events_per_s(seen, "accumulator") / 1e6
    figures = f"{latency_text(seen)}  dropped {lost_packets(seen)}"
    print(f"{rate:5.1f} Mev/s  {len(seen.said):5} predictions  {figures}", flush=True)
    return seen
