"""Recorded time against the time of this machine."""

from aestream.bag.schedule import Schedule

SECOND = 1_000_000_000


def test_messages_are_due_as_far_apart_as_they_were_recorded() -> None:
    schedule = Schedule(1.0)
    assert [schedule.due_s(5 * SECOND + at, 100.0) for at in (0, SECOND // 2, 3 * SECOND)] == [100.0, 100.5, 103.0]


def test_a_rate_of_two_halves_the_distances() -> None:
    schedule = Schedule(2.0)
    assert [schedule.due_s(at * SECOND, 0.0) for at in (1, 2, 5)] == [0.0, 0.5, 2.0]


def test_a_rate_of_zero_makes_everything_due_at_once() -> None:
    schedule = Schedule(0.0)
    assert [schedule.due_s(at * SECOND, 7.0 + at) for at in (1, 2, 5)] == [8.0, 9.0, 12.0]


def test_a_new_rate_counts_from_the_moment_it_is_set() -> None:
    schedule = Schedule(1.0)
    schedule.due_s(0, 10.0)
    schedule.set_rate(4.0, 12.0)
    assert schedule.position_ns(12.0) == 2 * SECOND
    assert schedule.due_s(6 * SECOND, 12.0) == 13.0


def test_time_stands_still_while_paused() -> None:
    schedule = Schedule(1.0)
    schedule.due_s(0, 10.0)
    schedule.set_paused(True, 11.0)
    assert schedule.position_ns(50.0) == SECOND
    schedule.set_paused(False, 60.0)
    assert schedule.due_s(3 * SECOND, 60.0) == 62.0


def test_a_pause_before_the_first_message_delays_all_of_them() -> None:
    schedule = Schedule(1.0, paused=True)
    schedule.due_s(5 * SECOND, 10.0)
    schedule.set_paused(False, 20.0)
    assert schedule.due_s(6 * SECOND, 20.0) == 21.0


def test_a_message_slightly_out_of_order_is_due_with_the_one_before() -> None:
    schedule = Schedule(1.0)
    schedule.due_s(10 * SECOND, 0.0)
    assert schedule.due_s(12 * SECOND, 0.0) == 2.0
    assert schedule.due_s(12 * SECOND - 1000, 0.0) == 2.0


def test_a_clock_that_was_set_back_goes_on_at_once() -> None:
    schedule = Schedule(1.0)
    schedule.due_s(1000 * SECOND, 0.0)
    assert schedule.due_s(20 * SECOND, 3.0) == 3.0
    assert schedule.due_s(21 * SECOND, 3.0) == 4.0
