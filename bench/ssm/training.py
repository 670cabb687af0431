"""A step of training of Event-SSM, forward, backward and AdamW: `python -m bench ssm_training [--device cuda]`.

Upstream's models with random weights on random events, with upstream's lengths and batches where the device is a GPU,
and short ones on a CPU. The loss of a small batch is first checked against that on the CPU. Peak memory is what torch
allocated on the GPU.
"""

import argparse
import time
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import torch

from aestream_gpu import resolve_device
from aestream_snn.ssm import EventSSM, preset
from aestream_snn.ssm.training.optimise import make_optimiser
from aestream_snn.ssm.training.settings import RunSettings
from bench.ssm.devices import device_name, wait_for

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


@dataclass(frozen=True)
class Case:
    """One row: a model, recordings a batch, events a recording."""

    model: str
    batch: int
    length: int


GPU = (
    Case("shd_medium", 32, 8192),
    Case("ssc_medium", 64, 8192),
    Case("dvs_small", 16, 65536),
    Case("dvs_medium", 16, 65536),
)
CPU = (Case("shd_tiny", 4, 2048), Case("shd_medium", 4, 2048), Case("dvs_small", 2, 8192))


def random_batch(model: EventSSM, batch: int, length: int) -> Batch:
    """Give tokens, gaps in ms and classes, of a seed."""
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randint(0, model.config.tokens, (batch, length), generator=generator)
    gaps_ms = torch.empty(batch, length).exponential_(100.0, generator=generator)
    return tokens, gaps_ms, torch.randint(0, model.config.classes, (batch,), generator=generator)


def loss_of(model: EventSSM, batch: Batch) -> torch.Tensor:
    """Give the cross entropy of a batch."""
    tokens, gaps_ms, classes = batch
    return torch.nn.functional.cross_entropy(model(tokens, gaps_ms), classes)


def on(device: torch.device, batch: Batch) -> Batch:
    """Move a batch."""
    tokens, gaps_ms, classes = (each.to(device) for each in batch)
    return tokens, gaps_ms, classes


def check(model: EventSSM, device: torch.device) -> None:
    """Assert that a small batch has the same loss on the device as in chunks of torch on the CPU."""
    model = deepcopy(model).eval()
    batch = random_batch(model, 2, 1000)
    with torch.no_grad():
        want = loss_of(model.cpu(), batch)
        got = loss_of(model.to(device), on(device, batch))
    torch.testing.assert_close(got.cpu(), want, rtol=1e-3, atol=1e-4)


def measure(case: Case, device: torch.device, rounds: int) -> tuple[float, float]:
    """Give the seconds of the fastest step, and peak memory in MB (0 on a CPU)."""
    torch.manual_seed(0)
    model = EventSSM(preset(case.model))
    check(model, device)
    model.to(device).train()
    optimiser, batch = make_optimiser(model, RunSettings()), on(device, random_batch(model, case.batch, case.length))
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    best_s = float("inf")
    for _ in range(rounds + 1):
        wait_for(device)
        start_s = time.perf_counter()
        optimiser.zero_grad()
        loss_of(model, batch).backward()
        optimiser.step()
        wait_for(device)
        best_s = min(best_s, time.perf_counter() - start_s)
    peak = torch.cuda.max_memory_allocated(device) / 1e6 if device.type == "cuda" else 0.0
    return best_s, peak


def main(arguments: Sequence[str] = ()) -> None:
    """Run and print one table."""
    parser = argparse.ArgumentParser(
        prog="python -m bench ssm_training", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    device = resolve_device(options.device)
    torch.set_num_threads(1)
    print(f"a step of training, {device_name(device)}, the fastest of {options.rounds} after one")
    print(f"{'model':12}{'batch':>6}{'events each':>13}{'ms':>10}{'Mev/s':>9}{'peak MB':>9}")
    for case in GPU if device.type == "cuda" else CPU:
        seconds, peak_mb = measure(case, device, options.rounds)
        rate = case.batch * case.length / seconds / 1e6
        print(
            f"{case.model:12}{case.batch:6}{case.length:13}{seconds * 1e3:10.1f}{rate:9.3f}{peak_mb:9.0f}", flush=True
        )
