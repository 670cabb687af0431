"""`aestream speck` and `output speck`, as a user types them."""

import json
from pathlib import Path

import numpy as np
import pytest
from making_recordings import some_events, write_evt3

from aestream.cli.main import main
from aestream_bridge.speck import Layer, Network, chain, save_network
from aestream_bridge.speck.backends.samna_library import samna_state


@pytest.fixture
def wide(tmp_path: Path) -> str:
    """A network that breaks two limits."""
    layers = [Layer("a", np.ones((2, 2, 3, 3), np.int8), stride=3, padding=9, threshold=9)]
    layers.append(Layer("b", np.ones((2, 2, 1, 1), np.int8), threshold=9))
    save_network(Network("wide", (2, 16, 16), chain(layers)), tmp_path / "wide.safetensors")
    return str(tmp_path / "wide.safetensors")


def test_a_plan_is_a_table_with_a_row_a_layer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speck", "plan", "quadrants"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].strip() == "quadrants on speck2f"
    cells = next(line for line in lines if line.startswith("cells")).split()
    assert cells[2:5] == ["2x128x128", "1x16x16", "8x8/8"]
    assert "128 of 16,384" in " ".join(cells)


def test_a_plan_as_json_has_every_layer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speck", "plan", "quadrants", "--device", "speck2e", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["fits"], said["device"]) == (True, "speck2e")
    assert [layer["layer"] for layer in said["layers"]] == ["cells", "quadrants"]
    assert said["layers"][0]["demand"] == {"kernel": 128, "neuron": 256, "bias": 0}


def test_every_broken_limit_is_a_line(wide: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speck", "plan", wide]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert errors == [
        "aestream: error: layer 'a': stride: its stride is 3; it must be one of 1, 2, 4, 8",
        "aestream: error: layer 'a': padding: its padding is 9; it must be 0 to 7",
    ]


def test_broken_limits_are_in_the_json(wide: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speck", "plan", wide, "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["fits"] is False
    assert [each["limit"] for each in said["violations"]] == ["stride", "padding"]


def test_a_plan_is_drawn(tmp_path: Path) -> None:
    picture = tmp_path / "plan.png"
    assert main(["speck", "plan", "quadrants", "--picture", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_chips_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speck", "devices"]) == 0
    text = capsys.readouterr().out
    for name in ("speck2e", "speck2f", "speck2b", "speck2cmini"):
        assert name in text


def test_events_become_predictions_spikes_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = write_evt3(tmp_path / "made.raw", some_events(50_000))
    spikes = tmp_path / "spikes.npz"
    layer = Layer("any", np.ones((2, 2, 1, 1), np.int8), threshold=1)
    save_network(Network("any", (2, 64, 48), (layer,), labels=("a, b", "c")), tmp_path / "any.safetensors")
    words = ["output", "speck", str(tmp_path / "any.safetensors"), "--spikes", str(spikes), "--fit", "crop"]
    assert main(["input", "file", str(recording), *words, "--window", "50000"]) == 0
    output = capsys.readouterr()
    lines = output.out.splitlines()
    assert lines[0].startswith('0,50000,"a, b",')
    stored = np.load(spikes)["spikes"]
    counts = sum(int(line.rsplit(",", 2)[1]) for line in lines)
    assert counts == int((stored["feature"] == 0).sum()) == len(stored) // 2
    summary = next(line for line in output.err.splitlines() if line.startswith("speck: "))
    sent = len(stored) // 2
    assert f"speck: {sent:,} events into network any on sim, {50_000 - sent:,} beside its input, 0 dropped" in summary


@pytest.mark.skipif(samna_state() != "missing", reason="something called samna is installed")
@pytest.mark.parametrize("words", [["input", "speck"], ["input", "sim", "output", "speck", "--device", "speck2e"]])
def test_a_chip_without_samna_is_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, *(["output", "null"] if words == ["input", "speck"] else [])]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("aestream: error: a Speck chip needs samna, which is not installed: install SynSense's")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["input", "speck", "moon", "output", "null"],
            "chip is 'moon'; a chip with a sensor is one of speck2f, speck2e",
        ),
        (["input", "sim", "output", "speck", "x.bin"], "network is 'x.bin'; it must be one of quadrants"),
        (
            ["input", "sim", "output", "speck", "--spikes", "x.txt"],
            "unknown extension of a file of arrays '.txt'; known: .npz",
        ),
        (["speck", "plan", "x.bin"], "network is 'x.bin'; it must be one of quadrants"),
        (["speck", "plan", "quadrants", "--device", "moon"], "unknown device 'moon'; known: speck2b"),
    ],
)
def test_what_cannot_be_is_one_line(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) != 0
    [line] = capsys.readouterr().err.splitlines()
    assert message in line
