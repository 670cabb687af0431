"""The integer twin is the slow reference, spike for spike."""

from dataclasses import replace

import numpy as np
import pytest
from speck_cases import TINY, branched, random_events

from aestream_bridge.speck import Destination, Layer, Network, Twin, chain
from aestream_bridge.speck.input_map import make_input_map
from aestream_bridge.speck.network import Array
from aestream_bridge.speck.reference import TwinRef
from aestream_bridge.speck.spikes import make_spikes
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events


def names(network: Network) -> list[str]:
    return [layer.name for layer in network.layers]


def single(layer: Layer, *, side: int = 1) -> Twin:
    return Twin(Network("single", (layer.channels, side, side), (layer,)))


def at_origin(count: int, *, apart_us: int = 1) -> Array:
    zeros = np.zeros(count, int)
    return make_spikes(np.arange(count) * apart_us, zeros, zeros, zeros)


@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize("seed", range(3))
def test_a_branched_network_fires_the_same_spikes_in_the_same_order_as_the_reference(seed: int, reset: str) -> None:
    network = branched(seed, reset=reset)
    events = random_events(500, shape=network.input_shape, seed=seed)
    fast, slow = Twin(network, monitored=names(network)), TwinRef(network)
    fast.inject(events)
    slow.inject(events)
    assert len(slow.spikes) > 500
    np.testing.assert_array_equal(fast.take(), slow.taken())
    assert [fast.counters(layer.name).synops for layer in fast.layers] == slow.synops
    for name in names(network):
        np.testing.assert_array_equal(fast.states(name), slow.states(name))


@pytest.mark.parametrize("stride", [1, 2, 4, 8])
@pytest.mark.parametrize("padding", [0, 1, 7])
@pytest.mark.parametrize("kernel", [1, 2, 5, 16])
def test_every_kernel_stride_and_padding_reaches_the_neurons_that_the_reference_reaches(
    kernel: int, padding: int, stride: int
) -> None:
    weights = np.random.default_rng(1).integers(-9, 10, (17, 1, kernel, kernel)).astype(np.int8)
    network = Network("one", (1, 20, 18), (Layer("one", weights, None, stride, padding, 12),))
    events = random_events(60, shape=network.input_shape)
    fast, slow = Twin(network), TwinRef(network)
    fast.inject(events)
    slow.inject(events)
    np.testing.assert_array_equal(fast.take(), slow.taken())
    np.testing.assert_array_equal(fast.states("one"), slow.states("one"))


def test_one_event_gives_one_spike_even_where_the_state_is_over_twice_the_threshold() -> None:
    twin = single(Layer("one", np.full((1, 1, 1, 1), 100, np.int8), threshold=30))
    twin.inject(at_origin(1))
    assert len(twin.take()) == 1
    assert twin.states("one").item() == 70


def test_reset_to_zero_forgets_what_was_over_the_threshold() -> None:
    twin = single(Layer("one", np.full((1, 1, 1, 1), 100, np.int8), threshold=30, reset="zero"))
    twin.inject(at_origin(1))
    assert twin.states("one").item() == 0


def test_states_saturate_at_sixteen_bits_and_at_the_low_threshold() -> None:
    weights = np.array([127, -128, -128], np.int8).reshape(3, 1, 1, 1)
    twin = single(Layer("one", weights, threshold=32767))
    twin.inject(at_origin(600))
    # A spike takes the threshold off the first; the others stay where 16 bits end.
    slow = TwinRef(Network("single", (1, 1, 1), twin.layers))
    slow.inject(at_origin(600))
    np.testing.assert_array_equal(twin.states("one"), slow.states("one"))
    assert twin.states("one")[1:].ravel().tolist() == [-32768, -32768]
    low = single(Layer("one", weights, threshold=32767, threshold_low=-5))
    low.inject(at_origin(600))
    assert low.states("one")[1:].ravel().tolist() == [-5, -5]


def test_a_state_far_over_the_threshold_stays_within_sixteen_bits() -> None:
    twin = single(Layer("one", np.full((1, 1, 1, 1), 127, np.int8), threshold=1))
    twin.inject(at_origin(400))
    assert twin.states("one").item() == 32767 - 1
    assert len(twin.take()) == 400


def test_events_beside_an_uneven_pooling_are_counted_as_outside() -> None:
    last = Layer("last", np.ones((1, 1, 2, 2), np.int8), threshold=1)
    first = Layer("first", np.ones((1, 1, 1, 1), np.int8), threshold=1, destinations=(Destination("last", 2),))
    twin = Twin(Network("odd", (1, 5, 5), (first, last)))
    twin.inject(make_spikes([0, 1], [0, 0], [4, 0], [4, 0]))
    assert twin.counters("last").outside == 1
    assert twin.counters("last").inputs == 1


def test_events_outside_the_input_are_counted_and_change_nothing() -> None:
    twin = single(TINY, side=4)
    twin.inject(make_spikes([0, 0, 0], [0, 1, 0], [4, 0, 65535], [0, 0, 0]))
    assert twin.counters("tiny").outside == 3
    assert not twin.states("tiny").any()


