"""Online inference of Event-SSM, state carried from packet to packet: `python -m bench ssm_online [--device cuda]`.

Upstream's DVS models, small and medium, with random weights; uniformly random pixels, the worst for the table's cache.
The scores after the last packet are first checked against the model run in parallel.
"""

import argparse
import time
from collections.abc import Sequence

import numpy as np
import torch

from aestream_core import Events
from aestream_gpu import resolve_device
from aestream_snn.ssm import EventSSM, gaps_ms, packet_tokens, preset
from aestream_snn.ssm.packet_engine import PacketEngine, make_engine
from bench.ssm.devices import device_name

PACKETS = (1, 16, 256, 1024, 8192)
SIDE = 128


def stream(events: int, *, rate_hz: float = 1e6) -> Events:
    """Give random events of a 128 x 128 sensor."""
    rng = np.random.default_rng(0)
    t = np.cumsum(rng.exponential(1e6 / rate_hz, events)).astype(np.int64)
    x, y, p = rng.integers(0, SIDE, events), rng.integers(0, SIDE, events), rng.integers(0, 2, events)
    return Events.from_numpy(t=t, x=x, y=y, p=p, width=SIDE, height=SIDE)


def cut(events: Events, size: int) -> list[Events]:
    """Cut into packets."""
    packets = []
    while len(events):
        first, events = events.split_after(size)
        packets.append(first)
    return packets


def check(model: EventSSM, engine: PacketEngine, events: Events) -> None:
    """Assert that packets give what the whole gives."""
    tokens, times, _ = packet_tokens(events, width=SIDE, height=SIDE)
    with torch.no_grad():
        want = model(torch.from_numpy(tokens)[None], torch.from_numpy(gaps_ms(times))[None])[0]
    state = engine.start()
    for packet in cut(events, 100):
        scores, state = engine.push(packet, state)
    assert (state.events, state.outside) == (len(events), 0)
    torch.testing.assert_close(torch.from_numpy(scores), want, rtol=1e-3, atol=1e-3)


def measure(engine: PacketEngine, packets: list[Events], rounds: int) -> tuple[float, np.ndarray]:
    """Give the seconds of the fastest run through all packets, and each packet's least time of all runs' in ms."""
    best_s, least = float("inf"), np.full(len(packets), np.inf)
    for _ in range(rounds):
        state, spent = engine.start(), np.empty(len(packets))
        for index, packet in enumerate(packets):
            start_s = time.perf_counter()
            engine.push(packet, state)
            spent[index] = time.perf_counter() - start_s
        best_s, least = min(best_s, float(spent.sum())), np.minimum(least, spent)
    return best_s, least * 1e3


def main(arguments: Sequence[str] = ()) -> None:
    """Run and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench ssm_online", description=__doc__)
    parser.add_argument("--events", type=int, default=1 << 20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N (default: %(default)s)")
    options = parser.parse_args(arguments)
    device = resolve_device(options.device)
    torch.set_num_threads(1)
    print(f"online inference, {device_name(device)}, state carried; {options.events} events, uniformly random, 1 Mev/s")
    print(f"{'model':12}{'events a packet':>16}{'Mev/s':>9}{'p50 ms':>9}{'p99 ms':>9}")
    for name in ("dvs_small", "dvs_medium"):
        torch.manual_seed(0)
        model = EventSSM(preset(name)).eval()
        engine = make_engine(model, device=device)
        check(model, engine, stream(5000))
        for size in PACKETS:
            events = stream(min(options.events, size * (100_000 if device.type == "cpu" else 5_000)))
            measure(engine, cut(stream(size), size), 1)  # a GPU prepares its graph for this size
            best_s, spent = measure(engine, cut(events, size), options.rounds)
            p50, p99 = np.quantile(spent, [0.5, 0.99])
            print(f"{name:12}{size:16}{len(events) / best_s / 1e6:9.2f}{p50:9.3f}{p99:9.3f}")
