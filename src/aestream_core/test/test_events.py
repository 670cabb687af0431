"""Events: records, views, conversion and slicing."""

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestream_core import EVENT_DTYPE, Events, InvalidArgumentError, pool_counters

WIDTH, HEIGHT = 640, 480


def make(times: list[int], **columns: list[int]) -> Events:
    count = len(times)
    return Events.from_numpy(
        t=times,
        x=columns.get("x", [index % WIDTH for index in range(count)]),
        y=columns.get("y", [index % HEIGHT for index in range(count)]),
        p=columns.get("p", [index % 2 for index in range(count)]),
        width=WIDTH,
        height=HEIGHT,
    )


event_lists = st.lists(
    st.tuples(
        st.integers(10**15, 10**15 + 2**32 - 1), st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1), st.booleans()
    ),
    max_size=200,
)


@given(event_lists)
def test_to_numpy_gives_back_what_from_numpy_took(rows: list[tuple[int, int, int, bool]]) -> None:
    array = np.array(rows, EVENT_DTYPE)
    assert np.array_equal(Events.from_numpy(array, width=WIDTH, height=HEIGHT).to_numpy(), array)


def test_a_record_is_8_bytes_with_time_x_y_and_polarity_in_their_places() -> None:
    events = make([1_000_000, 1_000_007], x=[3, 639], y=[5, 479], p=[0, 1])
    assert events.t0_us == 1_000_000
    word = int(events.words()[1]) & 0xFFFF_FFFF_FFFF_FFFF
    assert (word & 0xFFFF_FFFF, word >> 32 & 0xFFFF, word >> 48 & 0x7FFF, word >> 63) == (7, 639, 479, 1)


def test_numpy_views_and_buffer_protocol_look_at_the_same_memory_and_are_read_only() -> None:
    events = make([0, 1, 2])
    for view in (events.records(), events.words(), np.asarray(events.buffer())):
        assert view.__array_interface__["data"][0] == events.address
        assert not view.flags.writeable


def test_dlpack_exports_the_same_memory_to_numpy() -> None:
    events = make([0, 1, 2])
    array = np.from_dlpack(events)
    assert array.__array_interface__["data"][0] == events.address
    assert np.array_equal(array, events.words())


def test_a_view_keeps_the_buffer_alive_and_the_pool_gets_it_back_after_the_last_holder() -> None:
    gc.collect()
    before = pool_counters()["in_use"]
    events = make(list(range(1000)))
    view, tensor = events.records(), np.from_dlpack(events)
    del events
    assert view["t"][999] == 999
    assert pool_counters()["in_use"] == before + 1
    del view, tensor
    assert pool_counters()["in_use"] == before


def test_an_unused_dlpack_capsule_releases_the_buffer() -> None:
    gc.collect()
    before = pool_counters()["in_use"]
    events = make([0, 1])
    for version in (None, (1, 0)):
        events.__dlpack__(max_version=version)
    del events
    gc.collect()
    assert pool_counters()["in_use"] == before


def test_the_pool_reuses_returned_buffers() -> None:
    del_me = make(list(range(100)))
    address = del_me.address
    del del_me
    reused = pool_counters()["reused"]
    assert make(list(range(90))).address == address
    assert pool_counters()["reused"] == reused + 1


def test_slice_time_is_half_open_and_a_view_where_times_ascend() -> None:
    events = make([10, 20, 20, 30, 40])
    part = events.slice_time(20, 40)
    assert part.to_numpy()["t"].tolist() == [20, 20, 30]
    assert part.address == events.address + 8


def test_slice_time_is_exact_where_events_come_late() -> None:
    events = make([10, 30, 20, 40])
    assert events.slice_time(15, 35).to_numpy()["t"].tolist() == [30, 20]
    assert not events.is_time_ordered()


def test_slice_time_outside_the_packet_is_empty() -> None:
    events = make([10, 20])
    assert len(events.slice_time(0, 10)) == len(events.slice_time(21, 2**40)) == 0
    assert len(events.slice_time(-5, 2**40)) == 2


def test_split_at_splits_before_the_first_event_at_or_after() -> None:
    first, rest = make([10, 20, 30]).split_at(20)
    assert (first.to_numpy()["t"].tolist(), rest.to_numpy()["t"].tolist()) == ([10], [20, 30])


def test_slice_region_keeps_coordinates_and_is_half_open() -> None:
    events = make([0, 1, 2, 3], x=[9, 10, 19, 20], y=[5, 5, 5, 5])
    part = events.slice_region(10, 5, 10, 1)
    assert part.to_numpy()["x"].tolist() == [10, 19]
    assert (part.width, part.height) == (WIDTH, HEIGHT)


def test_an_empty_packet_works_everywhere() -> None:
    events = make([])
    assert len(events) == len(events.to_numpy()) == len(events.words()) == len(np.from_dlpack(events)) == 0
    assert len(events.slice_time(0, 5)) == len(events.slice_region(0, 0, 1, 1)) == 0
    assert events.is_time_ordered()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"t": [-1], "x": [0], "y": [0], "p": [0]}, "t holds -1"),
        ({"t": [0, 2**32], "x": [0, 0], "y": [0, 0], "p": [0, 0]}, "times span 4294967296 us"),
        ({"t": [0], "x": [640], "y": [0], "p": [0]}, "x holds 640; it must be 0 to 639"),
        ({"t": [0], "x": [0], "y": [-1], "p": [0]}, "y holds -1; it must be 0 to 479"),
        ({"t": [0], "x": [0], "y": [0], "p": [2]}, "p holds 2; it must be 0 to 1"),
        ({"t": [0], "x": [0, 1], "y": [0], "p": [0]}, "columns differ in shape"),
        ({"t": [0], "x": [0], "y": [0]}, "column 'p' is missing"),
    ],
)
def test_impossible_columns_are_refused_by_name(columns: dict[str, list[int]], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        Events.from_numpy(**columns, width=WIDTH, height=HEIGHT)  # type: ignore[arg-type]


def test_impossible_sensors_slices_and_arrays_are_refused() -> None:
    events = make([0])
    with pytest.raises(InvalidArgumentError, match="width is 0; it must be 1 to 32767"):
        Events.from_numpy(t=[], x=[], y=[], p=[], width=0, height=1)
    with pytest.raises(InvalidArgumentError, match="stop_us is 1; it must not lie before start_us"):
        events.slice_time(2, 1)
    with pytest.raises(InvalidArgumentError, match="does not lie on the 640x480 sensor"):
        events.slice_region(630, 0, 20, 20)
    with pytest.raises(InvalidArgumentError, match="has no field 't'"):
        Events.from_numpy(np.zeros(2, [("x", "u2")]), width=1, height=1)


def test_polarity_and_pixels_select_what_a_mask_selects() -> None:
    events = make(list(range(5000)))
    array = events.to_numpy()
    assert np.array_equal(events.select_polarity(True).to_numpy(), array[array["p"]])
    assert np.array_equal(events.select_polarity(False).to_numpy(), array[~array["p"]])
    keep = np.random.default_rng(2).random((events.height, events.width)) < 0.5
    assert np.array_equal(events.select_pixels(keep).to_numpy(), array[keep[array["y"], array["x"]]])
    with pytest.raises(InvalidArgumentError, match="the mask is"):
        events.select_pixels(keep[:-1])
