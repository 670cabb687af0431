"""Other libraries' modules give the same outputs as ours, in both directions. Skipped where they are not installed."""

from dataclasses import replace

import pytest
import torch

from aestream_core.errors import InvalidArgumentError, MissingDependencyError
from aestream_snn import IAF, LIF, SpikingNetwork
from aestream_snn.conversion.libraries import need_library
from aestream_snn.models.calibrate import calibrate
from aestream_snn.models.layers import Conv, Dense

LAYERS = (Conv(4, 3, padding=1, pool=2), Conv(6, 3, stride=2), Dense(5))
SHAPE = (2, 20, 20)


def network(neuron) -> tuple[SpikingNetwork, torch.Tensor]:
    generator = torch.Generator().manual_seed(4)
    sequence = (torch.rand(8, 1, *SHAPE, generator=generator) < 0.1).float()
    torch.manual_seed(4)
    made = SpikingNetwork(SHAPE, LAYERS, neuron=neuron)
    calibrate(made, sequence, spread=1.5)
    return made, sequence


@pytest.mark.parametrize(
    "neuron",
    [
        IAF,
        LIF,
        replace(IAF, threshold=0.7, min_v=None),
        replace(IAF, spikes="single"),
        replace(IAF, reset="zero"),
    ],
    ids=["IAF", "LIF", "no bound", "single", "zero"],
)
def test_sinabs_gives_the_same_outputs_in_both_directions(neuron):
    pytest.importorskip("sinabs.layers")
    from aestream_snn.conversion.sinabs import from_sinabs, to_sinabs

    ours, sequence = network(neuron)
    theirs = to_sinabs(ours)
    expected = ours(sequence)[:, 0]
    assert expected.any()
    with torch.no_grad():
        torch.testing.assert_close(theirs(sequence[:, 0]), expected)
        torch.testing.assert_close(from_sinabs(theirs, SHAPE)(sequence)[:, 0], expected)


def test_norse_gives_the_same_outputs_in_both_directions():
    pytest.importorskip("norse.torch")
    from aestream_snn.conversion.norse import from_norse, to_norse

    ours, sequence = network(replace(IAF, spikes="single", reset="zero", min_v=None))
    theirs, state, outputs = to_norse(ours), None, []
    with torch.no_grad():
        for x in sequence:
            y, state = theirs(x, state)
            outputs.append(y)
        expected = ours(sequence)
        assert expected.any()
        torch.testing.assert_close(torch.stack(outputs), expected)
        torch.testing.assert_close(from_norse(theirs, SHAPE)(sequence), expected)


def test_neurons_that_norse_lacks_are_refused():
    pytest.importorskip("norse.torch")
    from aestream_snn.conversion.norse import to_norse

    with pytest.raises(InvalidArgumentError, match="Norse has no neuron like"):
        to_norse(network(IAF)[0])


def test_a_library_that_is_missing_is_named_with_what_brings_it():
    with pytest.raises(MissingDependencyError, match="nolibrary is not installed: pip install nolibrary"):
        need_library("nolibrary", "pip install nolibrary")
