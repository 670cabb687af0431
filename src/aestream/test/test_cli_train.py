"""`aestream train`: settings are words, results are files, errors are one line."""

import json
from pathlib import Path

import pytest

from aestream.cli.main import main

SMALL = ("task.epochs=1", "data.frames.steps=4", "data.frames.shrink=16", "model=histogram_cnn", "logging.live=false")
LABELLED = ("data=labelled", *SMALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder of recordings that the simulator made, with labels."""
    rows = ["file,label,split"]
    for number in range(12):
        name, scene = f"{number}.raw", ("bar", "disc")[number % 2]
        words = f"--scene {scene} --rate 50e3 --duration 0.1 --width 128 --height 128 --seed {number}".split()
        assert main(["input", "sim", *words, "output", "file", str(tmp_path / name)]) == 0
        rows.append(f"{name},{scene},{('train', 'train', 'validation', 'test')[number // 2 % 4]}")
    (tmp_path / "labels.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def test_own_recordings_train_a_model_and_leave_its_files(folder, capsys):
    out = folder / "run"
    status = main(["train", *LABELLED, f"data.data_dir={folder}", f"logging.folder={out}"])
    assert status == 0
    assert "1 epochs in" in capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == {
        "best.safetensors", "last.safetensors", "config.json", "result.json", "tensorboard",
    }  # fmt: skip
    assert json.loads((out / "result.json").read_text())["result"]["epochs"] == 1


def test_a_setting_that_is_not_there_is_one_line_and_status_1(capsys):
    assert main(["train", "task.epoch=1"]) == 1
    assert capsys.readouterr().err.startswith("aestream: error: unknown setting in task 'epoch'; known: batch")


def test_models_of_events_wherever_their_word_stands(tmp_path, capsys):
    assert main(["train", "epochs=7", "ssm=chirp", "--show"]) == 0
    assert json.loads(capsys.readouterr().out)["epochs"] == 7
    assert main(["train", "ssm=", "--groups"]) == 0
    assert "simgesture_events" in capsys.readouterr().out
    assert main(["train", "ssm=chirp", f"folder={tmp_path}", "--resume", "last.safetensors"]) == 1
    assert "--resume goes on with networks of frames" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--plot", "what.bla"], "unknown extension of a plot '.bla'; known: .pdf, .png, .svg"),
        (["--json", "nowhere/x.json"], "there is no folder 'nowhere'"),
        (["--plot", "x.png", "--no-robustness"], "leave out --no-robustness"),
        (["--data-dir", "nothere"], "'simgesture' is made here; leave out data_dir"),
    ],
)
def test_what_evaluate_cannot_do_is_said_before_it_begins(words, message, capsys):
    assert main(["evaluate", "simgesture", *words]) == 1
    assert message in capsys.readouterr().err


def test_groups_and_settings_are_shown(capsys):
    assert main(["train", "--groups"]) == 0
    assert "simgesture" in capsys.readouterr().out
    assert main(["train", "--show", "task.epochs=7"]) == 0
    assert json.loads(capsys.readouterr().out)["task"]["epochs"] == 7
