"""Scan forward and backward, against other ways and against the memory: `python -m bench ssm [--device cuda]`.

All candidates take turns in one process on one thread (one row says two). The least of their times counts, because
neighbours on the machine only ever add; those under a second run three times a turn, into memory that is then warm. The
floor is the bytes that any scan must move - read a, x, write h; read grad, a, h, write both gradients - over the
bandwidth of a copy in the same run.
"""

import argparse
import time
from collections.abc import Callable, Sequence

import torch

from aestream_gpu import resolve_device
from aestream_snn.ssm.scan import scan_fn, scan_ref
from bench.ssm.devices import device_name, wait_for
from bench.ssm.peers import PlainLoop, log_depth, torch_associative

Scan = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
MOVED_ARRAYS = 3 + 5


def candidates(device: torch.device) -> dict[str, Scan]:
    """Give all ways to scan on a device; ours first."""
    if device.type == "cuda":
        return {
            "ours: Triton": lambda a, x: scan_fn(a, x, backend="triton"),
            "ours: chunked torch": lambda a, x: scan_fn(a, x, backend="chunked"),
            "torch associative_scan, generic": torch_associative,
            "log-depth scan in torch": log_depth,
        }
    return {
        "ours: C++": lambda a, x: scan_fn(a, x, backend="native"),
        "ours: C++, two threads": lambda a, x: scan_fn(a, x, backend="native", threads=2),
        "ours: chunked torch": lambda a, x: scan_fn(a, x, backend="chunked"),
        "plain C++ loop": PlainLoop(),
        "torch associative_scan, generic": torch_associative,
        "log-depth scan in torch": log_depth,
    }


def problem(length: int, states: int, batch: int, device: torch.device) -> list[torch.Tensor]:
    """Give factors, inputs and the gradient of the result."""
    generator = torch.Generator().manual_seed(0)
    shape = (batch, length, states)
    a = torch.polar(torch.rand(shape, generator=generator), 6 * torch.rand(shape, generator=generator))
    others = [torch.randn(shape, dtype=torch.complex64, generator=generator) for _ in range(2)]
    return [each.to(device) for each in (a, *others)]


def check(scans: dict[str, Scan], device: torch.device) -> None:
    """Assert that all give the same states and gradients."""
    a, x, grad = problem(256, 8, 2, device)
    results = {}
    for name, scan in {"reference": scan_ref, **scans}.items():
        inputs = a.clone().requires_grad_(), x.clone().requires_grad_()
        h = scan(*inputs)
        results[name] = h.detach(), *torch.autograd.grad(h, inputs, grad)
    for name, result in results.items():
        for got, want in zip(result, results["reference"], strict=True):
            torch.testing.assert_close(got, want, rtol=1e-3, atol=1e-4, msg=f"{name} is wrong")


def timed(scan: Scan, a: torch.Tensor, x: torch.Tensor, grad: torch.Tensor) -> tuple[float, float]:
    """Give seconds of the forward and of the backward pass."""
    wait_for(a.device)
    start_s = time.perf_counter()
    h = scan(a, x)
    wait_for(a.device)
    middle_s = time.perf_counter()
    torch.autograd.grad(h, (a, x), grad)
    wait_for(a.device)
    return middle_s - start_s, time.perf_counter() - middle_s


def copy_bandwidth(source: torch.Tensor, rounds: int) -> float:
    """Give bytes a second, read and written, of the fastest of some copies between warm arrays."""
    target, best_s = torch.zeros_like(source), float("inf")
    for _ in range(rounds):
        start_s = time.perf_counter()
        target.copy_(source)
        wait_for(source.device)
        best_s = min(best_s, time.perf_counter() - start_s)
    return 2 * source.nbytes / best_s


def main(arguments: Sequence[str] = ()) -> None:
    """Run and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench ssm", description=__doc__)
    parser.add_argument("--length", type=int, default=65_536)
    parser.add_argument("--states", type=int, default=64)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N (default: %(default)s)")
    options = parser.parse_args(arguments)
    device = resolve_device(options.device)
    torch.set_num_threads(1)
    scans = candidates(device)
    check(scans, device)
    a, x, grad = problem(options.length, options.states, options.batch, device)
    a.requires_grad_()
    x.requires_grad_()
    best = dict.fromkeys(scans, (float("inf"), float("inf")))
    bandwidth = 0.0
    for _turn in range(options.rounds):
        for name, scan in scans.items():
            for _ in range(3 if sum(best[name]) < 1.0 else 1):
                forward, backward = timed(scan, a, x, grad)
                best[name] = min(best[name][0], forward), min(best[name][1], backward)
        bandwidth = max(bandwidth, copy_bandwidth(grad, 3))
    report(
        best,
        bandwidth,
        grad.nbytes,
        f"{device_name(device)}, B {options.batch}, L {options.length}, {options.states} states, complex64",
    )


def report(best: dict[str, tuple[float, float]], bandwidth: float, array_bytes: int, title: str) -> None:
    """Print times, and times the floor."""
    floor_ms = MOVED_ARRAYS * array_bytes / bandwidth * 1e3
    print(f"scan, {title}: {MOVED_ARRAYS} arrays of {array_bytes / 1e6:.0f} MB to move")
    print(f"{'':34}{'forward ms':>12}{'backward ms':>13}{'both ms':>10}{'of the floor':>14}")
    for name, (forward, backward) in best.items():
        both_ms = (forward + backward) * 1e3
        print(f"{name:34}{forward * 1e3:12.1f}{backward * 1e3:13.1f}{both_ms:10.1f}{both_ms / floor_ms:13.2f}x")
    print(f"{f'memory floor at {bandwidth / 1e9:.1f} GB/s':34}{'':25}{floor_ms:10.1f}{1.0:13.2f}x")
