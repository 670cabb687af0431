"""EVT2 and EVT2.1 files against their slow twin, and the rules of their clock."""

from pathlib import Path

import numpy as np
import pytest
from evt2_reference import (
    EXT_TRIGGER,
    LATE,
    OTHERS,
    TIME_HIGH,
    WRAP,
    Reference2,
    cd,
    time_high,
    to_bytes,
    to_bytes21,
    trigger,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recording_files import raw_file, rows_of

from aestream_core.errors import DamagedRecordingError, InvalidArgumentError
from aestream_core.files import FileStream, file_info, open_file

EVT2 = ("evt 2.0", "geometry 640x480")
EVT21 = ("evt 2.1", "geometry 640x480")
ORDERS = ("current", "legacy")

in_folder = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
high_values = st.sampled_from([0, 1, 2, LATE, (1 << 27) - 1, 1 << 27, (1 << 27) + 1, (1 << 28) - LATE, (1 << 28) - 1])
any_word = st.integers(0, (1 << 32) - 1)
usual_word = st.one_of(
    st.builds(cd, st.integers(0, 63), st.integers(0, 700), st.integers(0, 500), st.integers(0, 1)),
    st.builds(lambda value: TIME_HIGH << 28 | value, high_values),
    st.builds(trigger, st.integers(0, 63), st.integers(0, 31), st.integers(0, 1)),
)
# Long runs of events take another path than words one by one.
runs = st.builds(
    lambda word, count: [word + (i % 100 << 11) for i in range(count)],
    st.builds(cd, st.integers(0, 63), st.integers(0, 600), st.integers(0, 400), st.integers(0, 1)),
    st.integers(1, 90),
)
words2 = st.lists(st.one_of(st.lists(st.one_of(any_word, usual_word), max_size=40), runs), max_size=6).map(
    lambda parts: [word for part in parts for word in part]
)
masks = st.one_of(st.sampled_from([0, 1, 1 << 31, (1 << 32) - 1]), any_word)
words21 = st.lists(st.tuples(st.one_of(any_word, usual_word), masks), max_size=60)


def stream_and_rows(path: Path, **options: object) -> tuple[FileStream, list[tuple[int, ...]]]:
    stream = open_file(path, extras=("triggers",), **options)
    return stream, rows_of(list(stream))


def check_against_twin(path: Path, twin: Reference2, **options: object) -> None:
    stream, rows = stream_and_rows(path, **options)
    assert rows == twin.events
    counters = stream.counters()
    assert counters["outside_sensor"] == twin.outside
    assert counters["skipped_words"] == twin.skipped
    assert counters["unknown_words"] == twin.unknown
    assert counters["triggers"] == len(twin.triggers)
    assert stream.side is not None
    assert [tuple(map(int, each)) for each in stream.side.take_triggers()] == twin.triggers


@in_folder
@given(words2)
def test_every_sequence_of_evt2_words_decodes_as_the_slow_twin_does(tmp_path: Path, words: list[int]) -> None:
    data = to_bytes([cd(0, 1, 1, 1), time_high(7 << 6), *words])
    check_against_twin(raw_file(tmp_path, data, *EVT2), Reference2(640, 480).feed(data))


@in_folder
@given(words21, st.sampled_from(ORDERS))
def test_every_sequence_of_evt21_words_decodes_as_the_slow_twin_does(
    tmp_path: Path, words: list[tuple[int, int]], order: str
) -> None:
    data = to_bytes21([(cd(0, 1, 1, 1), 5), (time_high(7 << 6), 0), *words], order=order)
    twin = Reference2(640, 480).feed21(data, order=order)
    check_against_twin(raw_file(tmp_path, data, *EVT21), twin, word_order=order)


@pytest.mark.parametrize("size", [4, 8])
def test_a_file_cut_at_every_byte_gives_every_whole_word_and_then_an_error(tmp_path: Path, size: int) -> None:
    events = [cd(i, i, 5, i % 2) for i in range(3)]
    words = [time_high(64), *events, trigger(3, 1, 1), time_high(128), *events]
    data = to_bytes(words) if size == 4 else to_bytes21([(word, 1) for word in words])
    twin = Reference2(640, 480)
    name = "EVT2" if size == 4 else r"EVT2\.1"
    for cut in range(len(data) + 1):
        path = raw_file(tmp_path, data[:cut], *(EVT2 if size == 4 else EVT21))
        twin = Reference2(640, 480)
        expected = (twin.feed(data[:cut]) if size == 4 else twin.feed21(data[:cut])).events
        stream = open_file(path, **({} if size == 4 else {"word_order": "current"}))
        got: list[tuple[int, ...]] = []
        if cut % size == 0:
            got = rows_of(list(stream))
        else:
            with pytest.raises(DamagedRecordingError, match=f"ends inside an {name} word"):
                got.extend(row for packet in stream for row in rows_of([packet]))
        assert got == expected


def test_chunks_that_end_inside_words_give_the_same_events(tmp_path: Path) -> None:
    # The header is padded so that no chunk of the reader ends where a word does.
    words = [word for i in range(40_000) for word in (time_high(i * 64), cd(i, i % 640, i % 480, i % 2))]
    for padding in ("a", "aa", "aaa"):
        path = raw_file(tmp_path, to_bytes(words), *EVT2, f"serial {padding}")
        rows = rows_of(list(open_file(path)))
        assert rows == [(i * 64 + i % 64, i % 640, i % 480, i % 2) for i in range(40_000)]


@pytest.mark.parametrize(
    ("first", "second", "turns"),
    [
        ((1 << 28) - 1, 0, 1),
        ((1 << 27) + 1, 0, 1),
        (1 << 27, 0, 0),
        (10, 9, 0),
        (0, (1 << 28) - 1, 0),
        (100, 1 << 27, 0),
    ],
)
def test_the_clock_wraps_where_time_high_falls_by_more_than_half_its_range(
    tmp_path: Path, first: int, second: int, turns: int
) -> None:
    data = to_bytes([time_high(first << 6), time_high(second << 6), cd(0, 1, 1, 1)])
    assert rows_of(list(open_file(raw_file(tmp_path, data, *EVT2)))) == [(turns * WRAP + (second << 6), 1, 1, 1)]


def test_a_late_event_just_before_a_wrap_does_not_move_the_clock_a_turn_ahead(tmp_path: Path) -> None:
    highs = [(1 << 28) - 1, 0, (1 << 28) - LATE, 0]
    words = [word for high in highs for word in (time_high(high << 6), cd(0, 1, 1, 1))]
    rows = rows_of(list(open_file(raw_file(tmp_path, to_bytes(words), *EVT2))))
    assert [t for t, *_ in rows] == [WRAP - 64, WRAP, WRAP - (LATE << 6), WRAP]


def test_a_span_of_more_than_32_bits_of_time_arrives_in_several_packets(tmp_path: Path) -> None:
    words = [word for t in (5, 1 << 32, (1 << 33) + 70) for word in (time_high(t), cd(t, 1, 1, 1))]
    rows = rows_of(list(open_file(raw_file(tmp_path, to_bytes(words), *EVT2))))
    assert [t for t, *_ in rows] == [5, 1 << 32, (1 << 33) + 70]


def test_triggers_are_counted_where_nobody_collects_them(tmp_path: Path) -> None:
    data = to_bytes([time_high(0), trigger(5, 3, 1), OTHERS << 28, cd(0, 1, 1, 1), EXT_TRIGGER << 28])
    stream = open_file(raw_file(tmp_path, data, *EVT2))
    assert len(rows_of(list(stream))) == 1
    assert stream.side is None
    assert stream.counters()["triggers"] == 2


# The word order of EVT2.1.


def camera_words21(count: int) -> list[tuple[int, int]]:
    words = []
    for i in range(count):
        words += [(time_high(i * 64), 0), (cd(i, i % 20 * 32, i % 480, i % 2), 1 << i % 32 | 1 << 5)]
    return words


@pytest.mark.parametrize("order", ORDERS)
def test_the_word_order_is_judged_by_the_words(tmp_path: Path, order: str) -> None:
    path = raw_file(tmp_path, to_bytes21(camera_words21(50), order=order), *EVT21)
    assert file_info(path).details["word_order"] == order
    assert rows_of(list(open_file(path))) == Reference2(640, 480).feed21(to_bytes21(camera_words21(50))).events


@pytest.mark.parametrize(("said", "order"), [("legacy", "legacy"), ("little", "current")])
def test_the_word_order_that_the_header_says_is_taken(tmp_path: Path, said: str, order: str) -> None:
    other = ORDERS[1 - ORDERS.index(order)]
    line = f"format EVT21;height=480;width=640;endianness={said}"
    path = raw_file(tmp_path, to_bytes21(camera_words21(50), order=other), "evt 2.1", line)
    assert file_info(path).details["word_order"] == order
    assert file_info(path, word_order=other).details["word_order"] == other


def test_a_word_order_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="word_order is 'big'; it may be guessed, current or legacy"):
        file_info(raw_file(tmp_path, b"", *EVT21), word_order="big")


def test_a_full_group_of_neighbours_is_32_events(tmp_path: Path) -> None:
    path = raw_file(tmp_path, to_bytes21([(time_high(0), 0), (cd(9, 64, 7, 1), (1 << 32) - 1)]), *EVT21)
    events = next(iter(open_file(path))).to_numpy()
    assert np.array_equal(events["x"], np.arange(64, 96))
