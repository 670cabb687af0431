"""A network that is watched while it runs live: the same answers, and readings that agree with what it did."""

from dataclasses import astuple
from pathlib import Path

import pytest
import torch
from online_cases import SHAPE, WINDOW_US, checkpoint, window, written

from aestream_snn.monitoring.monitor import Monitor
from aestream_snn.online.config import InferenceConfig
from aestream_snn.online.fit import fit
from aestream_snn.online.frame_model import FrameModel
from aestream_snn.online.inside import STEPS, Inside
from aestream_snn.online.loading import load_online
from aestream_snn.online.runner import Runner
from aestream_snn.training.checkpoint import read_checkpoint
from aestream_snn.training.trainer import model_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path)


def model(path: Path, *, every: int) -> FrameModel:
    made = load_online(str(path), device=torch.device("cpu"))
    assert isinstance(made, FrameModel)
    assert made.watch(every) == (every > 0)
    return made


def seen(made: FrameModel, numbers: range) -> Inside | None:
    runner = Runner(made, InferenceConfig())
    for number in numbers:
        runner.take(window(number))
    return made.inside()


def test_a_watched_model_answers_as_one_that_is_not(path: Path) -> None:
    answers = []
    for every in (0, 3):
        runner = Runner(model(path, every=every), InferenceConfig())
        answers.append([runner.take(window(number)) for number in range(2 * STEPS)])
    assert all((one.scores == other.scores).all() for one, other in zip(*answers, strict=True))


def test_a_reading_is_that_of_a_monitor_over_the_same_steps(path: Path) -> None:
    inside = seen(model(path, every=1), range(STEPS))
    monitor = Monitor(model_of(read_checkpoint(path)))
    monitor.run(torch.stack([fit(window(number).tensor, SHAPE, shrink=2) for number in range(STEPS)]))
    assert inside is not None
    for live, whole in zip(inside.layers, monitor.reading().layers, strict=True):
        assert astuple(live) == pytest.approx(astuple(whole), rel=0.02)  # dense frames: sums in another order
    assert (inside.names, inside.steps, inside.every) == (("conv 8", "conv 16", "dense 3"), STEPS, 1)
    assert inside.per_s == 1e6 / WINDOW_US


def test_silent_windows_count_as_steps_without_events(path: Path) -> None:
    busy, half = model(path, every=1), model(path, every=1)
    once, twice = seen(busy, range(STEPS)), seen(half, range(0, 2 * STEPS, 2))
    assert once is not None
    assert twice is not None
    assert twice.layers[0].synops == pytest.approx(once.layers[0].synops / 2, rel=0.2)


def test_a_reading_comes_when_enough_steps_were_counted_and_then_it_begins_anew(path: Path) -> None:
    made = model(path, every=2)
    assert seen(made, range(2 * STEPS - 1)) is None
    first = seen(made, range(2 * STEPS - 1, 2 * STEPS))
    assert first is not None
    assert seen(made, range(2 * STEPS, 4 * STEPS - 1)) is first
    assert seen(made, range(4 * STEPS - 1, 4 * STEPS)) is not first


def test_warm_up_is_not_counted(path: Path) -> None:
    made = model(path, every=1)
    for _ in range(STEPS):
        made.warm_up()
    assert made.inside() is None


def test_diagnostics_say_how_every_layer_is(path: Path) -> None:
    made = model(path, every=1)
    assert made.activity() == {}
    inside = seen(made, range(STEPS))
    assert inside is not None
    said = made.activity()
    assert float(str(said["layer 0 firing rate [Hz]"])) == pytest.approx(inside.layers[0].rate * 100, rel=0.01)
    assert float(str(said["layer 2 synaptic operations [1/s]"])) == pytest.approx(
        inside.layers[2].synops * 100, rel=0.01
    )
    assert str(said["layer 1 membranes [thresholds]"]).startswith(f"{inside.layers[1].lowest:.3g} to ")
    assert {name.partition(" ")[2][2:] for name in said} >= {
        "dead, saturated [%]",
        "steps with a spike [%]",
        "of 16 bits [%]",
    }


def test_a_model_without_neurons_has_nothing_to_see(tmp_path: Path) -> None:
    made = load_online(str(written(tmp_path, checkpoint(name="histogram_cnn"))), device=torch.device("cpu"))
    assert not made.watch(1)
    assert made.inside() is None
