"""The Speck twin on one core beside its slow reference, and events as the objects that samna takes."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from aestream_bridge._speck import StandInSpike
from aestream_bridge.speck import Layer, Network, Twin, chain, load_network, plan
from aestream_bridge.speck.events_out import as_objects
from aestream_bridge.speck.input_map import make_input_map
from aestream_bridge.speck.network import Array
from aestream_bridge.speck.reference import TwinRef
from aestream_bridge.speck.twin import LayerCounters
from aestream_core.events import Events
from aestream_core.simulator import SimConfig, open_simulator
from bench.timing import compare, show

GESTURE = Path(__file__).resolve().parents[2] / "shared" / "data" / "speck_gesture_params.pt"
SIDE = 128
EVENTS = 1_000_000


def main() -> None:
    """Run all three parts."""
    packets = list(open_simulator(SimConfig(width=SIDE, height=SIDE, rate_hz=1e6, duration_us=1_000_000)))
    for network in networks():
        bench_network(plan(network).network, packets)
    bench_conversion(packets)


def networks() -> list[Network]:
    """Give the networks that are measured; the one of nine cores only where its file is."""
    small = [load_network("quadrants"), small_network()]
    return [*small, load_network(GESTURE)] if GESTURE.is_file() else small


def small_network() -> Network:
    """Make three layers of random weights that about half of their inputs make fire: 2-8-16-10 channels."""
    rng = np.random.default_rng(0)

    def layer(name: str, shape: tuple[int, ...], stride: int, threshold: int) -> Layer:
        return Layer(name, rng.integers(-60, 100, shape).astype(np.int8), None, stride, 1 % stride, threshold, -200)

    layers = [layer("first", (8, 2, 4, 4), 4, 400), layer("second", (16, 8, 4, 4), 4, 400)]
    dense = Layer("dense", rng.integers(-60, 60, (10, 16, 8, 8)).astype(np.int8), threshold=400)
    return Network("small", (2, SIDE, SIDE), chain([*layers, dense]))


def bench_network(network: Network, packets: list[Events]) -> None:
    """Feed a second of the simulated camera, at 1 Mev/s, to the twin and a part of it to the reference."""
    table = make_input_map(SIDE, SIDE, shape=network.input_shape)
    part = table.spikes(packets[0])[:500]
    agree(network, part)
    total = sum(len(packet) for packet in packets)

    def fast() -> Twin:
        twin = Twin(network)
        for packet in packets:
            twin.feed(packet.words(), packet.t0_us, table.columns, table.rows, list(table.features))
            twin.take()
        return twin

    slow = compare({"NumPy reference": lambda: TwinRef(network).inject(part)}, events=len(part), rounds=2)
    rates = slow | compare({"twin": fast}, events=total, rounds=5)
    show(f"network {network.name}, {total:,} events of the simulated camera, one core", rates)
    seconds, counts = processor_time(fast)
    print(f"  {counts.spikes / total:.2f} spikes and {counts.synops / total:.1f} synaptic operations per event")
    print(f"  of processor time {total / seconds / 1e6:.1f} Mev/s, {counts.synops / seconds / 1e6:.0f} M operations/s")


def processor_time(run: Callable[[], Twin]) -> tuple[float, LayerCounters]:
    """Give the least processor time of five runs in seconds, and what the layers did: other processes do not count."""
    seconds = []
    for _ in range(5):
        start_s = time.process_time()
        twin = run()
        seconds.append(time.process_time() - start_s)
    return min(seconds), twin.total()


def agree(network: Network, part: Array) -> None:
    """Check that twin and reference fire the same spikes."""
    twin, reference = Twin(network, monitored=[layer.name for layer in network.layers]), TwinRef(network)
    twin.inject(part)
    reference.inject(part)
    assert np.array_equal(twin.take(), reference.taken())


def bench_conversion(packets: list[Events]) -> None:
    """Make objects of events. Their class is a stand-in of the shape that samna's has: no figure of samna itself."""
    table = make_input_map(SIDE, SIDE, shape=(2, SIDE, SIDE))
    spikes = np.concatenate([table.spikes(packet) for packet in packets])[:50_000]
    parts = np.array_split(spikes, 50)

    def row_by_row(part: Array) -> list[StandInSpike]:
        objects = []
        for row in part:
            made = StandInSpike()
            made.layer, made.feature = 0, int(row["feature"])
            made.y, made.x, made.timestamp = int(row["y"]), int(row["x"]), int(row["t"])
            objects.append(made)
        return objects

    def in_bulk(part: Array) -> list[StandInSpike]:
        return as_objects(part, StandInSpike, layer=0)

    def fields(made: list[StandInSpike]) -> list[tuple[int, ...]]:
        return [(each.layer, each.feature, each.y, each.x, each.timestamp) for each in made]

    assert fields(row_by_row(spikes)) == fields(in_bulk(spikes))
    candidates: dict[str, Callable[[], object]] = {
        "a row at a time": lambda: [len(row_by_row(part)) for part in parts],
        "in bulk": lambda: [len(in_bulk(part)) for part in parts],
    }
    rates = compare(candidates, events=len(spikes))
    show("events to objects, 1000 at a time (class of a stand-in for samna's)", rates)


if __name__ == "__main__":
    main()
