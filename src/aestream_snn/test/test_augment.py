"""Augmentations: each does what its name says, changes nothing that it was given, and nothing where it is off."""

import numpy as np
import pytest

from aestream_snn.data.augment import AUGMENTATIONS, AugmentConfig, Place, augment
from aestream_snn.data.noise import simulate_noise
from aestream_snn.data.recordings import records_of, words_from_columns

ON = {
    "random_slice": AugmentConfig(slice_us=20_000),
    "drop_events": AugmentConfig(drop=0.5),
    "affine": AugmentConfig(flip_x=1.0, shift_px=3, angle_deg=20, scale=1.2),
    "cut_out": AugmentConfig(cut_px=20),
    "polarity": AugmentConfig(flip_polarity=0.2, swap_polarity=0.5),
    "timing": AugmentConfig(stretch=1.3, jitter_us=500),
    "mix_noise": AugmentConfig(noise=1.0),
}


def words(count: int = 3000):
    rng = np.random.default_rng(0)
    t = np.sort(rng.integers(0, 100_000, count))
    return words_from_columns(t, rng.integers(0, 40, count), rng.integers(0, 30, count), rng.integers(0, 2, count))


def place(seed: int = 1) -> Place:
    noise = simulate_noise(2, width=40, height=30, duration_us=200_000, seed=0, highest_hz=50)
    return Place(40, 30, np.random.default_rng(seed), noise)


def test_every_augmentation_is_tested():
    assert set(ON) == set(AUGMENTATIONS)


@pytest.mark.parametrize("name", ON)
def test_an_augmentation_gives_ordered_events_on_the_sensor_and_keeps_its_input(name):
    given = words()
    kept = given.copy()
    records = records_of(augment(given, ON[name], place()))
    assert np.array_equal(given, kept)
    assert not np.array_equal(records.view(np.int64), given)
    assert (np.diff(records["t"].astype(np.int64)) >= 0).all()
    assert records["x"].max() < 40
    assert (records["yp"] & 0x7FFF).max() < 30


@pytest.mark.parametrize("name", ON)
def test_an_empty_recording_stays_empty(name):
    assert len(augment(words(0), ON[name], place())) == 0


def test_nothing_changes_where_nothing_is_asked_for():
    given = words()
    assert np.array_equal(augment(given, AugmentConfig(), place()), given)


def test_a_slice_is_as_long_as_asked():
    records = records_of(augment(words(), ON["random_slice"], place()))
    assert records["t"][-1] < 20_000
    assert 300 < len(records) < 900


def test_a_swap_turns_all_polarities():
    given = words()
    swapped = records_of(augment(given, AugmentConfig(swap_polarity=1.0), place()))
    assert np.array_equal(swapped["yp"] ^ 0x8000, records_of(given)["yp"])


def test_a_mirror_of_a_mirror_is_what_was_there():
    config = AugmentConfig(flip_x=1.0)
    assert np.array_equal(augment(augment(words(), config, place()), config, place()), words())


def test_noise_is_added_and_ends_with_the_recording():
    given = words()
    mixed = records_of(augment(given, ON["mix_noise"], place()))
    assert len(mixed) > len(given)
    assert mixed["t"][-1] == records_of(given)["t"][-1]
