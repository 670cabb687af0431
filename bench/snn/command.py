"""`python -m bench snn`: the talk's network forward and backward, and step by step.

Other libraries take part where they are importable: run it with the Python that has them.
"""

import argparse
import statistics
import time
from collections.abc import Sequence

import torch
from torch import Tensor

from aestream_snn import IAF, neuron_step, neuron_step_ref
from bench.snn.networks import SIDE, Candidate, installed


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench snn", description=__doc__)
    parser.add_argument("--steps", type=int, default=50, help="frames of a sequence (default: 50)")
    parser.add_argument("--batch", type=int, default=4, help="sequences (default: 4)")
    parser.add_argument("--share", type=float, nargs="+", default=[0.1, 0.01], help="share of cells with an event")
    parser.add_argument("--rounds", type=int, default=7, help="counted rounds, in turn (default: 7)")
    args = parser.parse_args(words)
    torch.set_num_threads(1)
    check()
    for share in args.share:
        torch.manual_seed(0)
        frames = (torch.rand(args.steps, args.batch, 2, SIDE, SIDE) < share).float()
        candidates = installed()
        print(
            f"\nforward and backward, {args.steps} steps, batch {args.batch}, 2 x {SIDE} x {SIDE}, {share:.0%} of cells"
        )
        show_training(candidates, frames, args.rounds)
        print(f"\none step, batch 1, {share:.0%} of cells")
        show_streaming(candidates, frames[:, :1])


def check() -> None:
    """Assert what is measured: fast and slow neurons agree."""
    current, v = torch.randn(2, 8, 9, 9), torch.randn(2, 8, 9, 9)
    for fast, slow in zip(neuron_step(current, v, IAF, pool=2), neuron_step_ref(current, v, IAF, pool=2), strict=True):
        torch.testing.assert_close(fast, slow)


def run(candidate: Candidate, frames: Tensor) -> tuple[float, float]:
    """Give the seconds of forward and backward."""
    candidate.module.zero_grad(set_to_none=True)
    candidate.reset()
    start_s = time.perf_counter()
    total = candidate.sequence(frames).sum()
    middle_s = time.perf_counter()
    total.backward()  # type: ignore[no-untyped-call]
    return middle_s - start_s, time.perf_counter() - middle_s


def show_training(candidates: dict[str, Candidate], frames: Tensor, rounds: int) -> None:
    """Print the median and the least of some rounds in which candidates take turns."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in candidates}
    for turn in range(rounds + 1):
        for name, candidate in candidates.items():
            taken = run(candidate, frames)
            if turn:
                times[name].append(taken)
    best = {name: min(sum(each) for each in rows) for name, rows in times.items()}
    floor = min(seconds for name, seconds in best.items() if name.startswith("ReLU"))
    print(f"  {'':<40} {'forward':>8} {'backward':>9} {'median':>8} {'least':>8}   to the quicker ReLU")
    for name, rows in times.items():
        forward, backward = (statistics.median(row[i] for row in rows) * 1e3 for i in (0, 1))
        total = statistics.median(sum(row) for row in rows) * 1e3
        print(
            f"  {name:<40} {forward:8.0f} {backward:9.0f} {total:8.0f} {best[name] * 1e3:8.0f} ms"
            f"   x{best[name] / floor:.2f}"
        )


@torch.inference_mode()
def show_streaming(candidates: dict[str, Candidate], frames: Tensor, steps: int = 1000) -> None:
    """Print percentiles of the time of one step; candidates take turns in blocks of 50 steps."""
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(steps // 50):
        for name, candidate in candidates.items():
            if candidate.step is None:
                continue
            candidate.reset()
            state = None
            for number, frame in enumerate(frames.unbind(0)):
                start_s = time.perf_counter()
                _, state = candidate.step(frame, state)
                if number:
                    times[name].append(time.perf_counter() - start_s)
    for name, taken in times.items():
        ordered = sorted(taken)
        p50, p99 = (ordered[int(len(ordered) * share)] * 1e3 for share in (0.5, 0.99))
        print(f"  {name:<40} p50 {p50:6.3f}  p99 {p99:6.3f} ms")
