"""Plans: memory, cores, quantisation."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from speck_cases import branched, two_layers

from aestream_bridge.speck import Destination, Layer, Network, PlanError, chain, load_network, plan, quantise
from aestream_bridge.speck.devices import DEVICES, Core, Device
from aestream_bridge.speck.mapping import fits, map_layers
from aestream_bridge.speck.memory import Demand, bits_for
from aestream_core.errors import InvalidArgumentError


def test_memories_round_up_to_powers_of_two() -> None:
    made = plan(branched(0))
    rows = {row.layer.name: row for row in made.layers}
    assert rows["first"].output_shape == (5, 9, 9)
    assert vars(rows["first"].demand) == {"kernel": 2 * 2 ** (4 + 3), "neuron": 5 * 2 ** (4 + 4), "bias": 0}
    assert rows["last"].input_shape == (7, 4, 4)
    assert vars(rows["last"].demand) == {"kernel": 7 * 2 ** (4 + 3), "neuron": 6, "bias": 0}


@pytest.mark.parametrize(("count", "bits"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (9, 4), (64, 6), (65, 7)])
def test_bits_tell_so_many_things_apart(count: int, bits: int) -> None:
    assert bits_for(count) == bits


@pytest.mark.parametrize(("side", "neurons"), [(30, 8192), (34, 8192)])
def test_a_three_layer_network_takes_the_memory_that_is_documented(side: int, neurons: int) -> None:
    # Conv(2, 8, 3), pool 2, Conv(8, 16, 3), pool 2, dense: 256, 2048 weights; the first layer 8192 neurons.
    size = (side - 2) // 2
    layers = chain(
        [
            Layer("0", np.ones((8, 2, 3, 3))),
            Layer("1", np.ones((16, 8, 3, 3))),
            Layer("2", np.ones((10, 16, (size - 2) // 2, (size - 2) // 2))),
        ],
        [2, 2],
    )
    rows = plan(Network("talk", (2, side, side), layers)).layers
    assert [row.demand.kernel for row in rows] == [256, 2048, 16384]
    assert [row.demand.neuron for row in rows] == [neurons, 4096, 10]


def test_a_mapping_is_found_wherever_there_is_one() -> None:
    rng = np.random.default_rng(4)
    found = 0
    for _ in range(300):
        cores = tuple(Core(int(kernel), int(neuron)) for kernel, neuron in rng.integers(1, 6, (4, 2)))
        demands = {
            name: Demand(int(k), int(n), 0) for name, (k, n) in zip("abcd", rng.integers(1, 5, (4, 2)), strict=True)
        }
        possible = any(
            all(fits(demand, cores[core]) for demand, core in zip(demands.values(), order, strict=True))
            for order in permutations(range(4))
        )
        device = Device("random", cores, "", (), "")
        if not possible:
            with pytest.raises(PlanError, match="cores"):
                map_layers(demands, device)
            continue
        found += 1
        mapped = map_layers(demands, device)
        assert sorted(mapped.values()) == [0, 1, 2, 3]
        assert all(fits(demands[name], cores[core]) for name, core in mapped.items())
    assert 20 < found < 280


def test_one_factor_scales_weights_thresholds_and_biases() -> None:
    layer = Layer("a", np.array([0.5, -0.25]).reshape(2, 1, 1, 1), np.array([0.1, -0.02]), 1, 0, 1.0, -2.0)
    made = quantise(Network("n", (1, 2, 2), (layer,)))
    [whole] = made.network.layers
    assert made.scales == {"a": 254.0}
    assert whole.weights.dtype == np.int8
    assert whole.weights.ravel().tolist() == [127, -64]
    assert whole.biases is not None
    assert whole.biases.tolist() == [25, -5]
    assert (whole.threshold, whole.threshold_low) == (254, -508)


def test_a_high_threshold_bounds_the_factor() -> None:
    layer = Layer("a", np.ones((1, 1, 1, 1)), threshold=1000.0)
    [whole] = quantise(Network("n", (1, 2, 2), (layer,))).network.layers
    assert (whole.threshold, whole.weights.item(), whole.threshold_low) == (32767, 33, -32768)


def test_integers_stay_as_they_are() -> None:
    network = two_layers()
    made = quantise(network)
    assert set(made.scales.values()) == {1.0}
    np.testing.assert_array_equal(made.network.layers[0].weights, network.layers[0].weights)


def test_weights_that_reach_the_threshold_and_biases_are_warned_of() -> None:
    network = two_layers(threshold=1, biases=np.ones(4, np.int8))
    warnings = plan(network).warnings
    assert "layer 'first': weights reach 1, the threshold is 1" in warnings[0]
    assert "layer 'first': biases act as a leak at the slow clock" in warnings[1]
    assert plan(two_layers()).warnings == ()


def test_layers_may_stand_in_any_order() -> None:
    made = plan(branched(0))
    assert [layer.name for layer in made.network.layers] == ["first", "left", "right", "last"]
    assert len(set(made.cores.values())) == 4


def test_every_device_plans_the_network_that_is_built_in() -> None:
    for name in DEVICES:
        assert len(plan(load_network("quadrants"), device=name).cores) == 2
        assert len(plan(load_network("simgesture"), device=name).cores) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": np.ones((2, 2))}, r"layer 'first': weights have shape \(2, 2\); it must be"),
        ({"weights": np.full((4, 2, 3, 3), np.nan)}, "layer 'first': weights are not all finite"),
        ({"biases": np.ones(3)}, r"layer 'first': biases have shape \(3,\); it must be \(4,\)"),
        ({"threshold": "high"}, "layer 'first': thresholds are 'high' and None; they must be numbers"),
        ({"stride": 1.5}, "layer 'first': stride and padding are 1.5 and 1; they must be whole"),
        ({"reset": "slowly"}, "layer 'first': reset is 'slowly'; it must be one of"),
    ],
)
def test_a_layer_that_cannot_be_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        two_layers(**change)


def test_connections_to_layers_that_are_not_there_are_refused() -> None:
    first, last = two_layers().layers
    with pytest.raises(InvalidArgumentError, match="'first' sends to 'last'; layers are first"):
        Network("n", (2, 16, 16), (first,))
    with pytest.raises(InvalidArgumentError, match="two layers of one name"):
        Network("n", (2, 16, 16), (last, replace(last)))
    with pytest.raises(InvalidArgumentError, match="feature_shift to layer 'last' is -1; it must be 0 or more"):
        Destination("last", 1, -1)
    with pytest.raises(InvalidArgumentError, match="has no layers"):
        Network("n", (2, 16, 16), ())