def test_only_monitored_layers_are_given() -> None:
    network = branched(0)
    events = random_events(500, shape=network.input_shape)
    default, chosen = Twin(network), Twin(network, monitored=["first"])
    default.inject(events)
    chosen.inject(events)
    assert set(default.take()["layer"]) == {3}
    assert set(chosen.take()["layer"]) == {0}


def test_a_layer_that_is_not_there_cannot_be_monitored() -> None:
    with pytest.raises(InvalidArgumentError, match="no layer 'x' to monitor; layers are first"):
        Twin(branched(0), monitored=["x"])


def test_what_no_chip_could_do_is_refused() -> None:
    last = replace(TINY, name="last", weights=np.ones((2, 2, 1, 1), np.int8))
    odd = replace(TINY, destinations=(Destination("last", 3),))
    with pytest.raises(InvalidArgumentError, match="pooling to layer 'last' is 3; it must be one of"):
        Twin(Network("odd", (1, 9, 9), (odd, last)))
    with pytest.raises(InvalidArgumentError, match="layer 0: threshold must be 1 or more"):
        single(replace(TINY, threshold=0))
    with pytest.raises(InvalidArgumentError, match="layer 0: kernel and stride must be 1 or more"):
        single(replace(TINY, stride=0))
    with pytest.raises(InvalidArgumentError, match="layer 'tiny' holds numbers no chip can"):
        single(replace(TINY, threshold=70_000))


def test_floats_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="layer 'tiny' is not as a chip has it"):
        single(replace(TINY, weights=TINY.weights.astype(float)))


def test_what_is_fed_in_packets_is_what_is_injected() -> None:
    network = branched(3)
    events = random_events(500, shape=network.input_shape)
    packet = Events.from_numpy(
        t=events["t"] + 10**12, x=events["x"], y=events["y"], p=events["feature"], width=17, height=17
    )
    table = make_input_map(17, 17, shape=network.input_shape)
    fed, injected = Twin(network), Twin(network)
    assert fed.feed(packet.words(), packet.t0_us, table.columns, table.rows, [0, 1]) == 0
    injected.inject(table.spikes(packet))
    spikes = fed.take()
    assert spikes["t"].min() >= 10**12
    np.testing.assert_array_equal(spikes, injected.take())


def test_spikes_that_nobody_takes_are_counted_as_lost() -> None:
    twin = single(Layer("one", np.ones((1, 1, 1, 1), np.int8), threshold=1))
    twin.limit_outputs(10)
    twin.inject(at_origin(25))
    assert len(twin.take()) == 10
    assert twin.lost_outputs == 15


def test_reset_puts_every_state_back() -> None:
    network = branched(1)
    events = random_events(300, shape=network.input_shape)
    twin = Twin(network)
    twin.inject(events)
    first = twin.take()
    twin.reset()
    assert not any(twin.states(name).any() for name in names(network))
    twin.inject(events)
    np.testing.assert_array_equal(twin.take(), first)


def test_the_slow_clock_adds_biases_at_every_tick() -> None:
    twin = single(Layer("one", np.zeros((1, 1, 1, 1), np.int8), np.array([3], np.int8), threshold=100))
    twin.set_slow_clock(1000)
    twin.inject(make_spikes([500, 5499, 5500], [0] * 3, [0] * 3, [0] * 3))
    assert twin.states("one").item() == 3 * 5


def test_a_neuron_that_its_bias_drives_fires_at_the_tick() -> None:
    layers = [
        Layer("one", np.zeros((1, 1, 1, 1), np.int8), np.array([50], np.int8), threshold=100),
        Layer("two", np.ones((1, 1, 1, 1), np.int8), threshold=1),
    ]
    twin = Twin(Network("clocked", (1, 1, 1), chain(layers)))
    twin.set_slow_clock(1000)
    twin.inject(at_origin(2, apart_us=4500))
    assert twin.take()["t"].tolist() == [2000, 4000]


def test_ticks_of_a_very_long_gap_are_skipped_and_counted() -> None:
    twin = single(Layer("one", np.zeros((1, 1, 1, 1), np.int8), np.array([-1], np.int8), threshold=100))
    twin.set_slow_clock(1)
    twin.inject(at_origin(2, apart_us=10**12))
    assert twin.skipped_ticks == 10**12 - 65536
    assert twin.states("one").item() == -32768


def test_a_busy_core_leaves_events_out_and_counts_them() -> None:
    twin = single(TINY)
    twin.set_congestion(synops_per_us=1, queue_us=10)
    twin.inject(at_origin(100, apart_us=0))
    counted = twin.counters("tiny")
    # Two operations an event: six of them fill 10 us and the event that begins at its end.
    assert (counted.inputs, counted.congested) == (6, 94)
    twin.inject(make_spikes([1000], [0], [0], [0]))
    assert twin.counters("tiny").inputs == 7


def test_a_core_is_not_busy_for_ever_where_the_clock_jumps_back() -> None:
    twin = single(TINY)
    twin.set_congestion(synops_per_us=1, queue_us=10)
    zeros = [0, 0]
    twin.inject(make_spikes([10**9, 0], zeros, zeros, zeros))
    assert twin.counters("tiny").congested == 0
