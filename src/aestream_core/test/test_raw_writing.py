"""Writing Prophesee files: exact times over wraps and gaps, headers, what the formats cannot hold."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from evt2_reference import WRAP as WRAP2
from evt2_reference import Reference2
from evt3_reference import ADDR_X, EXT_TRIGGER, TIME_HIGH, TIME_LOW, Reference, to_bytes, word
from evt3_reference import WRAP as WRAP3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recording_files import packets_of, raw_file, rows_of, written

from aestream_core.errors import InvalidArgumentError
from aestream_core.evt3 import Evt3Decoder
from aestream_core.files import file_info, open_file, read_file
from aestream_core.raw_files import open_raw_file

Row = tuple[int, int, int, int]

FORMATS = ("evt2", "evt21", "evt3")
ALL = (*((name, ".raw") for name in FORMATS), ("dat", ".dat"))
UNIX_US = 1_763_715_239_123_456

in_folder = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
wraps = {"evt2": WRAP2, "evt21": WRAP2, "evt3": WRAP3}


def bursts(start_us: int, steps_us: list[int], xs: list[int]) -> list[Row]:
    """Rows of neighbours and single events; the clock moves by the steps."""
    rows: list[Row] = []
    for i, step_us in enumerate(steps_us):
        start_us = max(0, start_us + step_us)
        rows += [(start_us, x, i * 7 % 2048, i % 2) for x in xs]
        rows += [(start_us + j, (j * 37 + i) % 2048, j, j % 2) for j in range(20)]
    return rows


starts = st.one_of(st.integers(0, 1 << 51), st.sampled_from([0, WRAP3 - 3, WRAP2 - 3, 5 * WRAP2 + 1, UNIX_US]))
steps = st.lists(
    st.sampled_from([-9, 0, 1, 63, 4096, WRAP3 // 2 + 1, WRAP3, 3 * WRAP3 + 5, (1 << 32) - 1, WRAP2 // 2, 2 * WRAP2]),
    max_size=5,
)
columns = st.lists(st.integers(0, 2047), max_size=40).map(sorted) | st.lists(st.integers(0, 60), max_size=40)
anything = st.builds(bursts, starts, steps, columns)


@in_folder
@given(anything, st.sampled_from(FORMATS))
def test_written_events_come_back_in_order_with_their_absolute_times(
    tmp_path: Path, rows: list[Row], name: str
) -> None:
    path = written(tmp_path / "a.raw", packets_of(rows), format=name)
    assert rows_of(list(open_file(path))) == rows
    assert file_info(path).format == name


@in_folder
@given(st.builds(bursts, st.just(5000), steps, columns), st.sampled_from(FORMATS))
def test_the_slow_twins_read_what_is_written(tmp_path: Path, rows: list[Row], name: str) -> None:
    for order in ("current", "legacy") if name == "evt21" else (None,):
        path = written(tmp_path / "a.raw", packets_of(rows), format=name, **({"word_order": order} if order else {}))
        details = file_info(path).details
        assert details.get("word_order") == order
        data = path.read_bytes()[file_info(path).data_begin :]
        t0_us = int(details.get("t0_us", "0"))
        assert [(t + t0_us, x, y, p) for t, x, y, p in twin_events(name, data, order or "")] == rows


def twin_events(name: str, data: bytes, order: str) -> list[Row]:
    if name == "evt3":
        return Reference(2048, 2048).feed(data).events
    twin = Reference2(2048, 2048)
    return (twin.feed(data) if name == "evt2" else twin.feed21(data, order=order)).events


@pytest.mark.parametrize("name", FORMATS)
def test_times_are_exact_over_three_wraps_of_the_clock(tmp_path: Path, name: str) -> None:
    step_us = wraps[name] // 1000 + 1
    rows = [(UNIX_US + i * step_us, i % 640, i % 480, i % 2) for i in range(3500)]
    assert rows_of(list(open_file(written(tmp_path / "a.raw", packets_of(rows), format=name)))) == rows


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("wraps_apart", [0.5, 0.99, 1, 1.5, 2, 7.3])
def test_gaps_longer_than_a_wrap_are_announced_word_by_word(tmp_path: Path, name: str, wraps_apart: float) -> None:
    gap_us = int(wraps[name] * wraps_apart)
    rows = [(7 + i * gap_us, i + 1, i + 2, i % 2) for i in range(4)]
    assert rows_of(list(open_file(written(tmp_path / "a.raw", packets_of(rows), format=name)))) == rows


def test_evt3_times_of_a_camera_that_repeats_its_clock_are_exact_over_three_wraps(tmp_path: Path) -> None:
    times = range(0, 3 * WRAP3 + 100_000, 1500)
    words = [
        each
        for t in times
        for each in (word(TIME_HIGH, t >> 12), word(TIME_HIGH, t >> 12), word(TIME_LOW, t), word(ADDR_X, 1))
    ]
    events = read_file(raw_file(tmp_path, to_bytes(words))).to_numpy()
    assert np.array_equal(events["t"], np.array(times))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("evt3", ["% evt 3.0", "% format EVT3;height=2048;width=2048"]),
        ("evt2", ["% evt 2.0", "% format EVT2;height=2048;width=2048"]),
        ("evt21", ["% evt 2.1", "% format EVT21;endianness=little;height=2048;width=2048"]),
    ],
)
def test_the_header_says_encoding_size_and_base_in_text(tmp_path: Path, name: str, lines: list[str]) -> None:
    path = written(tmp_path / "a.raw", packets_of([(3 * wraps[name] + 5, 1, 1, 1)]), format=name)
    text = path.read_bytes()[: file_info(path).data_begin].decode().splitlines()
    assert text == [*lines, "% geometry 2048x2048", f"% t0_us {3 * wraps[name]}", "% end"]
    path = written(tmp_path / "a.raw", packets_of([(5, 1, 1, 1)]), format=name)
    assert b"t0_us" not in path.read_bytes()


@pytest.mark.parametrize("text", ["-5", "x", "1e9", str(1 << 63), "99999999999999999999999", ""])
def test_a_base_that_no_recording_has_is_ignored(tmp_path: Path, text: str) -> None:
    data = to_bytes([word(TIME_HIGH, 1), word(ADDR_X, 1)])
    path = raw_file(tmp_path, data, "evt 3.0", "geometry 640x480", f"t0_us {text}")
    assert rows_of(list(open_file(path))) == [(4096, 1, 0, 0)]


@pytest.mark.parametrize(("name", "ending"), ALL)
def test_a_file_without_events_is_written_and_read(tmp_path: Path, name: str, ending: str) -> None:
    path = written(tmp_path / f"a{ending}", [], format=name)
    assert len(read_file(path)) == 0


@pytest.mark.parametrize("name", ["evt2", "evt21", "evt3"])
def test_coordinates_above_2047_are_refused(tmp_path: Path, name: str) -> None:
    packets = packets_of([(0, 5, 2048, 1)], width=4000, height=4000)
    with pytest.raises(InvalidArgumentError, match=r"x=5 y=2048; EVT[23.1]+ holds coordinates of 0 to 2047"):
        written(tmp_path / "a.raw", packets, format=name, size=4000)


@pytest.mark.parametrize(("name", "late_us"), [("evt3", 8192), ("evt2", 4_194_368), ("evt21", 4_194_368)])
def test_a_step_back_over_a_wrap_that_no_reader_could_follow_is_refused(
    tmp_path: Path, name: str, late_us: int
) -> None:
    t = 2 * wraps[name] + 5
    packets = packets_of([(t, 1, 1, 1)]) + packets_of([(t - late_us, 1, 1, 1)]) + packets_of([(t - 6, 1, 1, 1)])
    with pytest.raises(InvalidArgumentError, match="time steps back by about"):
        written(tmp_path / "a.raw", packets[:2], format=name)
    path = written(tmp_path / "a.raw", [packets[0], packets[2]], format=name)
    assert [row[0] for row in rows_of(list(open_file(path)))] == [t, t - 6]


@pytest.mark.parametrize(("name", "gap_us"), [("evt3", 1 << 41), ("evt2", 1 << 53), ("evt21", 1 << 53)])
def test_a_gap_that_would_fill_the_disk_is_refused(tmp_path: Path, name: str, gap_us: int) -> None:
    with pytest.raises(InvalidArgumentError, match="time jumps ahead by"):
        written(tmp_path / "a.raw", packets_of([(0, 1, 1, 1), (gap_us, 1, 1, 1)]), format=name)


def test_a_word_order_that_there_is_not_is_refused_for_writing(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="word_order is 'guessed'; it may be current or legacy"):
        written(tmp_path / "a.raw", [], format="evt21", word_order="guessed")


def test_raw_files_are_written_as_evt3_where_no_format_is_given(tmp_path: Path) -> None:
    assert file_info(written(tmp_path / "a.raw", [], format="")).format == "evt3"


def test_raw_packets_of_a_written_file_carry_its_absolute_time(tmp_path: Path) -> None:
    rows = [(UNIX_US + i * 1000, i % 640, 1, 1) for i in range(3000)]
    path = written(tmp_path / "a.raw", packets_of(rows), format="evt3")
    decoder = Evt3Decoder(width=2048, height=2048)
    pieces = list(open_raw_file(path, packet_us=100_000))
    packets = [packet for piece in pieces for packet in decoder.decode(piece.data, near_us=piece.base_us)]
    assert rows_of(packets) == rows


def test_evt3_triggers_are_collected_with_input_edge_and_time(tmp_path: Path) -> None:
    words = [word(TIME_HIGH, 2), word(TIME_LOW, 9), word(EXT_TRIGGER, 3 << 8 | 1), word(TIME_LOW, 50), word(ADDR_X, 1)]
    stream = open_file(raw_file(tmp_path, to_bytes([*words, word(EXT_TRIGGER, 3 << 8)])), extras=("triggers",))
    assert len(rows_of(list(stream))) == 1
    assert stream.side is not None
    assert [tuple(map(int, each)) for each in stream.side.take_triggers()] == [(8201, 3, 1), (8242, 3, 0)]


@pytest.mark.parametrize("source", ["expelliarmus_evt3.raw", "faery_evt2.raw", "tonic_ncars.dat"])
@pytest.mark.parametrize(("name", "ending"), ALL)
def test_real_recordings_survive_every_format_exactly(
    recordings: Path, tmp_path: Path, source: str, name: str, ending: str
) -> None:
    expected = json.loads((recordings / "digests.json").read_text())[source]["sha256"]
    packets = list(open_file(recordings / source, packet_events=77_777))
    path = written(tmp_path / f"a{ending}", packets, format=name, size=1280)
    again = read_file(path).to_numpy()
    kinds = {"t": "<i8", "x": "<u2", "y": "<u2", "p": "u1"}
    assert {
        key: hashlib.sha256(again[key].astype(kind).tobytes()).hexdigest() for key, kind in kinds.items()
    } == expected
