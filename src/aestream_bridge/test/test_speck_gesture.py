"""The nine-core gesture network: planned, and spike for spike what a plain simulation of it in PyTorch gives."""

from pathlib import Path

import numpy as np
import pytest
import torch
from gesture_simulation import EventDriven, clocked, quantised
from speck_cases import moving_blob

from aestream_bridge.speck import Network, Twin, load_network, plan

PARAMETERS = Path(__file__).resolve().parents[4] / "shared" / "data" / "speck_gesture_params.pt"


@pytest.fixture(scope="module")
def gesture() -> Network:
    if not PARAMETERS.is_file():
        pytest.skip(f"the gesture network is not here: no file {PARAMETERS.name}")
    return load_network(PARAMETERS)


@pytest.fixture(scope="module")
def layers(gesture: Network) -> list[tuple[torch.Tensor, float]]:
    return quantised(torch.load(PARAMETERS, map_location="cpu", weights_only=True))


def test_it_takes_nine_different_cores_and_the_memory_that_the_chip_s_formulas_give(gesture: Network) -> None:
    made = plan(gesture, device="speck2f")
    assert sorted(made.cores.values()) == list(range(9))
    kernels = [128, 4096, 8192, 16384, 32768, 65536, 65536, 32768, 2048]
    neurons = [65536, 65536, 32768, 8192, 4096, 1024, 256, 128, 11]
    assert [row.demand.kernel for row in made.layers] == kernels
    assert [row.demand.neuron for row in made.layers] == neurons
    for row in made.layers:
        assert row.demand.kernel <= row.capacity.kernel
        assert row.demand.neuron <= row.capacity.neuron


def test_it_warns_of_the_layers_whose_weights_reach_the_threshold(gesture: Network) -> None:
    warned = [line.split(":")[0] for line in plan(gesture).warnings]
    assert warned == ["layer 'conv0'", "layer 'conv1'", "layer 'conv8'"]


def test_the_integers_are_those_of_a_plain_quantisation(
    gesture: Network, layers: list[tuple[torch.Tensor, float]]
) -> None:
    for row, (weights, threshold) in zip(plan(gesture).layers, layers, strict=True):
        np.testing.assert_array_equal(row.layer.weights, weights.numpy())
        assert row.layer.threshold == threshold
        assert row.layer.threshold_low == -threshold


def test_the_twin_fires_what_an_event_by_event_simulation_in_pytorch_fires(
    gesture: Network, layers: list[tuple[torch.Tensor, float]]
) -> None:
    events = moving_blob(1500, radius=10, spread=2)
    names = [layer.name for layer in gesture.layers]
    twin, simulation = Twin(plan(gesture).network), EventDriven(layers)
    twin.inject(events)
    for event in events:
        simulation.add(int(event["feature"]), int(event["y"]), int(event["x"]))
    assert [twin.counters(name).spikes for name in names] == simulation.counts
    assert min(simulation.counts) > 0
    classes = np.bincount(twin.take()["feature"], minlength=11)
    assert classes.tolist() == simulation.classes.tolist()
    for name, state in zip(names, simulation.states, strict=True):
        np.testing.assert_array_equal(twin.states(name), state)


def test_a_clocked_simulation_comes_near_it(gesture: Network, layers: list[tuple[torch.Tensor, float]]) -> None:
    # Steps of 10 ms, as many spikes a step as a state allows: near, and for the reasons in docs/speck.md not the same.
    events = moving_blob(50_000, radius=30, spread=4)
    steps = torch.zeros(100, 2, 128, 128)
    index = [torch.from_numpy(events[name].astype(np.int64)) for name in ("feature", "y", "x")]
    steps.index_put_((torch.from_numpy(events["t"] // 10_000), *index), torch.ones(len(events)), accumulate=True)
    counts, classes = clocked(layers, steps)
    twin = Twin(plan(gesture).network)
    twin.inject(events)
    driven = [twin.counters(layer.name).spikes for layer in gesture.layers]
    ratios = [event / clock for event, clock in zip(driven, counts, strict=True)]
    assert driven != counts
    assert all(0.8 < ratio < 1.6 for ratio in ratios), ratios
    assert int(np.bincount(twin.take()["feature"], minlength=11).argmax()) == int(classes.argmax())
