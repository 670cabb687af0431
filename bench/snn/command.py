"""`python -m bench snn`: the talk's network forward and backward, and step by step.

Other libraries take part where they are importable: run it with the Python that has them.
"""

import argparse
import statistics
import time
from collections.abc import Sequence

import torch
from torch import Tensor

from aestream_snn import IAF, make_model, neuron_sequence, neuron_sequence_ref
from aestream_snn.stepping.base import PlainStepper
from aestream_snn.stepping.table import make_stepper
from bench.snn.networks import CLASSES, SIDE, Candidate, engines, installed


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench snn", description=__doc__)
    parser.add_argument("--steps", type=int, default=50, help="frames of a sequence (default: 50)")
    parser.add_argument("--batch", type=int, default=4, help="sequences (default: 4)")
    parser.add_argument("--share", type=float, nargs="+", default=[0.1, 0.01], help="share of cells with an event")
    parser.add_argument("--rounds", type=int, default=7, help="counted rounds, in turn (default: 7)")
    parser.add_argument("--device", type=torch.device, default=torch.device("cpu"), help="cpu or cuda (default: cpu)")
    parser.add_argument(
        "--compile", action="store_true", help="engine compile too: half a minute before its first step"
    )
    parser.add_argument("--only", choices=("training", "steps"), help="measure one of the two")
    args = parser.parse_args(words)
    if args.device.type == "cuda" and not torch.cuda.is_available():
        parser.error("--device cuda: there is no CUDA GPU here")
    torch.set_num_threads(1)
    check(args.device)
    for share in args.share:
        torch.manual_seed(0)
        frames = (torch.rand(args.steps, args.batch, 2, SIDE, SIDE) < share).float().to(args.device)
        candidates = installed(args.device)
        sizes = f"2 x {SIDE} x {SIDE}, {share:.0%} of cells, {device_name(args.device)}"
        if args.only != "steps":
            print(f"\nforward and backward, {args.steps} steps, batch {args.batch}, {sizes}")
            show_training(candidates, frames, args.rounds)
        if args.only != "training":
            print(f"\none step, batch 1, {sizes}")
            show_streaming(candidates | engines(args.device, compiled=args.compile), frames[:, :1])


def device_name(device: torch.device) -> str:
    """Say what a device is."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "one core"


def wait(device: torch.device) -> None:
    """Wait until a device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def check(device: torch.device) -> None:
    """Assert what is measured: neurons over time, and engines, give what the slow twin gives."""
    current = torch.randn(6, 2, 8, 9, 9, device=device)
    for a, b in zip(
        neuron_sequence(current, None, IAF, pool=2), neuron_sequence_ref(current, None, IAF, pool=2), strict=True
    ):
        torch.testing.assert_close(a, b)
    model = make_model("conv_iaf", (2, SIDE, SIDE), CLASSES).to(device).eval()
    stepper, remark = make_stepper(model, device)
    plain, frames = PlainStepper(model), torch.randint(0, 2, (4, 1, 2, SIDE, SIDE), device=device).float()
    assert not remark, remark
    for frame in frames:
        torch.testing.assert_close(stepper.step(frame), plain.step(frame))


def run(candidate: Candidate, frames: Tensor) -> tuple[float, float]:
    """Give the seconds of forward and backward."""
    candidate.module.zero_grad(set_to_none=True)
    candidate.reset()
    wait(frames.device)
    start_s = time.perf_counter()
    total = candidate.sequence(frames).sum()
    wait(frames.device)
    middle_s = time.perf_counter()
    total.backward()  # type: ignore[no-untyped-call]
    wait(frames.device)
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


WARM = 5
"""Steps of a block that do not count: what others left in the caches goes."""


@torch.inference_mode()
def show_streaming(candidates: dict[str, Candidate], frames: Tensor, passes: int = 7, blocks: int = 10) -> None:
    """Print percentiles of the time of one step: of the pass with the best p99, of all passes, and of processor time.

    Candidates take turns in blocks of as many steps as there are frames. Whoever else uses the machine takes a core for
    milliseconds now and then; the best pass is the one in which that happened least, and time of the processor is what
    the steps took of it.
    """
    stepping = {name: candidate for name, candidate in candidates.items() if candidate.step is not None}
    times: dict[str, list[list[tuple[float, float]]]] = {name: [] for name in stepping}
    for _ in range(passes):
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in stepping}
        for name, candidate in list(stepping.items()) * blocks:
            taken[name] += time_steps(candidate, frames)
        for name, seconds in taken.items():
            times[name].append(seconds)
    print(f"  {'':<40} {'best pass':>16}    {'all':>16}    {'processor':>16}\n  {'':<40}" + 3 * "      p50      p99  ")
    for name, rows in times.items():
        wall = [[each for each, _ in row] for row in rows]
        best = min(wall, key=lambda row: percentile(row, 0.99))
        processor = [each for row in rows for _, each in row]
        shown = (best, [each for row in wall for each in row], processor)
        figures = [percentile(row, share) * 1e3 for row in shown for share in (0.5, 0.99)]
        print(("  {:<40}" + 3 * " {:8.3f} {:8.3f}  " + "ms").format(name, *figures))


def time_steps(candidate: Candidate, frames: Tensor) -> list[tuple[float, float]]:
    """Give the seconds of each step of a sequence, by the wall and of the processor, without the first few."""
    assert candidate.step is not None
    candidate.reset()
    state, taken = None, []
    for frame in frames.unbind(0):
        wait(frame.device)
        busy_s, start_s = time.thread_time(), time.perf_counter()
        _, state = candidate.step(frame, state)
        wait(frame.device)
        taken.append((time.perf_counter() - start_s, time.thread_time() - busy_s))
    return taken[WARM:]


def percentile(seconds: list[float], share: float) -> float:
    """Give the time that a share of the steps does not exceed."""
    return sorted(seconds)[int(len(seconds) * share)]
