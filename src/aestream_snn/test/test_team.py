"""Processes that train together: they give one mean, one sum, one decision, and none is left behind."""

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch
from team_member import numbers

from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.files import create_file
from aestream_snn.data.simgesture.dataset import SimGestureConfig, make_simgesture
from aestream_snn.training.batches import TrainingBatches
from aestream_snn.training.checkpoint import read_checkpoint
from aestream_snn.training.command import train
from aestream_snn.training.compose import compose_config
from aestream_snn.training.team import Team, join_team, processes_for
from aestream_snn.training.trainer import TrainResult


@pytest.fixture(autouse=True)
def _member_is_found(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=":")


def test_two_processes_come_to_one_mean_one_sum_and_one_decision():
    with join_team(2, ["team_member", "counts"], device="cpu") as team:
        assert (team.rank, team.size) == (0, 2)
        assert numbers(team) == ([1.5, 2.5, 5.0], 3.0, True, [7.0, 7.0])


def test_who_is_alone_needs_nobody():
    with join_team(1, [], device="cpu") as team:
        assert numbers(team) == ([1.0, 2.0, 0.0], 1.0, True, [7.0, 7.0])


@pytest.mark.parametrize(("how", "status"), [("ends", 3), ("dies", 4)])
def test_a_process_that_ends_too_early_is_named(how, status):
    with (
        pytest.raises(AestreamError, match=f"process 1 of the 2 .* ended with status {status}"),
        join_team(2, ["team_member", how], device="cpu") as team,
    ):
        numbers(team)


def test_what_goes_wrong_here_is_told_here_alone(capfd):
    with pytest.raises(OSError, match="no space"), join_team(2, ["team_member", "counts"], device="cpu"):
        raise OSError("no space")
    assert capfd.readouterr().err == ""


def test_what_torch_says_here_is_not_blamed_on_others(capfd):
    with (
        pytest.raises(torch.OutOfMemoryError, match="no memory"),
        join_team(2, ["team_member", "counts"], device="cpu"),
    ):
        raise torch.OutOfMemoryError("no memory")
    assert capfd.readouterr().err == ""


def test_who_asks_for_no_number_gets_two_on_a_cpu_and_one_on_a_gpu():
    assert [processes_for(0, device) for device in ("cpu", "cuda", "cuda:1")] == [2, 1, 1]
    assert [processes_for(3, "cpu"), processes_for(1, "cuda:1")] == [3, 1]
    with pytest.raises(InvalidArgumentError, match="processes is 2 and device cuda:1"):
        processes_for(2, "cuda:1")


def test_each_process_needs_a_gpu_of_its_own():
    more = max(torch.cuda.device_count() + 1, 2)
    with (
        pytest.raises(InvalidArgumentError, match=f"processes is {more}; each needs a GPU of its own"),
        join_team(more, [], device="cuda"),
    ):
        pass


@pytest.fixture(scope="module")
def small():
    return make_simgesture("train", SimGestureConfig(train=37, validation=12, test=12))


def test_the_shares_of_a_team_make_up_each_batch(small):
    settings = compose_config(["data.augment.flip_x=0", "data.augment.flip_y=0"]).data

    def labels(team: Team) -> list[list[int]]:
        made = TrainingBatches(small, frames=settings.frames, augment=settings.augment, size=8, seed=3, team=team)
        batches = [batch.tolist() for _, batch in made.epoch(1)]
        assert len(batches) == len(made)
        return batches

    alone, parts = labels(Team()), [labels(Team(rank, 2)) for rank in (0, 1)]
    assert [len(part) for part in parts[0]] == [4, 4, 4, 4, 2]
    assert [sorted(a + b) for a, b in zip(*parts, strict=True)] == [
        sorted(whole[: len(whole) // 2 * 2]) for whole in alone
    ]


def test_a_batch_that_cannot_be_shared_is_refused(small):
    settings = compose_config([]).data
    with pytest.raises(InvalidArgumentError, match=r"task.batch is 16; 3 system.processes"):
        TrainingBatches(small, frames=settings.frames, augment=settings.augment, size=16, seed=0, team=Team(0, 3))
    with pytest.raises(InvalidArgumentError, match=r"37 training recordings for 64 system.processes"):
        TrainingBatches(small, frames=settings.frames, augment=settings.augment, size=64, seed=0, team=Team(0, 64))


@pytest.fixture
def recordings(tmp_path) -> Path:
    """Pieces of 10 ms of one file: what is left and what is right of the middle, in turns."""
    rng, count = np.random.default_rng(0), 48
    t_us = np.sort(rng.integers(0, count * 10_000, 60 * count))
    x = rng.integers(0, 16, len(t_us)) + 16 * (t_us // 10_000 % 2)
    columns = {"t": t_us, "x": x, "y": rng.integers(0, 32, len(t_us)), "p": rng.integers(0, 2, len(t_us))}
    with closing(create_file(tmp_path / "all.raw", width=32, height=32)) as file:
        file.write(Events.from_numpy(**columns, width=32, height=32))
    splits = ["train"] * 4 + ["validation", "test"]
    rows = [f"all.raw,{'ab'[n % 2]},{splits[n // 2 % 6]},{n * 10_000},{(n + 1) * 10_000}" for n in range(count)]
    (tmp_path / "labels.csv").write_text("\n".join(["file,label,split,start_us,end_us", *rows]) + "\n")
    return tmp_path


def test_two_processes_train_one_model_and_resume_bit_for_bit(recordings, tmp_path):
    frames = ["data.frames.steps=4", "data.frames.shrink=2", "data.frames.duration_us=10000", "data.augment.shift_px=2"]
    words = ["data=labelled", f"data.data_dir={recordings}", *frames, "model=conv_iaf", "task.epochs=2", "task.batch=8"]

    def run(name: str, *more: str, resume: Path | None = None) -> TrainResult:
        return train([*words, f"logging.folder={tmp_path / name}", "logging.tensorboard=false", *more], resume=resume)

    whole = run("whole")
    assert run("half", "task.limit_s=1e-3").epochs == 1
    resumed = run("on", resume=tmp_path / "half/last.safetensors")
    assert (whole.epochs, resumed.epochs) == (2, 2)
    assert resumed.test == whole.test
    ends = [read_checkpoint(tmp_path / name / "last.safetensors") for name in ("whole", "on")]
    assert all(torch.equal(tensor, ends[1].tensors[name]) for name, tensor in ends[0].tensors.items())
    assert json.loads((tmp_path / "on/config.json").read_text())["system"]["processes"] == 2
    over = run("over", resume=tmp_path / "whole/last.safetensors")
    assert (over.epochs, over.validation, over.test) == (2, whole.validation, whole.test)
