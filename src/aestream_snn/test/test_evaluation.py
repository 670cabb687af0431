"""Evaluation: disturbances do what they say, and sure answers are found where they are."""

import numpy as np
import pytest
import torch

from aestream_snn.data.frames import FrameConfig
from aestream_snn.data.recordings import PackedRecordings, pack, records_of, words_from_columns
from aestream_snn.evaluation.answers import Answers, ask, first_from, sureness
from aestream_snn.evaluation.disturbances import DISTURBANCES, Disturbed
from aestream_snn.evaluation.plot import draw_robustness, write_plot
from aestream_snn.models.base import State, StepModel


def recordings() -> PackedRecordings:
    rng = np.random.default_rng(0)
    t = np.sort(rng.integers(0, 200_000, 4000))
    events = words_from_columns(t, rng.integers(0, 40, 4000), rng.integers(0, 30, 4000), rng.integers(0, 2, 4000))
    words, offsets = pack([events])
    return PackedRecordings(40, 30, ("a",), np.zeros(1, np.int64), words, offsets)


@pytest.mark.parametrize("name", DISTURBANCES)
def test_a_disturbance_changes_events_that_stay_on_the_sensor_and_in_order(name):
    row = DISTURBANCES[name]
    disturbed = Disturbed(recordings(), row, row.strengths[-1])
    records = records_of(disturbed.words(0))
    assert not np.array_equal(records.view(np.int64), recordings().words(0))
    assert np.array_equal(records.view(np.int64), disturbed.words(0))
    assert (np.diff(records["t"].astype(np.int64)) >= 0).all()
    assert records["x"].max() < 40
    assert (records["yp"] & 0x7FFF).max() < 30


def test_noise_adds_the_rate_that_was_asked_for():
    added = len(Disturbed(recordings(), DISTURBANCES["noise"], 10).words(0)) - 4000
    assert added == pytest.approx(10 * 40 * 30 * 0.2, rel=0.15)


def test_loss_leaves_the_rest():
    assert len(Disturbed(recordings(), DISTURBANCES["loss"], 0.6).words(0)) == pytest.approx(1600, rel=0.1)


def test_a_rate_repeats_events_within_the_recording():
    records = records_of(Disturbed(recordings(), DISTURBANCES["rate"], 2.5).words(0))
    assert len(records) == pytest.approx(10_000, rel=0.05)
    assert records["t"].max() == records_of(recordings().words(0))["t"].max()


def test_sureness_counts_right_answers_that_became_sure():
    right, sure = torch.tensor([True, True, True, False]), torch.tensor([0, 3, 4, 1])
    found = sureness(Answers(right, sure, sure, 4), 10_000)
    assert (found.share, found.median_us) == (0.5, 25_000)
    assert sureness(Answers(right[3:], sure[3:], sure[3:], 4), 10_000) is None


def test_robustness_is_drawn_with_the_accuracy_without_disturbance(tmp_path):
    rows = [("noise", 1.0, "Hz/px", 0.9), ("noise", 3.0, "Hz/px", 0.5), ("time", 1.5, "times as long", 0.8)]
    panels = draw_robustness(rows, 0.95).axes
    assert panels[0].lines[0].get_xydata().tolist() == [[0, 0.95], [1, 0.9], [3, 0.5]]
    assert panels[1].lines[0].get_xydata().tolist() == [[1, 0.95], [1.5, 0.8]]
    write_plot(rows, 0.95, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_time_is_stretched():
    records = records_of(Disturbed(recordings(), DISTURBANCES["time"], 1.5).words(0))
    assert records["t"][-1] == pytest.approx(300_000, rel=0.01)


def test_the_first_step_from_which_something_holds():
    holds = torch.tensor([[1, 0, 1, 0], [0, 0, 1, 0], [1, 1, 1, 0]], dtype=torch.bool)
    assert first_from(holds).tolist() == [2, 2, 0, 3]


class TwoClasses(StepModel):
    """Counts OFF events for the first class and ON events for the second."""

    input_shape = (2, 30, 40)

    def initial_state(self) -> State:
        return ()

    def step(self, x: torch.Tensor, state: State) -> tuple[torch.Tensor, State]:
        return x.sum((2, 3)), state

    def forward(self, sequence: torch.Tensor) -> torch.Tensor:
        return sequence.sum((3, 4))


def test_an_answer_is_sure_from_the_step_in_which_it_leads_for_good():
    words = words_from_columns([0, 10_000, 20_000, 30_001, 39_999], [1] * 5, [1] * 5, [0, 1, 1, 1, 1])
    events, offsets = pack([words])
    made = PackedRecordings(40, 30, ("off", "on"), np.ones(1, np.int64), events, offsets)
    answers = ask(TwoClasses(), made, FrameConfig(steps=4, duration_us=40_000), margin=0.6)
    assert (answers.right.tolist(), answers.settled.tolist(), answers.sure.tolist()) == ([True], [2], [3])
