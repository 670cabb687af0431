"""SimGesture: a seed names its events, and their picture does not tell a motion from its reverse."""

import numpy as np
import pytest

from aestream_snn.data.recordings import records_of
from aestream_snn.data.simgesture.dataset import SPLITS, SimGestureConfig, make_simgesture
from aestream_snn.data.simgesture.motions import CENTRE_PX, CLASSES, MIRRORS, PAIRS, track_of
from aestream_snn.data.simgesture.recording import GestureConfig, simulate_gesture

QUIET = GestureConfig(noise_high_hz=0.0, hot_fraction_high=0.0, flicker_share=0.0)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def picture(words) -> np.ndarray:
    records = records_of(words)
    counts = np.zeros((2, 128, 128))
    np.add.at(counts, (records["yp"] >> 15, records["yp"] & 0x7FFF, records["x"]), 1)
    return counts


def test_there_are_twelve_classes_in_pairs():
    assert len(CLASSES) == 2 * len(PAIRS) == 12


@pytest.mark.parametrize("pair", range(len(PAIRS)))
def test_the_second_of_a_pair_is_the_first_played_backwards(pair):
    times_s = np.linspace(0, 1, 501)
    first, second = (track_of(2 * pair + k, times_s, np.random.default_rng(7)) for k in (0, 1))
    np.testing.assert_allclose(first[::-1], second)
    assert not np.allclose(first, second)


@pytest.mark.parametrize("pair", range(len(PAIRS)))
def test_the_picture_of_all_events_is_the_same_for_both_of_a_pair(pair):
    first, second = (picture(simulate_gesture(2 * pair + k, (3, pair), QUIET)) for k in (0, 1))
    assert first.sum() > 500
    for polarity in (0, 1):
        difference = np.abs(first[polarity] - second[polarity]).sum() / first[polarity].sum()
        assert difference < 0.25, "of the events of one polarity lie elsewhere"


def steps(track: np.ndarray, axis: int) -> np.ndarray:
    return np.diff(track[:, axis] - CENTRE_PX)


SIGNS = {
    "right": lambda track: np.median(steps(track, 0)),
    "down": lambda track: np.median(steps(track, 1)),
    "turn_cw": lambda track: np.median(steps(track, 2)),
    "orbit_cw": lambda track: np.median(np.diff(np.unwrap(np.arctan2(*(track[:, (1, 0)] - CENTRE_PX).T)))),
    "approach": lambda track: np.median(steps(track, 3)),
    "strike": lambda track: np.median(steps(track, 1)),
}
"""Positive for one of a pair, negative for the other."""


def mirrored(track: np.ndarray, *, x: bool) -> np.ndarray:
    turned = track.copy()
    turned[:, 0 if x else 1] = 2 * CENTRE_PX - track[:, 0 if x else 1]
    turned[:, 2] = -track[:, 2]
    return turned


@pytest.mark.parametrize("label", range(len(CLASSES)))
def test_a_motion_is_in_the_mirror_what_the_table_says(label):
    times_s, sign = np.linspace(0, 1, 501), SIGNS[PAIRS[label // 2][1]]
    for seed in range(5):
        track = track_of(label, times_s, np.random.default_rng(seed))
        for partners, x in ((MIRRORS.x, True), (MIRRORS.y, False)):
            assert partners[label] // 2 == label // 2
            same = partners[label] == label
            assert (sign(mirrored(track, x=x)) * sign(track) > 0) == same


def test_a_recording_depends_on_its_seed_alone():
    again = [simulate_gesture(4, (1, 2, 3), GestureConfig()) for _ in range(2)]
    assert np.array_equal(*again)
    assert not np.array_equal(again[0], simulate_gesture(4, (1, 2, 4), GestureConfig())[: len(again[0])])


def test_events_are_on_the_sensor_and_in_order_of_time():
    records = records_of(simulate_gesture(0, (5,), GestureConfig()))
    assert (np.diff(records["t"].astype(np.int64)) >= 0).all()
    assert records["t"][-1] < 1_000_000
    assert records["x"].max() < 128


def test_what_was_made_once_comes_from_the_cache(own_cache):
    config = SimGestureConfig(train=24, validation=12, test=12)
    asked = []
    first = make_simgesture("train", config, progress=lambda done, of: asked.append(done))
    again = make_simgesture("train", config, progress=lambda done, of: asked.append(done))
    assert np.array_equal(first.all_words, again.all_words)
    assert asked == list(range(1, 25))
    assert len(list((own_cache / "aestream" / "data").glob("simgesture-train-*.safetensors"))) == 1


def test_no_recording_is_in_two_splits():
    config = SimGestureConfig(train=12, validation=12, test=12)
    splits = [make_simgesture(split, config) for split in SPLITS]
    starts = {tuple(split.words(index)[:50]) for split in splits for index in range(12)}
    assert len(starts) == 36


def test_a_cache_that_cannot_be_written_is_done_without(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert len(make_simgesture("test", SimGestureConfig(test=12))) == 12
