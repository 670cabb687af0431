"""The soak, for 20 s: the books balance and memory does not grow. `python -m bench soak` runs it for long."""

import numpy as np
import pytest

from bench.soak.run import Soak, balance, soak
from bench.soak.trend import trend

SECONDS = 20
GROWTH_LIMIT_MB = 60
"""Generous: packets that queue while a machine with two cores does something else take up to 64 MB for a while."""


@pytest.fixture(scope="module")
def twenty_seconds() -> Soak:
    return soak(seconds=SECONDS, rate_hz=1e6, period_s=1.0)


def test_every_event_of_the_driver_is_accumulated_or_counted(twenty_seconds: Soak) -> None:
    books = twenty_seconds.books
    assert books["driver_events"] == pytest.approx(SECONDS * 1e6, rel=0.1)
    assert balance(books), books


def test_every_message_arrives_outside_or_is_counted_as_lost(twenty_seconds: Soak) -> None:
    books = twenty_seconds.books
    assert books["messages_received"] > 0
    assert books["messages_lost"] >= 0
    parts = ("messages_before_matching", "messages_received", "messages_lost")
    assert books["messages_sent"] == sum(books[part] for part in parts)


@pytest.mark.parametrize("process", ["container", "launch", "outside subscriber"])
def test_memory_does_not_grow(twenty_seconds: Soak, process: str) -> None:
    resident_mb = [sample["rss_mb"][process] for sample in twenty_seconds.samples]
    assert len(resident_mb) >= 10
    assert np.median(resident_mb[-3:]) - np.median(resident_mb[3:6]) < GROWTH_LIMIT_MB


def test_a_trend_finds_the_slope_of_what_grows_and_how_sure_it_is() -> None:
    at_s = np.arange(0, 600, 5.0)
    noise = np.random.default_rng(0).normal(0, 0.5, len(at_s))
    found = trend(at_s, 300 + at_s / 3600 * 60 + noise)
    assert abs(found.per_hour - 60) < found.half_width * 2
    assert found.half_width < 5
    assert found.growth > 3
    assert np.isnan(trend([1, 2], [1, 2]).per_hour)
