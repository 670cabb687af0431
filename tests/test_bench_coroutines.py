"""The page on coroutines says what the measured costs say."""

import pytest

from bench.coroutines import page
from bench.coroutines.program import Case, Cost, Costs, better

EVENTS = 1000


def cost(rate: float) -> Cost:
    """Give the cost of a run at so many Mev/s."""
    return Cost(EVENTS, wall_s=EVENTS / rate / 1e6, cpu_s=2 * EVENTS / rate / 1e6)


@pytest.fixture
def costs() -> Costs:
    rows = {("sum", page.EVENTS, 1, 1): 500.0}
    for size in (64, 1024):
        rows["sum", page.LOOP, size, 1] = 2000.0
        rows["sum", page.PACKETS, size, 1] = 1800.0
        for threads in (1, 2):
            rows["sum", page.PUBLISHED[0], size, threads] = 100.0 * threads
            rows["sum", page.PUBLISHED[1], size, threads] = 300.0 if size == 64 else 450.0 * threads
            rows["sum", page.REFERENCES[0], size, threads] = 900.0 * threads
            rows["sum", page.REFERENCES[1], size, threads] = 1200.0
    rows["recording", "plain loop", 0, 1] = 40.0
    rows["recording", "coroutines, buffered", 512, 2] = 60.0
    rows["recording", "plain loop", 512, 1] = 41.0
    rows["recording", "coroutines, buffered", 0, 2] = 61.0
    return {Case(*key): cost(rate) for key, rate in rows.items()}


def test_packets_are_compared_with_the_best_of_all_methods_and_consumers_at_their_size(costs: Costs) -> None:
    assert page.ratios_to_best(costs, page.PUBLISHED) == pytest.approx([6.0, 2.0])
    assert page.ratios_to_best(costs, page.REFERENCES) == pytest.approx([1.0, 1.0])
    assert page.ratios_of_processor_time(costs, page.PUBLISHED) == pytest.approx([6.0, 2.0])
    assert page.ratios_to_loop(costs) == pytest.approx([0.9, 0.9])


def test_the_section_says_where_threads_win(costs: Costs) -> None:
    words = "\n".join(page.verdict(costs))
    assert "One resume an event gives 500 Mev/s, 0.25 of the plain loop" in words
    assert "with buffers of 1,024 events and more" in words
    assert "2.00 times the best of the published threads" in words
    assert "0.90 of the plain loop or more" in words
    assert "1.00 to 1.00 times" in words


def test_a_recording_shows_processor_time_of_all_threads_beside_the_rate(costs: Costs) -> None:
    rows = [line for line in page.recording(costs, "made") if line.startswith("| coroutines, buffered")]
    assert rows == ["| coroutines, buffered | 2 | 60.0 (33.3) | 61.0 (32.8) |"]


def test_the_best_of_several_rounds_is_kept_for_each_time() -> None:
    assert better(Cost(1, 3.0, 4.0), Cost(1, 2.0, 5.0)) == Cost(1, 2.0, 4.0)
