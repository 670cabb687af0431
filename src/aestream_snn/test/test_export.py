"""Export: the twin gets the events of the frames, the last layer learns what it fires, programs give equal outputs."""

import numpy as np
import pytest
import torch
from making_networks import corner_recordings, small_network

from aestream_core.errors import InvalidArgumentError, MissingDependencyError, UnknownNameError
from aestream_snn import SpikingNetwork
from aestream_snn.conversion.nir import read_nir
from aestream_snn.data.frames import FrameConfig, make_frames
from aestream_snn.data.simgesture.dataset import SimGestureConfig, make_simgesture
from aestream_snn.export.dynapcnn import to_dynapcnn
from aestream_snn.export.readout import ReadoutConfig, retrain_readout
from aestream_snn.export.speck import compare, input_spikes, judge_twin, to_speck
from aestream_snn.export.table import TARGETS, Exported, export
from aestream_snn.export.torch_program import to_program, zero_state
from aestream_snn.models.layers import Conv
from aestream_snn.shipped import SHIPPED
from aestream_snn.training.checkpoint import read_checkpoint
from aestream_snn.training.compose import from_mapping
from aestream_snn.training.config import DataConfig, TrainConfig
from aestream_snn.training.trainer import model_of

FRAMES = FrameConfig(steps=10, duration_us=100_000)


def exported() -> Exported:
    return Exported(small_network()[0], "small", ("a", "b", "c"))


@pytest.mark.parametrize("to", TARGETS)
def test_every_form_is_written(to, tmp_path):
    path = tmp_path / "deep" / f"network{TARGETS[to].suffix}"
    export(exported(), to, path)
    assert path.stat().st_size > 1000


def test_a_form_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="unknown export 'onnx'; known: nir, speck, torch"):
        export(exported(), "onnx", tmp_path / "a.onnx")


def test_a_written_network_of_nir_answers_as_before(tmp_path):
    network, sequence = small_network()
    export(exported(), "nir", tmp_path / "a.nir")
    assert torch.equal(read_nir(tmp_path / "a.nir")(sequence), network(sequence))


def test_what_is_written_for_speck_is_what_the_bridge_plans(tmp_path):
    from aestream_bridge.speck import load_network, plan

    export(exported(), "speck", tmp_path / "a.safetensors")
    made = plan(load_network(str(tmp_path / "a.safetensors")))
    assert made.cores.keys() == {"layer0", "layer1", "layer2"}
    assert made.network.labels == ("a", "b", "c")
    assert made.network.layers[0].weights.dtype == np.int8


def test_an_exported_step_answers_as_the_network():
    network, sequence = small_network()
    program, state = to_program(network, batch=3).module(), zero_state(network, batch=3)
    expected = network(sequence)
    for x, wanted in zip(sequence, expected, strict=True):
        y, *state = program(x, *state)
        assert torch.equal(y, wanted)


def test_the_chip_sees_the_events_that_the_frames_count():
    words = corner_recordings(1).words(0)
    for config in (FRAMES, FrameConfig(steps=10, duration_us=50_000, shrink=2)):
        side = 16 // config.shrink
        spikes = input_spikes(words, (2, side, side), config)
        frames = make_frames([words], width=16, height=16, config=config)
        counts = np.zeros((2, side, side))
        np.add.at(counts, (spikes["feature"], spikes["y"], spikes["x"]), 1)
        assert np.array_equal(counts, frames.sum((0, 1)).numpy())


def test_the_last_layer_learns_what_the_twin_fires():
    torch.manual_seed(1)
    network = SpikingNetwork((2, 16, 16), small_network()[0].layers)
    for weights, trained in zip(network.weights[:2], small_network()[0].weights[:2], strict=True):
        weights.weight.data.copy_(trained.weight)
    train, test = corner_recordings(90), corner_recordings(45, seed=9)
    data = DataConfig(frames=FRAMES)
    made = retrain_readout(network, train, data, ReadoutConfig(steps=10, passes=1, rate=0.02))
    plans = [to_speck(each, name="a", labels=()) for each in (network, made)]
    before, after = (judge_twin(each.network, test, FRAMES)[0].accuracy for each in plans)
    assert after > 0.9 > before
    assert all(torch.equal(a.weight, b.weight) for a, b in zip(network.weights[:2], made.weights[:2], strict=True))


def test_the_shipped_network_plans_onto_speck_and_answers_in_the_twin(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    checkpoint = read_checkpoint(SHIPPED["simgesture"])
    made = to_speck(model_of(checkpoint), name="simgesture", labels=tuple(checkpoint.facts["classes"]))
    assert (len(made.cores), made.warnings) == (4, ())
    frames = from_mapping(TrainConfig, checkpoint.facts["config"]).data.frames
    verdict, _ = judge_twin(made.network, make_simgesture("test", SimGestureConfig(test=36)), frames)
    assert verdict.accuracy > 0.8


def test_the_three_ways_to_run_a_network_are_compared():
    network = exported().network
    made = to_speck(network, name="a", labels=())
    got = compare(network, made.network, corner_recordings(6), FRAMES)
    assert got.recordings == 6
    assert got.synops > 0
    assert 0 <= got.twin <= 1


def test_a_last_layer_that_is_no_matrix_is_not_trained_again():
    network = SpikingNetwork((2, 16, 16), (Conv(4), Conv(3)))
    with pytest.raises(InvalidArgumentError, match="must be dense"):
        retrain_readout(network, corner_recordings(3), DataConfig(frames=FRAMES))


def test_without_sinabs_it_is_said_what_brings_it():
    with pytest.raises(MissingDependencyError, match="pip install"):
        to_dynapcnn(small_network()[0])
