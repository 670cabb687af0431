"""NIR: files hold the network, graphs of others are read by NIR's own meaning, what cannot be a layer is refused."""

from dataclasses import replace

import nir
import numpy as np
import pytest
import torch

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_snn import IAF, LIF, SpikingNetwork
from aestream_snn.conversion.nir import from_nir, read_nir, to_nir, write_nir
from aestream_snn.models.calibrate import calibrate
from aestream_snn.models.layers import Conv, Dense

SHAPE = (2, 20, 20)


def network(neuron=IAF) -> tuple[SpikingNetwork, torch.Tensor]:
    generator = torch.Generator().manual_seed(4)
    sequence = (torch.rand(8, 2, *SHAPE, generator=generator) < 0.1).float()
    torch.manual_seed(4)
    made = SpikingNetwork(SHAPE, (Conv(4, 3, padding=1, pool=2), Conv(6, 3, stride=2), Dense(5)), neuron=neuron)
    calibrate(made, sequence, spread=1.5)
    return made, sequence


@pytest.mark.parametrize("neuron", [IAF, LIF, replace(IAF, spikes="single", reset="zero", min_v=None)])
def test_a_file_gives_the_same_outputs_back(neuron, tmp_path):
    ours, sequence = network(neuron)
    write_nir(ours, tmp_path / "network.nir")
    again = read_nir(tmp_path / "network.nir")
    assert again.layers == ours.layers
    assert ours(sequence).any()
    assert torch.equal(again(sequence), ours(sequence))


def test_every_node_says_its_shapes():
    graph = to_nir(network()[0])
    assert graph.nodes["0_neurons"].input_type["input"].tolist() == [4, 20, 20]
    assert graph.nodes["2_flatten"].input_type["input"].tolist() == [6, 4, 4]
    assert graph.nodes["output"].output_type["output"].tolist() == [5]
    assert graph.edges[0] == ("input", "0_conv")
    assert len(graph.edges) == len(graph.nodes) - 1


def test_a_node_without_our_words_means_what_nir_says():
    graph = to_nir(network()[0])
    for node in graph.nodes.values():
        node.metadata = {}
    assert from_nir(graph).neurons[0] == replace(IAF, spikes="single", reset="zero", min_v=None)


def test_a_bias_is_refused():
    graph = to_nir(network()[0])
    graph.nodes["0_conv"].bias = np.ones(4, np.float32)
    with pytest.raises(InvalidArgumentError, match="a Conv2d has a bias"):
        from_nir(graph)


def test_a_graph_that_branches_is_refused():
    graph = to_nir(network()[0])
    graph.edges.append(("0_conv", "output"))
    with pytest.raises(InvalidArgumentError, match="node '0_conv' has two followers"):
        from_nir(graph)


def test_neurons_that_differ_are_refused():
    graph = to_nir(network()[0])
    for node in graph.nodes.values():
        node.metadata = {}
    graph.nodes["0_neurons"].v_threshold[0, 0, 0] = 2
    with pytest.raises(InvalidArgumentError, match=r"neurons of one node differ: 1\.0 to 2\.0"):
        from_nir(graph)


def test_a_node_that_is_no_layer_is_refused():
    ours = to_nir(network()[0])
    ours.nodes["0_neurons"] = nir.Threshold(np.ones((4, 20, 20)))
    with pytest.raises(InvalidArgumentError, match="a Threshold stands where neurons must"):
        from_nir(ours)


def test_a_file_that_is_no_nir_is_refused(tmp_path):
    (tmp_path / "a.nir").write_bytes(b"nothing")
    with pytest.raises(FormatError, match=r"a\.nir: no NIR that can be read"):
        read_nir(tmp_path / "a.nir")
