"""The clock of undecoded EVT3 bytes: right over its wraps, through damage, and after a restart."""

import numpy as np
import pytest

from aestream_driver.sources.continued_clock import ContinuedClock
from aestream_driver.sources.evt3_clock import DOUBTS, WRAP_US, Evt3Clock, Words

MS = 1_000_000


def piece(first_us: int, last_us: int) -> Words:
    """Make a piece whose words say these times, with an event after each."""
    words = []
    for t in (first_us, last_us):
        words += [0x8000 | t >> 12 & 0xFFF, 0x6000 | t & 0xFFF, 0x2005]
    return np.array(words, np.uint16)


def test_sensor_time_counts_on_over_every_wrap_of_its_24_bits() -> None:
    clock = Evt3Clock()
    for t in range(5_000_000, 5 * WRAP_US, 3_000_000):
        base_us, last_us = clock.span(piece(t, t + 5000), t * 1000)
        assert base_us == t // 4096 * 4096
        assert last_us == t + 5000


def test_a_pause_of_hours_is_counted_by_the_hosts_clock() -> None:
    clock = Evt3Clock()
    clock.span(piece(1000, 2000), 0)
    later_us = 3 * 3600 * 1_000_000
    assert clock.span(piece(later_us, later_us), later_us * 1000)[1] == later_us


def test_a_piece_without_a_time_word_lies_where_the_one_before_ended() -> None:
    clock = Evt3Clock()
    clock.span(piece(1000, 2000), 0)
    assert clock.span(np.array([0x2005], np.uint16), MS) == (2000, 2000)


@pytest.mark.parametrize("damaged_us", [3_000_000, 7_000_000, 16_000_000])
def test_a_damaged_time_word_moves_the_clock_for_one_piece_at_most(damaged_us: int) -> None:
    clock = Evt3Clock()
    clock.span(piece(10_000_000, 10_001_000), 0)
    assert abs(clock.span(piece(damaged_us, damaged_us), MS)[1] - 10_002_000) < 5000
    assert clock.span(piece(10_002_000, 10_003_000), 2 * MS)[1] == 10_003_000


def test_times_that_stay_far_from_what_was_expected_are_believed_in_the_end() -> None:
    clock = Evt3Clock()
    clock.span(piece(10_000_000, 10_000_000), 0)
    ends = [clock.span(piece(3_000_000 + n * 1000, 3_000_000 + n * 1000), n * MS)[1] for n in range(1, DOUBTS + 3)]
    assert ends[0] > 9_000_000
    assert ends[-1] == 3_000_000 + (DOUBTS + 2) * 1000


@pytest.mark.parametrize("restarted_at_us", [0, 5_000_000, 16_000_000])
@pytest.mark.parametrize("away_s", [0.2, 5.0, 30.0])
def test_after_a_restart_time_goes_on_never_back_and_by_about_what_has_passed(
    restarted_at_us: int, away_s: float
) -> None:
    clock = Evt3Clock()
    clock.span(piece(40_000_000, 40_000_000), 0)
    before_us = clock.last_us
    clock.restart()
    base_us, last_us = clock.span(piece(restarted_at_us, restarted_at_us), int(away_s * 1e9))
    assert last_us > before_us
    assert base_us % WRAP_US == restarted_at_us // 4096 * 4096
    assert -WRAP_US / 2 <= last_us - before_us - away_s * 1e6 <= WRAP_US


def test_a_decoded_clock_goes_on_exactly_by_what_has_passed() -> None:
    clock = ContinuedClock()
    clock.follow(50_000_000, 50_001_000, 0)
    clock.restart()
    clock.follow(100, 200, 2 * 10**9)
    assert 100 + clock.offset_us == 50_001_000 + 2_000_000
    assert clock.last_us == 52_001_100


def test_events_slightly_out_of_order_are_no_restart_and_a_clock_that_went_on_is_left_alone() -> None:
    clock = ContinuedClock()
    clock.follow(1_000_000, 2_000_000, 0)
    clock.follow(1_900_000, 2_100_000, MS)
    clock.restart()
    clock.follow(9_000_000, 9_100_000, 7 * 10**9)
    assert clock.offset_us == 0
    clock.follow(100, 200, 8 * 10**9)
    assert clock.offset_us == 9_100_000 + 1_000_000 - 100
