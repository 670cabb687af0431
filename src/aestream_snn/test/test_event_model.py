"""Packets through the adapter give what the model gives on the whole recording; bad files are refused."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from aestream_core.errors import AestreamError, FormatError, InvalidArgumentError
from aestream_core.events import Events
from aestream_snn.online.base import EventModel
from aestream_snn.online.config import InferenceConfig
from aestream_snn.online.loading import load_online
from aestream_snn.online.runner import Runner
from aestream_snn.ssm import EventSSM, SSMConfig, gaps_ms, packet_engine, vision_tokens
from aestream_snn.ssm.device import DeviceEngine
from aestream_snn.ssm.weights import Meaning, load_meaning, save_model

CPU, SIDE, LABELS = torch.device("cpu"), 8, ("left", "right", "none")
CONFIG = SSMConfig(tokens=2 * SIDE**2, classes=3, width=16, states=16, stages=2, layers=1, stride=4)
FOR_EVER_MS = 3_600_000.0


def written(folder: Path, meaning: Meaning | None = None, config: SSMConfig = CONFIG) -> Path:
    torch.manual_seed(0)
    save_model(EventSSM(config), folder / "model.safetensors", meaning or Meaning(LABELS, SIDE, SIDE))
    return folder / "model.safetensors"


def packet(events: int = 600, *, side: int = 16, start_us: int = 0) -> Events:
    rng = np.random.default_rng(0)
    t = start_us + np.cumsum(rng.integers(1, 200, events))
    x, y, p = rng.integers(0, side, events), rng.integers(0, side, events), rng.integers(0, 2, events)
    return Events.from_numpy(t=t, x=x, y=y, p=p, width=side, height=side)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    model = load_online(str(written(tmp_path)), device=CPU, memory_ms=FOR_EVER_MS)
    return Runner(model, InferenceConfig(memory_ms=FOR_EVER_MS))


def test_packets_give_what_the_whole_recording_gives(runner: Runner) -> None:
    events = packet()
    rest, answer = events, None
    while len(rest):
        part, rest = rest.split_after(47)
        answer = runner.take(part)
    records = events.to_numpy()
    torch.manual_seed(0)
    torch_model = EventSSM(CONFIG).eval()
    tokens = vision_tokens(records["x"] // 2, records["y"] // 2, records["p"], width=SIDE, height=SIDE)
    with torch.no_grad():
        logits = torch_model(torch.from_numpy(tokens)[None], torch.from_numpy(gaps_ms(records["t"]))[None])[0]
    assert answer is not None
    np.testing.assert_allclose(answer.scores, torch.softmax(logits, 0).numpy(), rtol=1e-3)
    assert (answer.event_count, answer.t_us) == (600, int(records["t"][-1]))


@pytest.mark.gpu
def test_on_a_gpu_packets_give_what_they_give_on_a_cpu(runner: Runner, tmp_path: Path) -> None:
    model = load_online(str(written(tmp_path)), device=torch.device("cuda", 0), memory_ms=FOR_EVER_MS)
    model.warm_up()
    on_gpu = Runner(model, runner.config)
    assert model.device.type == "cuda"
    rest = packet()
    while len(rest):
        part, rest = rest.split_after(47)
        want, got = runner.take(part), on_gpu.take(part)
        assert want is not None
        assert got is not None
        np.testing.assert_allclose(got.scores, want.scores, rtol=1e-3)


def test_on_another_device_than_a_cpu_it_runs_layer_by_layer_and_gives_the_same(
    runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packet_engine, "StreamingEngine", partial(DeviceEngine, device=CPU))
    other = Runner(load_online(str(written(tmp_path)), device=CPU, memory_ms=FOR_EVER_MS), runner.config)
    other.model.warm_up()
    for part in (packet(side=19, start_us=10**6), packet(start_us=2 * 10**6), packet()):
        want, got = runner.take(part), other.take(part)
        assert want is not None
        assert got is not None
        np.testing.assert_allclose(got.scores, want.scores, rtol=1e-3)
    assert other.counters == runner.counters
    assert other.model.activity() == runner.model.activity()


def test_it_is_a_model_of_events_with_the_labels_of_the_file(runner: Runner) -> None:
    model = runner.model
    assert isinstance(model, EventModel)
    assert (model.takes, model.labels, model.device, model.name) == ("events", LABELS, CPU, "event_ssm (model)")


def test_warm_up_and_reset_leave_nothing_behind(runner: Runner) -> None:
    first = runner.take(packet())
    runner.model.reset()
    runner.model.warm_up()
    assert first is not None
    fresh = Runner(runner.model, runner.config).take(packet())
    assert fresh is not None
    np.testing.assert_array_equal(first.scores, fresh.scores)


def test_time_that_goes_back_resets_once(runner: Runner) -> None:
    first = runner.take(packet(start_us=1_000_000))
    again = runner.take(packet())
    assert first is not None
    assert again is not None
    np.testing.assert_allclose(first.scores, again.scores, rtol=1e-5)
    assert runner.counters.resets == 1


def test_events_beside_the_cells_are_counted_over_resets(runner: Runner) -> None:
    events = packet(side=19)
    records = events.to_numpy()
    within = [(records[name] >= 1) & (records[name] <= 16) for name in ("x", "y")]
    beside = int((~(within[0] & within[1])).sum())
    runner.take(events)
    runner.model.reset()
    runner.take(events)
    assert runner.model.activity()["events beside the model's cells"] == 2 * beside
    assert beside > 50


def test_a_sensor_that_is_too_small_is_refused(runner: Runner) -> None:
    with pytest.raises(InvalidArgumentError, match="the sensor is 7 x 7; it must have at least 8 x 8 pixels"):
        runner.take(packet(side=7))


def test_memory_changes_while_it_runs(runner: Runner) -> None:
    kept = runner.take(packet())
    runner.model.reset()
    runner.model.remember(5.0)
    forgot = runner.take(packet())
    assert kept is not None
    assert forgot is not None
    assert not np.allclose(kept.scores, forgot.scores, rtol=1e-3)


@pytest.mark.parametrize(
    ("meaning", "message"),
    [
        (Meaning(("a", "b"), SIDE, SIDE), "2 labels; the model has 3 classes"),
        (Meaning(LABELS, SIDE, SIDE + 1), r"cells are \(8, 9\)"),
        (Meaning(LABELS, 2 * SIDE**2, 1), "trained on 128 channels of sound"),
    ],
)
def test_files_whose_meaning_does_not_fit_are_refused(tmp_path: Path, meaning: Meaning, message: str) -> None:
    with pytest.raises(AestreamError, match=message):
        load_online(str(written(tmp_path, meaning)), device=CPU)


def test_a_file_that_does_not_say_what_its_classes_are_is_refused(tmp_path: Path) -> None:
    save_model(EventSSM(replace(CONFIG)), tmp_path / "bare.safetensors")
    with pytest.raises(FormatError, match="does not say what its classes and tokens are"):
        load_online(str(tmp_path / "bare.safetensors"), device=CPU)


def test_a_damaged_meaning_is_refused_with_one_line(tmp_path: Path) -> None:
    path = written(tmp_path)
    with safe_open(path, "pt") as file:
        header = dict(file.metadata())
    save_file({"a": torch.zeros(1)}, path, {**header, "event_ssm_meaning": "[1"})
    with pytest.raises(FormatError, match="does not say") as caught:
        load_meaning(path)
    assert "\n" not in str(caught.value)
