"""Training: same seed, same curve; a run that resumes goes on as if it had not stopped; bad settings are refused."""

import json
from dataclasses import replace
from importlib.util import find_spec

import pytest
import torch

from aestream_core.errors import FormatError, InvalidArgumentError, MissingDependencyError
from aestream_snn.data.simgesture.dataset import SimGestureConfig, make_simgesture
from aestream_snn.models.quantise import quantised
from aestream_snn.neurons.sequence import neuron_sequence
from aestream_snn.shipped import checkpoint_path
from aestream_snn.training.accuracy import judge
from aestream_snn.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from aestream_snn.training.command import train
from aestream_snn.training.compose import compose_config
from aestream_snn.training.config import LoggingConfig
from aestream_snn.training.phases import PhaseClock
from aestream_snn.training.reporters import TensorBoardReporter, TerminalReporter, make_reporters
from aestream_snn.training.trainer import Trainer, model_of, rate_factor

SMALL = SimGestureConfig(train=96, validation=24, test=24)
FRAMES = ("data.frames.steps=8", "data.frames.shrink=8")
WORDS = ("task.epochs=3", *FRAMES, "model=conv_iaf", "data.augment.drop=0.2", "data.augment.noise=0")


@pytest.fixture(scope="module")
def splits(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return tuple(make_simgesture(split, SMALL) for split in ("train", "validation", "test"))


def trainer(splits, folder, *words: str) -> Trainer:
    return Trainer(compose_config((*WORDS, f"logging.folder={folder}", *words)), *splits[:2])


def curve(run: Trainer) -> list[dict[str, float]]:
    return [{name: value for name, value in row.items() if name != "seconds"} for row in run.state.curve]


def test_the_same_seed_gives_the_same_curve_and_another_another(splits, tmp_path):
    runs = [
        trainer(splits, tmp_path / str(n), f"system.seed={seed}", "task.epochs=1") for n, seed in enumerate((1, 1, 2))
    ]
    for run in runs:
        run.run()
    assert curve(runs[0]) == curve(runs[1])
    assert curve(runs[0]) != curve(runs[2])


def test_a_run_that_resumes_goes_on_bit_for_bit(splits, tmp_path):
    whole = trainer(splits, tmp_path / "whole")
    whole.run()
    stopped = trainer(splits, tmp_path / "stopped")
    stopped.state.curve, stopped.finished = [], lambda: stopped.state.epoch >= 2
    stopped.run()
    resumed = trainer(splits, tmp_path / "resumed")
    resumed.resume(stopped.last_path)
    resumed.run()
    assert curve(resumed) == curve(whole)
    for name, tensor in whole.state.tensors().items():
        assert torch.equal(tensor, resumed.state.tensors()[name]), name


def test_training_learns(splits, tmp_path):
    run = trainer(splits, tmp_path, "task.epochs=5")
    run.run()
    assert run.state.curve[-1]["loss"] < 0.95 * run.state.curve[0]["loss"]
    assert set(run.clock.seconds) == {"data", "forward", "backward", "update", "validation", "logging"}


def test_in_bfloat16_it_learns_too_with_membranes_and_weights_in_float32(splits, tmp_path, monkeypatch):
    seen = set()

    def spied(current, v, config, *, pool=1):
        spikes, after = neuron_sequence(current, v, config, pool=pool)
        seen.update(each.dtype for each in (current, spikes, after))
        return spikes, after

    monkeypatch.setattr("aestream_snn.models.network.neuron_sequence", spied)
    products = set()
    run = trainer(splits, tmp_path, "task.epochs=5", "system.precision=bfloat16")
    run.model.weights[2].register_forward_hook(lambda _, given, y: products.add(y.dtype))
    run.run()
    assert run.state.curve[-1]["loss"] < 0.95 * run.state.curve[0]["loss"]
    assert torch.bfloat16 in products
    assert seen == {torch.float32}
    assert {weights.dtype for weights in run.model.parameters()} == {torch.float32}


def test_the_best_model_comes_back_from_its_file(splits, tmp_path):
    run = trainer(splits, tmp_path, "task.epochs=1")
    run.run()
    checkpoint = read_checkpoint(run.best_path)
    assert not checkpoint.part("optimiser")
    model = model_of(checkpoint)
    frames = run.config.data.frames
    assert judge(model, splits[1], frames).accuracy == run.state.best
    assert run.result(splits[2]).test == judge(model, splits[2], frames).accuracy


def test_patience_ends_a_run(splits, tmp_path):
    run = trainer(splits, tmp_path, "task.rate=0", "task.epochs=9", "task.patience=2")
    run.run()
    assert run.state.epoch == 3


def test_a_checkpoint_of_another_model_is_refused(splits, tmp_path):
    run = trainer(splits, tmp_path, "task.epochs=1")
    run.run()
    with pytest.raises(FormatError, match="the checkpoint is of another model"):
        trainer(splits, tmp_path, "model=conv_iaf_deep").resume(run.last_path)


def test_a_pickle_is_no_checkpoint(tmp_path):
    torch.save({"model": torch.zeros(1)}, tmp_path / "model.pt")
    with pytest.raises(FormatError, match=r"model\.pt: no checkpoint that can be read"):
        read_checkpoint(tmp_path / "model.pt")


def test_a_checkpoint_that_was_cut_is_refused(tmp_path):
    path = tmp_path / "a.safetensors"
    write_checkpoint(path, Checkpoint({"model.w": torch.zeros(1000)}, {}))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(FormatError, match="no checkpoint that can be read"):
        read_checkpoint(path)


def test_a_checkpoint_of_a_newer_version_is_refused(tmp_path):
    write_checkpoint(tmp_path / "a.safetensors", Checkpoint({}, {"version": 99}))
    with pytest.raises(FormatError, match="a checkpoint of version 99; this reads version 1"):
        read_checkpoint(tmp_path / "a.safetensors")


def test_the_rate_rises_then_falls_to_zero():
    rates = [rate_factor(update, 100, 0.1) for update in range(101)]
    assert rates[9] == 1
    assert rates[:10] == sorted(rates[:10])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[100] == pytest.approx(0)


def test_weights_that_are_not_finite_are_refused(splits, tmp_path):
    run = trainer(splits, tmp_path, "task.epochs=1")
    run.run()
    kept = read_checkpoint(run.best_path)
    name = next(name for name in kept.tensors if name.startswith("model."))
    write_checkpoint(run.best_path, Checkpoint({**kept.tensors, name: kept.tensors[name] * float("nan")}, kept.facts))
    with pytest.raises(FormatError, match=r"best.safetensors: weight '.*' holds NaN or infinity"):
        read_checkpoint(run.best_path)


def test_a_model_of_events_is_told_from_a_network_of_frames():
    with pytest.raises(FormatError, match="a model of events, which `camera_to_ssm` runs"):
        read_checkpoint(checkpoint_path("simgesture_events"))


def test_a_gpu_that_is_not_there_is_one_line(tmp_path):
    if torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(InvalidArgumentError, match="sees no CUDA GPU; use cpu or auto"):
        train(["system=cuda", f"logging.folder={tmp_path}"])


def test_settings_survive_the_way_through_a_checkpoint(splits, tmp_path):
    run = trainer(splits, tmp_path, "task.epochs=1")
    run.run()
    stored = read_checkpoint(run.last_path).facts["config"]
    assert json.dumps(stored["data"]["frames"]) == json.dumps(vars(replace(run.config.data.frames)))


def test_training_for_8_bits_judges_8_bits_and_bounds_weights(splits, tmp_path):
    run = trainer(splits, tmp_path, "task.epochs=1", "task.int8=true", "task.weight_limit=0.2")
    run.run()
    assert all(weights.weight.abs().max() <= 0.2 + 1e-6 for weights in run.model.weights)
    frames = run.config.data.frames
    assert run.state.best == judge(quantised(run.model), splits[1], frames).accuracy


def test_a_run_starts_with_the_weights_of_a_checkpoint(splits, tmp_path):
    first = trainer(splits, tmp_path, "task.epochs=1")
    first.run()
    again = trainer(splits, tmp_path / "again", f"model.start={first.best_path}", "system.seed=9")
    assert torch.equal(again.model.weights[0].weight, first.model.weights[0].weight)
    with pytest.raises(FormatError, match="the checkpoint is of another model"):
        trainer(splits, tmp_path / "other", f"model.start={first.best_path}", "model=conv_iaf_deep")


class Listener:
    """A reporter that keeps what it hears."""

    def __init__(self) -> None:
        self.rows, self.readings = [], []

    def batch(self, epoch, number, of, loss):
        pass

    def epoch(self, row):
        self.rows.append(row)

    def network(self, epoch, reading):
        self.readings.append((epoch, reading))

    def close(self):
        pass


def test_reporters_hear_what_the_network_does_after_every_epoch(splits, tmp_path):
    heard, deaf = Listener(), Listener()
    trainer(splits, tmp_path, "task.epochs=2").run([heard])
    trainer(splits, tmp_path, "task.epochs=1", "logging.monitor=false").run([deaf])
    assert [epoch for epoch, _ in heard.readings] == [1, 2]
    assert all(len(reading.layers) == 3 and reading.synops > 0 for _, reading in heard.readings)
    assert (len(deaf.rows), deaf.readings) == (1, [])


def test_tensorboard_gets_scalars_and_histograms_of_every_layer(splits, tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run, reporter = trainer(splits, tmp_path, "task.epochs=1"), TensorBoardReporter(tmp_path / "board")
    run.run([reporter])
    reporter.close()
    board = EventAccumulator(str(tmp_path / "board"))
    board.Reload()
    assert {"network/layer0/rate", "network/layer2/dead", "network/synops"} < set(board.Tags()["scalars"])
    assert "network/layer1/weights" in board.Tags()["histograms"]


def test_weights_and_biases_that_is_not_installed_is_said(tmp_path):
    if find_spec("wandb") is not None:
        pytest.skip("it is installed here")
    with pytest.raises(MissingDependencyError, match="pip install wandb"):
        make_reporters(LoggingConfig(folder=str(tmp_path), wandb=True, live=False), {})


def test_the_terminal_draws_only_when_all_others_could_begin(tmp_path):
    made = make_reporters(LoggingConfig(folder=str(tmp_path), live=False), {})
    assert isinstance(made[-1], TerminalReporter)


def test_phases_add_up():
    clock = PhaseClock()
    for name in ("a", "b", "a"):
        with clock.phase(name):
            sum(range(10_000))
    assert sum(clock.shares().values()) == pytest.approx(1)
