"""A process with `samna_names` on its path: what Sinabs makes of a network of ours, as JSON, for `test_dynapcnn.py`."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from making_networks import small_network
from sinabs.backend.dynapcnn.chip_factory import ChipFactory

from aestream_snn import SpikingNetwork
from aestream_snn.export.dynapcnn import to_dynapcnn
from aestream_snn.export.speck import to_speck
from aestream_snn.models.quantise import quantised


def outputs(network: Any, sequence: torch.Tensor) -> list[list[float]]:
    """Give the spikes of the last layer, step by step; Sinabs takes the steps of one recording side by side."""
    with torch.no_grad():
        given = network(sequence) if isinstance(network, SpikingNetwork) else network(sequence[:, 0])
    return [[float(each) for each in row.flatten()] for row in given]


def with_integers_of(layers: Mapping[int, Any], network: SpikingNetwork) -> SpikingNetwork:
    """Give our network with the integers that Sinabs chose."""
    made = quantised(network)
    for number, (_, weights, neuron) in enumerate(list(made.parts())):
        theirs = layers[number]
        weights.weight.data.copy_(theirs.conv_layer.weight.data.reshape(weights.weight.shape))
        threshold, lowest = float(theirs.spk_layer.spike_threshold), float(theirs.spk_layer.min_v_mem)
        made.neurons[number] = replace(neuron, threshold=threshold, min_v=lowest)
    return made


def largest_differences(one: SpikingNetwork, other: SpikingNetwork) -> list[float]:
    """Give for each layer how far weights are apart."""
    pairs = zip(one.weights, other.weights, strict=True)
    return [float((a.weight - b.weight).detach().abs().max()) for a, b in pairs]


def main() -> None:
    """Print what both sides give."""
    torch.set_num_threads(1)
    network, sequence = small_network()
    sequence = sequence.transpose(0, 1).reshape(-1, 1, *network.input_shape)
    exact, rounded = to_dynapcnn(network, discretise=False), to_dynapcnn(network)
    same, plan = with_integers_of(rounded.dynapcnn_layers, network), to_speck(network, name="small", labels=())
    builder = ChipFactory("speck2fdevkit:0").get_config_builder()
    memory = rounded.memory_summary()
    found = {
        "floats": [outputs(exact, sequence), outputs(network, sequence)],
        "integers": [outputs(rounded, sequence), outputs(same, sequence)],
        "apart": largest_differences(same, quantised(network)),
        "cores": [sorted(builder.map_layers_to_cores(rounded.dynapcnn_layers)), list(range(len(plan.layers)))],
        "kernels": [[int(each) for each in memory["kernel"].values()], [each.demand.kernel for each in plan.layers]],
        "neurons": [[int(each) for each in memory["neuron"].values()], [each.demand.neuron for each in plan.layers]],
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
