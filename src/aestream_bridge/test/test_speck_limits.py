"""A network that breaks a limit is refused with one line that names layer and limit; one test a limit."""

from dataclasses import replace

import numpy as np
import pytest
from speck_cases import two_layers

from aestream_bridge.speck import Destination, Layer, Network, PlanError, chain, plan
from aestream_bridge.speck.limits import LIMIT_NAMES
from aestream_core.errors import UnknownNameError


def ones(*shape: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.ones(shape, np.int8)


def one(layer: Layer, *, side: int = 16, height: int = 0) -> Network:
    return Network("one", (layer.channels, height or side, side), (layer,))


def refused(network: Network, limit: str, layer: str, said: str, *, device: str = "speck2f") -> None:
    """Assert that the plan says this of this layer."""
    with pytest.raises(PlanError) as caught:
        plan(network, device=device)
    found = {(each.layer, each.limit): each.message for each in caught.value.violations}
    assert (layer, limit) in found, found
    message = found[layer, limit]
    assert message.startswith(f"layer {layer!r}: {limit}: "), message
    assert said in message, message
    assert "\n" not in message


def test_input_size() -> None:
    wide = Layer("a", ones(1, 2, 8, 8), stride=8, threshold=5)
    refused(one(wide, side=136), "input size", "a", "its input is 136x136; at most 128x128")
    plan(one(wide, side=128))


def test_output_size() -> None:
    refused(one(Layer("a", ones(1, 2, 2, 2), threshold=5), side=66), "output size", "a", "65x65; at most 64x64")
    plan(one(Layer("a", ones(1, 2, 2, 2), threshold=5), side=65))


def test_channels() -> None:
    layers = chain([Layer("a", ones(1025, 1, 1, 1), threshold=5), Layer("b", ones(1, 1025, 1, 1), threshold=5)])
    refused(Network("n", (1, 1, 1), layers), "channels", "b", "1025 channels in and 1 out; at most 1024")


def test_kernel_shape() -> None:
    refused(one(Layer("a", ones(1, 1, 3, 2), threshold=5)), "kernel shape", "a", "3x2; it must be square")


def test_kernel_size() -> None:
    refused(one(Layer("a", ones(1, 1, 17, 17), threshold=5), side=32), "kernel size", "a", "side 17; at most 16")
    plan(one(Layer("a", ones(1, 1, 16, 16), threshold=5), side=32))


@pytest.mark.parametrize("stride", [0, 3, 16])
def test_stride(stride: int) -> None:
    refused(two_layers(stride=stride), "stride", "first", f"is {stride}; it must be one of 1, 2, 4, 8")


@pytest.mark.parametrize("padding", [8, -1])
def test_padding(padding: int) -> None:
    refused(two_layers(padding=padding), "padding", "first", f"is {padding}; it must be 0 to 7")


@pytest.mark.parametrize("pooling", [3, 8])
def test_pooling(pooling: int) -> None:
    first, last = two_layers().layers
    pooled = replace(first, destinations=(Destination("last", pooling),))
    refused(Network("n", (2, 16, 16), (pooled, last)), "pooling", "first", f"is {pooling}; it must be one of 1, 2, 4")


def test_pooling_of_the_input() -> None:
    network = replace(two_layers(), inputs=(Destination("first", 3),))
    refused(network, "pooling", "input", "3; it must be one of 1, 2, 4")


def test_fan_out() -> None:
    first, last = two_layers().layers
    others = tuple(replace(last, name=f"last{index}") for index in range(3))
    fanned = replace(first, destinations=tuple(Destination(each.name) for each in others))
    refused(Network("n", (2, 16, 16), (fanned, *others)), "fan-out", "first", "3 destinations; at most 2")


def test_fan_out_of_the_input() -> None:
    layers = tuple(Layer(name, ones(2, 1, 1, 1), threshold=5) for name in "abc")
    network = Network("n", (1, 4, 4), layers, tuple(Destination(name) for name in "abc"))
    refused(network, "fan-out", "input", "3 destinations; at most 2")


def test_weights() -> None:
    refused(
        two_layers(weights=np.full((4, 2, 3, 3), 128)), "weights", "first", "from 128 to 128; they must be -128 to 127"
    )


def test_biases() -> None:
    refused(two_layers(biases=np.full(4, -129)), "biases", "first", "from -129 to -129; they must be -128 to 127")


@pytest.mark.parametrize("threshold", [0, 32768, -4])
def test_threshold(threshold: int) -> None:
    refused(two_layers(threshold=threshold), "threshold", "first", f"is {threshold}; it must be 1 to 32767")


def test_a_threshold_of_floats_that_is_not_more_than_zero() -> None:
    refused(
        two_layers(weights=np.ones((4, 2, 3, 3)), threshold=0.0), "threshold", "first", "is 0; it must be more than 0"
    )


def test_a_threshold_that_rounds_to_nothing_beside_the_weights() -> None:
    refused(
        two_layers(weights=np.ones((4, 2, 3, 3)), threshold=1e-3), "threshold", "first", "is 0; it must be 1 to 32767"
    )


def test_threshold_low() -> None:
    refused(two_layers(threshold_low=1), "threshold low", "first", "is 1; it must be -32768 to 0")


def test_address_bits() -> None:
    refused(
        one(Layer("a", ones(128, 1, 1, 1), threshold=5), side=64),
        "address bits",
        "a",
        "need 19 address bits; there are 18",
    )


def test_kernel_memory() -> None:
    # 65 features round up to 128, 9 weights to 16.
    layer = Layer("a", ones(65, 64, 3, 3), padding=1, threshold=5)
    refused(one(layer, side=4), "kernel memory", "a", "take 131,072 entries; the largest core has 65,536")


def test_neuron_memory() -> None:
    # 33 rows and columns round up to 64 each.
    refused(
        one(Layer("a", ones(17, 1, 1, 1), threshold=5), side=33),
        "neuron memory",
        "a",
        "69,632 entries; the largest core has 65,536",
    )
    plan(one(Layer("a", ones(15, 1, 1, 1), threshold=5), side=33))


def test_bias_memory() -> None:
    layers = chain(
        [
            Layer("a", ones(1025, 1, 1, 1), np.ones(1025, np.int8), threshold=5),
            Layer("b", ones(1, 1025, 1, 1), threshold=5),
        ]
    )
    refused(Network("n", (1, 1, 1), layers), "bias memory", "a", "1,025 entries; the largest core has 1,024")


def test_readout_classes() -> None:
    refused(
        one(Layer("a", ones(16, 1, 1, 1), threshold=5)),
        "readout classes",
        "a",
        "16 features and is read out; at most 15",
    )


def test_loop() -> None:
    a = Layer("a", ones(1, 1, 1, 1), threshold=5, destinations=(Destination("b"),))
    b = Layer("b", ones(1, 1, 1, 1), threshold=5, destinations=(Destination("a"),))
    refused(Network("n", (1, 4, 4), (a, b)), "loop", "a", "layers 'a', 'b' feed each other")


def test_connection_of_sources_that_differ_in_size() -> None:
    a = Layer("a", ones(1, 1, 1, 1), threshold=5, destinations=(Destination("b"),))
    b = Layer("b", ones(1, 1, 1, 1), threshold=5)
    network = Network("n", (1, 4, 4), (a, b), (Destination("a"), Destination("b", 2)))
    refused(network, "connection", "b", "sources give input 1x2x2, a 1x4x4")


def test_a_layer_that_nothing_feeds() -> None:
    alone = Layer("b", ones(1, 1, 1, 1), threshold=5)
    network = Network("n", (2, 16, 16), (*two_layers().layers, alone))
    refused(network, "connection", "b", "nothing feeds it")


def test_a_kernel_larger_than_its_input() -> None:
    refused(
        one(Layer("a", ones(1, 1, 5, 5), threshold=5), side=4), "connection", "a", "5x5 does not fit an input of 4x4"
    )


def test_cores_are_fewer_than_layers() -> None:
    layers = [Layer(f"l{index}", ones(1, 1, 1, 1), threshold=5) for index in range(10)]
    network = Network("n", (1, 4, 4), chain(layers))
    refused(network, "cores", "l9", "share 9 cores of speck2f")


def test_layers_that_compete_for_the_large_cores() -> None:
    # Each takes 64 Ki weights, and two cores have that many.
    layers = [Layer(f"l{index}", ones(64, 64, 4, 4), padding=2, threshold=50) for index in range(3)]
    last = Layer("last", ones(2, 64, 1, 1), threshold=5)
    network = Network("n", (64, 4, 4), chain([*layers, last]))
    refused(network, "cores", "l2", "layers 'l0', 'l1', 'l2' share 2 cores of speck2f that are large enough: [5, 6]")


def test_a_layer_whose_two_memories_no_core_has_together() -> None:
    layer = Layer("a", ones(16, 128, 4, 4), padding=2, threshold=50)
    refused(one(layer, side=64), "output size", "a", "65x65")
    both = Layer("a", ones(16, 128, 3, 3), padding=1, threshold=50, destinations=(Destination("b"),))
    network = Network("n", (128, 64, 64), (both, Layer("b", ones(2, 16, 1, 1), threshold=5)))
    refused(network, "cores", "a", "no core of speck2f has both")


def test_the_small_chip_has_five_cores() -> None:
    layers = [Layer(f"l{index}", ones(1, 1, 1, 1), threshold=5) for index in range(6)]
    network = Network("n", (1, 4, 4), chain(layers))
    refused(network, "cores", "l5", "share 5 cores of speck2cmini", device="speck2cmini")
    assert len(plan(network, device="speck2e").cores) == 6


def test_an_unknown_device_is_named_with_those_there_are() -> None:
    with pytest.raises(
        UnknownNameError, match="unknown device 'speck9'; known: speck2b, speck2cmini, speck2e, speck2f"
    ):
        plan(two_layers(), device="speck9")


def test_every_violation_is_reported_and_the_message_counts_them() -> None:
    with pytest.raises(PlanError, match=r"layer 'first': stride: .* \(and 1 more\)$") as caught:
        plan(two_layers(stride=3, padding=9))
    assert [each.limit for each in caught.value.violations] == ["stride", "padding"]


def test_every_limit_has_a_test_here() -> None:
    names = {name for name in globals() if name.startswith("test_")}
    for limit in LIMIT_NAMES:
        begin = "test_" + limit.replace(" ", "_").replace("-", "_")
        assert any(name.startswith(begin) for name in names), limit
