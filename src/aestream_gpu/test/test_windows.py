"""Windows: half-open by sensor time, exact at the edges, no event lost or counted twice."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from aestream_core import Events, InvalidArgumentError
from aestream_gpu import Surface, Window, WindowAccumulator, make_surface


def packet(times: list[int]) -> Events:
    zeros = [0] * len(times)
    return Events.from_numpy(t=times, x=zeros, y=zeros, p=zeros, width=2, height=2)


def small_surface() -> Surface:
    return make_surface("count", width=2, height=2, device=torch.device("cpu"))


def accumulator(window_us: int = 10) -> WindowAccumulator:
    return WindowAccumulator(small_surface(), window_us=window_us)


def spans(windows: list[Window]) -> list[tuple[int, int, int]]:
    return [(window.start_us, window.end_us, window.event_count) for window in windows]


def test_windows_are_half_open_and_start_at_multiples_of_their_length() -> None:
    windows = accumulator()
    finished = windows.add(packet([13, 19, 20, 29, 30])) + windows.flush()
    assert spans(finished) == [(10, 20, 2), (20, 30, 2), (30, 40, 1)]
    assert [window.tensor.sum().item() for window in finished] == [2, 2, 1]


def test_windows_without_events_are_skipped() -> None:
    windows = accumulator()
    assert spans(windows.add(packet([5, 95])) + windows.flush()) == [(0, 10, 1), (90, 100, 1)]


def test_a_late_event_goes_into_the_open_window_and_is_counted() -> None:
    windows = accumulator()
    finished = windows.add(packet([5, 12, 8, 15])) + windows.flush()
    assert spans(finished) == [(0, 10, 1), (10, 20, 3)]
    assert windows.late_events == 1


def test_a_clock_that_jumps_back_starts_new_windows() -> None:
    windows = accumulator()
    finished = windows.add(packet([5_000_000])) + windows.add(packet([7])) + windows.flush()
    assert spans(finished) == [(5_000_000, 5_000_010, 1), (0, 10, 1)]
    assert windows.late_events == 0


def test_a_new_length_holds_from_the_next_window_on() -> None:
    windows = accumulator()
    windows.add(packet([5]))
    windows.window_us = 100
    assert spans(windows.add(packet([10])) + windows.flush()) == [(0, 10, 1), (0, 100, 1)]


def test_a_window_of_events_holds_exactly_so_many_and_spans_their_times() -> None:
    windows = WindowAccumulator(small_surface(), window_us=10, window_events=3)
    finished = windows.add(packet([5, 7])) + windows.add(packet([9, 20, 21, 22, 40])) + windows.flush()
    assert spans(finished) == [(5, 10, 3), (20, 23, 3), (40, 41, 1)]
    assert [window.tensor.sum().item() for window in finished] == [3, 3, 1]


def test_a_late_event_stretches_a_window_of_events() -> None:
    windows = WindowAccumulator(small_surface(), window_us=10, window_events=3)
    assert spans(windows.add(packet([8, 5, 7]))) == [(5, 9, 3)]


def test_a_clock_that_jumps_back_makes_a_surface_forget() -> None:
    surface = make_surface("time_surface", width=2, height=2, device=torch.device("cpu"))
    windows = WindowAccumulator(surface, window_us=10)
    windows.add(packet([5_000_000]))
    other = Events.from_numpy(t=[7], x=[1], y=[1], p=[1], width=2, height=2)
    (_, second) = windows.add(other) + windows.flush()
    assert second.tensor.count_nonzero() == 1


@given(st.lists(st.integers(0, 2_000_000), max_size=60), st.integers(1, 60), st.integers(1, 500_000))
def test_every_event_is_in_exactly_one_window_however_the_stream_is_cut(
    times: list[int], piece: int, window_us: int
) -> None:
    windows = accumulator(window_us)
    finished: list[Window] = []
    for at in range(0, len(times), piece):
        finished += windows.add(packet(times[at : at + piece]))
    finished += windows.flush()
    assert sum(window.event_count for window in finished) == len(times)
    assert sum(window.tensor.sum().item() for window in finished) == len(times)


def test_an_impossible_window_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="window_us is 0; it must be 1 or more"):
        accumulator(0)


def test_windows_of_less_than_no_events_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=r"window_events is -1; it must be 0 \(windows of time\) or more"):
        WindowAccumulator(small_surface(), window_us=10, window_events=-1)
