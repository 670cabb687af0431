"""Every filter does what its slow twin does, in packets of any size, and what its kind of filter must."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from filter_cases import CASES, HEIGHT, IDS, WIDTH, jumping_stream, random_stream, run, to_packets
from filter_reference import REFERENCES
from hypothesis import given, settings
from hypothesis import strategies as st

from aestream_core import Events, SimConfig, _core, open_simulator, read_file
from aestream_core.errors import InvalidArgumentError
from aestream_core.filters import FILTERS, Filter, make_filter

each_filter = pytest.mark.parametrize(("name", "how"), CASES, ids=IDS)


def made(name: str, how: dict[str, Any], *, width: int = WIDTH, height: int = HEIGHT) -> Filter:
    return make_filter(name, width=width, height=height, **how)


def fitted(how: dict[str, Any], width: int, height: int) -> dict[str, Any]:
    """Tile settings that are pictures to another sensor."""
    return {
        key: np.resize(value, (*value.shape[:-2], height, width)) if isinstance(value, np.ndarray) else value
        for key, value in how.items()
    }


def check_against_reference(name: str, how: dict[str, Any], events: Events, packet_events: int) -> None:
    width, height = events.width, events.height
    how, array = fitted(how, width, height), events.to_numpy()
    apply = made(name, how, width=width, height=height).apply
    kept = run(apply, to_packets(array, list(range(0, len(array), packet_events)), width=width, height=height))
    assert np.array_equal(kept, REFERENCES[name](array, width, height, **how))


def test_every_filter_of_the_table_has_a_case_and_a_slow_twin() -> None:
    assert {name for name, _ in CASES} == set(FILTERS) == set(REFERENCES)


@each_filter
def test_keeps_what_its_slow_twin_keeps_of_random_events(name: str, how: dict[str, Any]) -> None:
    array = random_stream()
    kept = run(made(name, how).apply, to_packets(array, [], width=WIDTH, height=HEIGHT))
    expected = REFERENCES[name](array, WIDTH, HEIGHT, **how)
    assert np.array_equal(kept, expected)
    assert len(expected)
    assert len(expected) < len(array) or FILTERS[name].moves_events


@each_filter
def test_keeps_what_its_slow_twin_keeps_of_the_simulator(name: str, how: dict[str, Any]) -> None:
    config = SimConfig(width=40, height=32, rate_hz=1e5, duration_us=60_000, hot_pixel_fraction=0.002)
    packets = list(open_simulator(config, packet_us=5000))
    check_against_reference(name, how, Events.join(packets, width=40, height=32), 777)


@each_filter
def test_keeps_what_its_slow_twin_keeps_of_a_recording(name: str, how: dict[str, Any], recordings: Path) -> None:
    events = read_file(recordings / "tonic_nmnist.bin")
    check_against_reference(name, how, events, 1000)


@each_filter
def test_keeps_what_its_slow_twin_keeps_where_the_clock_jumps(name: str, how: dict[str, Any]) -> None:
    array = jumping_stream()
    kept = run(made(name, how).apply, to_packets(array, [], width=WIDTH, height=HEIGHT))
    assert np.array_equal(kept, REFERENCES[name](array, WIDTH, HEIGHT, **how))


@each_filter
@settings(max_examples=12, deadline=None)
@given(cuts=st.lists(st.integers(0, 1200), max_size=12), seed=st.integers(0, 100), jumps=st.booleans())
def test_any_cut_into_packets_gives_the_same_events(
    name: str, how: dict[str, Any], cuts: list[int], seed: int, jumps: bool
) -> None:
    array = jumping_stream() if jumps else random_stream(1200, seed=seed)
    whole = run(made(name, how).apply, to_packets(array, [], width=WIDTH, height=HEIGHT))
    pieces = run(made(name, how).apply, to_packets(array, cuts, width=WIDTH, height=HEIGHT))
    assert np.array_equal(whole, pieces)


@each_filter
def test_one_packet_with_a_clock_set_anew_inside_is_filtered_like_two(name: str, how: dict[str, Any]) -> None:
    late, early = random_stream(800, seed=7, start_us=5_000_000), random_stream(800, seed=8)
    both = np.concatenate([late, early])
    whole = made(name, how).apply(Events.from_numpy(both, width=WIDTH, height=HEIGHT)).to_numpy()
    assert np.array_equal(whole, REFERENCES[name](both, WIDTH, HEIGHT, **how))


@each_filter
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 1000), count=st.integers(0, 400))
def test_gives_a_subset_in_order_or_moves_events(name: str, how: dict[str, Any], seed: int, count: int) -> None:
    array = random_stream(count, seed=seed)
    events = Events.from_numpy(array, width=WIDTH, height=HEIGHT)
    apply = made(name, how)
    kept = apply(events)
    assert np.array_equal(events.to_numpy(), array)
    assert (kept.width, kept.height) == (apply.width, apply.height)
    assert is_subsequence(kept.to_numpy(), array, moved=FILTERS[name].moves_events)
    counters = apply.counters()
    assert counters == {"events_in": count, "events_out": len(kept), "events_dropped": count - len(kept)}


def is_subsequence(part: npt.NDArray[np.void], whole: npt.NDArray[np.void], *, moved: bool) -> bool:
    """Say whether events stand in the same order in another stream; of moved events, whether times do."""
    rest = iter(whole["t"].tolist() if moved else whole.tolist())
    return all(each in rest for each in (part["t"].tolist() if moved else part.tolist()))


@each_filter
def test_gives_nothing_for_nothing(name: str, how: dict[str, Any]) -> None:
    apply = made(name, how)
    kept = apply(Events.from_numpy(t=[], x=[], y=[], p=[], width=WIDTH, height=HEIGHT))
    assert len(kept) == 0
    assert (kept.width, kept.height) == (apply.width, apply.height)


IDEMPOTENT = [case for case in CASES if case[0] in ("crop", "polarity", "mask", "refractory", "trail")]
"""The others look at events that were dropped, at numbers, or at the first event's time."""


