"""`aestream snn`: a report and an export of a network that was trained a moment ago; errors are one line."""

from pathlib import Path

import pytest

from aestream.cli.main import main
from aestream.cli.snn.command import TO

SMALL = ("data=labelled", "model=conv_iaf", "task.epochs=1", "data.frames.steps=4", "data.frames.shrink=4")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Give a folder with recordings that the simulator made, and in `run` a network trained on them."""
    folder, rows = tmp_path_factory.mktemp("labelled"), ["file,label,split"]
    for number in range(8):
        name, scene = f"{number}.raw", ("bar", "disc")[number % 2]
        words = f"--scene {scene} --rate 50e3 --duration 0.1 --width 128 --height 128 --seed {number}".split()
        assert main(["input", "sim", *words, "output", "file", str(folder / name)]) == 0
        rows.append(f"{name},{scene},{('train', 'train', 'validation', 'test')[number // 2]}")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    settings = (f"data.data_dir={folder}", f"logging.folder={folder / 'run'}", "logging.live=false")
    assert main(["train", *SMALL, *settings]) == 0
    return folder


def test_a_report_of_the_test_data_and_of_a_recording(folder, capsys):
    checkpoint, page = str(folder / "run/best.safetensors"), folder / "page.html"
    assert main(["snn", "report", checkpoint, "-o", str(page)]) == 0
    assert "on 2 test recordings of labelled" in page.read_text()
    assert main(["snn", "report", checkpoint, str(folder / "7.raw"), "-o", str(page)]) == 0
    assert "Answers over time" in page.read_text()
    assert "opens in any browser" in capsys.readouterr().out


def test_an_export_to_speck_prints_the_plan_and_the_accuracy_of_the_twin(folder, capsys):
    words = ["snn", "export", str(folder / "run/best.safetensors"), str(folder / "chip.safetensors"), "--to", "speck"]
    assert main([*words, "--retrain-readout"]) == 0
    out = capsys.readouterr().out
    assert "layer2" in out
    assert "the chip's twin, by events" in out
    assert main(["speck", "plan", str(folder / "chip.safetensors")]) == 0


def test_the_command_knows_every_form():
    from aestream_snn.export.table import TARGETS

    assert tuple(TARGETS) == TO


def test_a_control_that_does_not_spike_is_refused_in_one_line(folder, capsys):
    settings = (f"data.data_dir={folder}", f"logging.folder={folder / 'control'}", "logging.live=false")
    assert main(["train", *SMALL, "model=histogram_cnn", *settings]) == 0
    assert main(["snn", "report", str(folder / "control/best.safetensors")]) == 1
    assert "holds a 'histogram_cnn', which does not spike" in capsys.readouterr().err


def test_data_that_are_not_there_are_refused_in_one_line(folder, capsys):
    assert main(["snn", "report", str(folder / "run/best.safetensors"), "data=mnist"]) == 1
    assert "unknown data 'mnist'" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["report", "export"])
def test_a_file_that_cannot_be_written_is_refused_before_the_work(folder, capsys, word):
    checkpoint, out = (
        str(folder / "run/best.safetensors"),
        str(folder / "nowhere" / {"report": "a.html", "export": "a.pt2"}[word]),
    )
    words = ["report", checkpoint, "-o", out] if word == "report" else ["export", checkpoint, out, "--to", "torch"]
    assert main(["snn", *words]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_no_recordings_are_refused(folder, capsys):
    assert main(["snn", "report", str(folder / "run/best.safetensors"), "--recordings", "0"]) == 1
    assert "recordings is 0; it must be 1 or more" in capsys.readouterr().err
