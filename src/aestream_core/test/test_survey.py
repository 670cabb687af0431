"""A survey counts what a slow pass counts, and finds hot pixels and gaps where they are."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestream_core import Events
from aestream_core.errors import InvalidArgumentError
from aestream_core.survey import Gap, Survey, find_hot_pixels

WIDTH, HEIGHT = 8, 6


def events_at(times_us: list[int]) -> Events:
    index = np.arange(len(times_us))
    return Events.from_numpy(
        t=times_us, x=index % WIDTH, y=index % HEIGHT, p=index % 3 == 0, width=WIDTH, height=HEIGHT
    )


def survey_of(packets: list[Events]) -> Survey:
    survey = Survey(width=WIDTH, height=HEIGHT)
    for events in packets:
        survey.add(events)
    return survey


def totals_ref(packets: list[Events]) -> dict[str, Any]:
    rows = [row for events in packets for row in events.to_numpy().tolist()]
    times = [row[0] for row in rows]
    falls = [before - after for before, after in pairwise(times) if after < before]
    return {
        "events": len(rows),
        "on_events": sum(row[3] for row in rows),
        "earliest_us": min(times),
        "latest_us": max(times),
        "backward_steps": len(falls),
        "longest_step_back_us": max(falls, default=0),
    }


@given(st.lists(st.lists(st.integers(0, 3_000_000_000), min_size=1, max_size=20), min_size=1, max_size=6))
def test_totals_pixels_and_rates_equal_a_slow_pass(times_us: list[list[int]]) -> None:
    packets = [events_at(each) for each in times_us]
    survey = survey_of(packets)
    assert survey.totals() == totals_ref(packets)
    counts = np.zeros((HEIGHT, WIDTH), np.uint32)
    for events in packets:
        array = events.to_numpy()
        np.add.at(counts, (array["y"], array["x"]), 1)
    assert np.array_equal(survey.pixel_counts(), counts)
    assert survey.rates_hz().sum() * survey.bin_us / 1e6 == pytest.approx(sum(map(len, packets)))
    assert len(survey.rates_hz()) <= 128


def test_nothing_is_counted_of_nothing() -> None:
    survey = survey_of([events_at([])])
    assert survey.totals()["events"] == 0
    assert len(survey.rates_hz()) == len(survey.gaps()) == len(survey.hot_pixels()) == 0


def test_events_before_the_first_one_are_counted_with_it() -> None:
    rates = survey_of([events_at([5000]), events_at([4000, 5050])]).rates_hz()
    assert rates.tolist() == [3 / 100e-6]


def test_gaps_are_found_longest_first_with_their_start() -> None:
    dense = np.arange(0, 1_000_000, 100)
    times = [*dense, *(dense + 1_500_000), *(dense + 3_700_000)]
    assert survey_of([events_at(times)]).gaps() == [Gap(2_499_900, 1_200_100), Gap(999_900, 500_100)]


def test_sparse_events_are_no_gaps() -> None:
    assert survey_of([events_at(list(range(0, 30_000_000, 150_000)))]).gaps() == []


def test_a_gap_between_packets_is_a_gap_and_a_clock_that_falls_is_none() -> None:
    dense = np.arange(0, 1_000_000, 100)
    survey = survey_of([events_at([*(dense + 2_000_000)]), events_at([*dense]), events_at([*(dense + 3_500_000)])])
    assert survey.gaps() == [Gap(2_999_900, 500_100)]


def test_only_the_longest_gaps_are_kept() -> None:
    gaps = [200_000 + at for at in range(5000)]
    times = np.concatenate([np.full(100, at) for at in np.cumsum(gaps)])
    found = survey_of([events_at([*times[:200_000]]), events_at([*times[200_000:]])]).gaps()
    assert [gap.length_us for gap in found] == sorted(gaps[1:], reverse=True)[:4096]


def test_hot_pixels_are_found_and_edges_of_the_scene_are_not() -> None:
    counts = np.random.default_rng(0).poisson(20, (48, 64)).astype(np.uint32)
    counts[10, 5], counts[0, 63] = 5000, 900
    counts[30:32, :] = 3000
    found = find_hot_pixels(counts)
    assert [(pixel.x, pixel.y, pixel.events) for pixel in found] == [(5, 10, 5000), (63, 0, 900)]


@pytest.mark.parametrize("mean", [0.01, 0.3, 3, 300])
def test_random_events_have_no_hot_pixels(mean: float) -> None:
    assert find_hot_pixels(np.random.default_rng(1).poisson(mean, (200, 300)).astype(np.uint32)) == []


def test_a_sensor_too_large_for_counts_is_surveyed_without_them() -> None:
    survey = Survey(width=32_767, height=32_767)
    survey.add(Events.from_numpy(t=[1, 2], x=[0, 32_766], y=[0, 32_766], p=[0, 1], width=32_767, height=32_767))
    assert survey.pixel_counts() is None
    assert (survey.totals()["events"], survey.hot_pixels()) == (2, [])


def test_impossible_sensors_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="width is 0"):
        Survey(width=0, height=5)