@pytest.mark.parametrize(("name", "how"), IDEMPOTENT)
def test_a_second_pass_changes_nothing_where_the_rule_says_so(name: str, how: dict[str, Any]) -> None:
    once = made(name, how).apply(Events.from_numpy(random_stream(), width=WIDTH, height=HEIGHT))
    twice = made(name, how).apply(once)
    assert np.array_equal(once.to_numpy(), twice.to_numpy())
    assert twice.address == once.address, "the same packet, where nothing is removed"


@pytest.mark.parametrize(("name", "inverse"), [("transpose", {}), ("flip", {}), ("rotate", {"degrees": "270"})])
def test_turning_back_gives_the_events_of_before(name: str, inverse: dict[str, Any]) -> None:
    array = random_stream()
    there = make_filter(name, width=WIDTH, height=HEIGHT)
    back = make_filter(name, width=there.width, height=there.height, **inverse)
    assert np.array_equal(back(there(Events.from_numpy(array, width=WIDTH, height=HEIGHT))).to_numpy(), array)


@each_filter
def test_after_a_reset_a_filter_is_as_new(name: str, how: dict[str, Any]) -> None:
    events = Events.from_numpy(random_stream(), width=WIDTH, height=HEIGHT)
    apply = made(name, how)
    first = apply(events).to_numpy()
    apply.reset()
    assert np.array_equal(apply(events).to_numpy(), first)
    assert apply.counters()["events_in"] == 2 * len(events)


@each_filter
def test_memory_depends_on_the_sensor_alone(name: str, how: dict[str, Any]) -> None:
    apply = made(name, how)
    before = apply.state_bytes
    assert before <= 16 * 2 * (WIDTH + 2) * (HEIGHT + 2)
    run(apply.apply, to_packets(jumping_stream(), [], width=WIDTH, height=HEIGHT))
    assert apply.state_bytes == before


@each_filter
def test_packets_of_another_sensor_are_refused(name: str, how: dict[str, Any]) -> None:
    other = Events.from_numpy(t=[0], x=[0], y=[0], p=[0], width=WIDTH + 1, height=HEIGHT)
    with pytest.raises(InvalidArgumentError, match="a packet of a 25x17 sensor came to a filter of 24x17"):
        made(name, how).apply(other)


def test_the_event_rate_is_never_above_its_limit() -> None:
    array = random_stream(20_000)
    events = Events.from_numpy(np.sort(array, order="t"), width=WIDTH, height=HEIGHT)
    kept = make_filter("event_rate", rate_hz=50_000, width=WIDTH, height=HEIGHT).apply(events).to_numpy()
    per_window = Counter((kept["t"] // 1000).tolist())
    assert max(per_window.values()) <= 50
    assert len(kept) > 0.9 * 5000


def test_times_of_years_do_not_roll_over() -> None:
    start_us = 2**62
    array = random_stream(1000, start_us=start_us)
    events = Events.from_numpy(array, width=WIDTH, height=HEIGHT)
    shifted = random_stream(1000)
    for name, how in (("refractory", {"us": 1_000_000_000}), ("background_activity", {"us": 1_000_000_000})):
        kept = made(name, how).apply(events).to_numpy()
        assert np.array_equal(kept["t"] - start_us, REFERENCES[name](shifted, WIDTH, HEIGHT, **how)["t"])


@pytest.mark.parametrize(("name", "how"), [case for case in CASES if case[0] in ("refractory", "stcf", "hot_pixels")])
def test_one_packet_may_span_over_an_hour(name: str, how: dict[str, Any]) -> None:
    """Bursts of 0.1 s, ten minutes apart, in the 71 minutes that one packet can hold."""
    array = np.concatenate([random_stream(300, seed=at, start_us=at * 600_000_000) for at in range(8)])
    events = Events.from_numpy(array, width=WIDTH, height=HEIGHT)
    twice = [made(name, how).apply(each).to_numpy() for each in (events, *events.split_at(1_300_000_000))]
    assert np.array_equal(twice[0], REFERENCES[name](array, WIDTH, HEIGHT, **how))
    assert np.array_equal(twice[1], twice[0][twice[0]["t"] < 1_300_000_000])


@each_filter
def test_events_outside_the_sensor_are_refused_not_followed(name: str, how: dict[str, Any]) -> None:
    columns = [np.array([5]), np.array([WIDTH]), np.array([3]), np.array([True])]
    outside = Events(_core.packet_from_columns(*columns, WIDTH, HEIGHT, 0))
    with pytest.raises(InvalidArgumentError, match="holds events up to column 24 and row 3; its sensor is 24x17"):
        made(name, how).apply(outside)
