"""State across windows, resets, deadlines and the books."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from online_cases import SHAPE, WINDOW_US, window, written

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_snn.data.frames import FrameConfig, make_frames
from aestream_snn.online.config import InferenceConfig
from aestream_snn.online.fit import fit
from aestream_snn.online.loading import load_online
from aestream_snn.online.readout import Readout
from aestream_snn.online.runner import Answer, Runner
from aestream_snn.training.checkpoint import read_checkpoint
from aestream_snn.training.trainer import model_of

CPU = torch.device("cpu")


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """Run a small network that forgets slowly."""
    model = load_online(str(written(tmp_path)), device=CPU, memory_ms=3_600_000)
    return Runner(model, InferenceConfig(memory_ms=3_600_000, deadline_ms=50))


def run(runner: Runner, number: int) -> Answer:
    answer = runner.take(window(number))
    assert answer is not None
    return answer


def test_windows_give_what_the_whole_sequence_gives(runner: Runner, tmp_path: Path) -> None:
    for number in range(20):
        answer = run(runner, number)
    sequence = torch.stack([fit(window(number).tensor, SHAPE, shrink=2) for number in range(20)])
    with torch.no_grad():
        scores = model_of(read_checkpoint(tmp_path / "small.safetensors"))(sequence).sum(0)[0] * 0.5
    np.testing.assert_allclose(answer.scores, torch.softmax(scores, 0).numpy(), rtol=1e-3)
    assert answer.best == int(scores.argmax())
    assert answer.event_count == sum(window(number).event_count for number in range(20))
    assert answer.t_us == 20 * WINDOW_US - 1


def test_time_that_goes_back_resets_and_is_counted(runner: Runner) -> None:
    first = [run(runner, number).scores for number in range(5)]
    again = [run(runner, number).scores for number in range(5)]
    np.testing.assert_array_equal(first, again)
    assert runner.counters.resets == 1


def test_a_long_gap_resets_and_a_short_one_does_not(runner: Runner) -> None:
    first = run(runner, 0)
    run(runner, 500)
    assert runner.counters.resets == 0
    run(runner, 1002)
    assert runner.counters.resets == 1
    assert run(runner, 0).event_count == first.event_count


def test_silent_windows_are_steps_without_events(runner: Runner) -> None:
    run(runner, 0)
    skipped = run(runner, 4)
    fresh = Runner(runner.model, runner.config)
    fresh.model.reset()
    run(fresh, 0)
    empty = replace(window(1), tensor=torch.zeros(2, 32, 32), event_count=1)
    for number in (1, 2, 3):
        fresh.take(replace(empty, start_us=number * WINDOW_US, end_us=(number + 1) * WINDOW_US))
    np.testing.assert_allclose(run(fresh, 4).scores, skipped.scores, rtol=1e-6)


def test_input_past_the_deadline_is_left_out_and_counted(runner: Runner) -> None:
    late, fresh = window(0), window(1)
    assert runner.take(late, waited_ns=50_000_001) is None
    assert runner.take(fresh, waited_ns=50_000_000) is not None
    counters = runner.counters
    assert (counters.late_inputs, counters.late_events) == (1, late.event_count)
    assert (counters.inputs, counters.events) == (1, fresh.event_count)
    runner.config = replace(runner.config, deadline_ms=0)
    assert runner.take(window(2), waited_ns=10**18) is not None


def test_answers_come_at_most_as_often_as_asked_and_the_last_at_the_end(runner: Runner) -> None:
    runner.config = replace(runner.config, max_rate_hz=25.0)
    answers = [runner.take(window(number)) for number in range(10)]
    assert [number for number, answer in enumerate(answers) if answer] == [0, 4, 8]
    last = runner.flush()
    assert last is not None
    assert last.t_us == 10 * WINDOW_US - 1
    assert runner.flush() is None


def test_packets_are_refused_by_a_model_of_tensors(runner: Runner) -> None:
    packet = Events.from_numpy(t=[1], x=[1], y=[1], p=[1], width=32, height=32)
    with pytest.raises(InvalidArgumentError, match="takes tensors, not Events"):
        runner.take(packet)


def test_windows_of_another_length_than_in_training_are_remarked(runner: Runner) -> None:
    run(runner, 0)
    assert not runner.remark
    runner.take(replace(window(1), end_us=3 * WINDOW_US))
    assert runner.remark == "windows are 20000 us long; conv_iaf (small) was trained on 10000 us"


def test_warm_up_leaves_nothing_behind(runner: Runner) -> None:
    fresh = run(runner, 0).scores
    runner.model.warm_up()
    np.testing.assert_array_equal(run(Runner(runner.model, runner.config), 0).scores, fresh)


@pytest.mark.parametrize(("width", "height"), [(64, 64), (80, 66), (64, 100)])
def test_a_larger_sensor_is_summed_into_cells_as_in_training(width: int, height: int) -> None:
    rng = np.random.default_rng(1)
    counts = torch.from_numpy(rng.poisson(1, (2, height, width)).astype(np.float32))
    fitted = fit(counts, (2, 16, 16), shrink=4)
    top, left = (height - 64) // 2, (width - 64) // 2
    expected = counts[:, top : top + 64, left : left + 64].reshape(2, 16, 4, 16, 4).sum((2, 4))
    torch.testing.assert_close(fitted[0], expected)


def test_cells_of_another_size_are_scaled_to_those_of_training() -> None:
    assert fit(torch.ones(2, 32, 32), (2, 16, 16), shrink=4).unique().tolist() == [16]
    assert fit(torch.ones(2, 48, 48), (2, 16, 16), shrink=4).unique().tolist() == [16]
    assert fit(torch.ones(2, 160, 200), (2, 16, 16), shrink=4).unique().tolist() == [16]


def test_pixels_that_are_cells_already_are_taken_as_they_are() -> None:
    counts = torch.arange(2 * 16 * 20.0).reshape(2, 16, 20)
    assert torch.equal(fit(counts, (2, 16, 16), shrink=4)[0], counts[:, :, 2:18])


def test_a_tensor_of_the_wrong_kind_is_refused_by_what_it_is() -> None:
    with pytest.raises(
        InvalidArgumentError, match="tensors have 1 channels of 32 x 32 px; this model takes 2 channels"
    ):
        fit(torch.zeros(1, 32, 32), SHAPE, shrink=2)
    with pytest.raises(InvalidArgumentError, match="2 channels of 8 x 32 px"):
        fit(torch.zeros(2, 32, 8), SHAPE, shrink=2)


def test_frames_of_training_and_of_the_accumulator_are_the_same() -> None:
    rng = np.random.default_rng(0)
    t, x, y = (np.sort(rng.integers(0, 10_000, 500)), rng.integers(0, 32, 500), rng.integers(0, 32, 500))
    events = Events.from_numpy(t=t, x=x, y=y, p=rng.integers(0, 2, 500), width=32, height=32)
    config = FrameConfig(steps=1, duration_us=10_000, shrink=2)
    trained = make_frames([events.words()], width=32, height=32, config=config)[0]
    counts = torch.zeros(2, 32, 32)
    for event in events.to_numpy():
        counts[int(event["p"]), event["y"], event["x"]] += 1
    torch.testing.assert_close(fit(counts, SHAPE, shrink=2), trained)


def test_scores_forget_to_a_share_of_1_over_e() -> None:
    readout = Readout(2, scale=1.0, steps=1, window_us=10_000, memory_ms=100.0)
    assert readout.scores().tolist() == [0.5, 0.5]
    readout.add(torch.tensor([1.0, 0.0]))
    for _ in range(10):
        readout.add(torch.tensor([0.0, 0.0]))
    weights = np.exp(-np.arange(11) / 10)
    logit = weights[10] / weights.sum()
    assert readout.scores()[0] == pytest.approx(1 / (1 + np.exp(-logit)), rel=1e-5)
    with pytest.raises(InvalidArgumentError, match="memory_ms is 0"):
        readout.remember(0.0)
