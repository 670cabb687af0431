"""Augmentations: each does what its name says, changes nothing that it was given, and nothing where it is off."""

import numpy as np
import pytest

from aestream_core.errors import UnknownNameError
from aestream_snn.data.augment import AUGMENTATIONS, AugmentConfig, Place, augment, augmented
from aestream_snn.data.mirror import Flips, Mirrors, exchange
from aestream_snn.data.noise import simulate_noise
from aestream_snn.data.recordings import PackedRecordings, records_of, words_from_columns

ON = {
    "random_slice": AugmentConfig(slice_us=20_000),
    "drop_events": AugmentConfig(drop=0.5),
    "affine": AugmentConfig(shift_px=3, angle_deg=20, scale=1.2),
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
    records = records_of(augment(given, ON[name], place(2)))
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


def test_mirrors_exchange_columns_and_rows():
    given = records_of(words())
    for flips, columns, rows in (
        (Flips(x=True), 39 - given["x"], given["yp"] & 0x7FFF),
        (Flips(y=True), given["x"], 29 - (given["yp"] & 0x7FFF)),
    ):
        turned = records_of(augment(words(), AugmentConfig(), place(), flips))
        assert np.array_equal(turned["x"], columns)
        assert np.array_equal(turned["yp"] & 0x7FFF, rows)
        assert np.array_equal(turned["yp"] >> 15, given["yp"] >> 15)


def recordings(mirrors: Mirrors | None) -> PackedRecordings:
    return PackedRecordings(40, 30, ("a", "b", "c"), np.array([0]), words(), np.array([0, 3000]), mirrors)


def test_the_class_follows_its_mirror_image():
    mirrors = Mirrors(x=exchange(("a", "b", "c"), ("a", "b")), y=exchange(("a", "b", "c"), ("b", "c")))
    for config, label in (
        (AugmentConfig(), 0),
        (AugmentConfig(flip_x=1), 1),
        (AugmentConfig(flip_y=1), 0),
        (AugmentConfig(flip_x=1, flip_y=1), 2),
    ):
        assert augmented(recordings(mirrors), 0, config, place())[1] == label


def test_the_class_stays_where_nothing_is_known_of_mirrors():
    assert augmented(recordings(None), 0, AugmentConfig(flip_x=1, flip_y=1), place())[1] == 0


def test_a_class_that_is_not_there_has_no_mirror_image():
    with pytest.raises(UnknownNameError, match="'d'"):
        exchange(("a", "b"), ("a", "d"))


def test_noise_that_is_shorter_than_the_recording_begins_again():
    t = np.arange(0, 1_000_000, 100_000)
    long = words_from_columns(t, np.zeros(10), np.zeros(10), np.zeros(10))
    mixed = records_of(augment(long, ON["mix_noise"], place()))
    in_each = np.bincount(mixed["t"] // 200_000)
    assert in_each[0] > 50
    assert set(in_each[:4].tolist()) == {in_each[0]}
    assert mixed["t"][-1] <= 900_000


def test_noise_is_added_and_ends_with_the_recording():
    given = words()
    mixed = records_of(augment(given, ON["mix_noise"], place()))
    assert len(mixed) > len(given)
    assert mixed["t"][-1] == records_of(given)["t"][-1]
