"""DAT files against their slow twin: records, clock, header, jumps to a time."""

from pathlib import Path

import pytest
from dat_reference import LATE, RANGE, dat_bytes, dat_events, record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recording_files import packets_of, rows_of, written

from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError
from aestream_core.files import file_info, open_file, read_file

Row = tuple[int, int, int, int]

in_folder = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
times = st.one_of(
    st.integers(0, RANGE - 1),
    st.sampled_from([0, 5, LATE, RANGE // 2, RANGE // 2 + 1, RANGE - LATE, RANGE - LATE - 1, RANGE - 1]),
)
single = st.tuples(times, st.integers(0, 1400), st.integers(0, 800), st.integers(0, 15))
# Runs of events take another path than records one by one.
runs = st.builds(
    lambda start, step, count: [((start + i * step) % RANGE, i % 1280, i % 720, i % 2) for i in range(count)],
    times,
    st.sampled_from([0, 1, 1000, 30_000_000, 1 << 30]),
    st.integers(1, 200),
)
streams = st.lists(st.one_of(st.lists(single, max_size=9), runs), max_size=5).map(
    lambda parts: [row for part in parts for row in part]
)


def dat_file(folder: Path, rows: list[Row], *lines: str, name: str = "a.dat") -> Path:
    path = folder / name
    path.write_bytes(dat_bytes(rows, *lines))
    return path


@in_folder
@given(streams)
def test_every_sequence_of_records_decodes_as_the_slow_twin_does(tmp_path: Path, rows: list[Row]) -> None:
    stream = open_file(dat_file(tmp_path, rows))
    expected = dat_events(b"".join(record(*row) for row in rows))
    inside = [row for row in expected if row[1] < 1280 and row[2] < 720]
    assert rows_of(list(stream)) == inside
    assert stream.counters()["outside_sensor"] == len(expected) - len(inside)


def test_a_file_cut_at_every_byte_gives_every_whole_record_and_then_an_error(tmp_path: Path) -> None:
    rows = [(i * 5, i, 2 * i, i % 2) for i in range(70)]
    whole = dat_bytes(rows)
    begin = len(whole) - 8 * len(rows)
    path = tmp_path / "a.dat"
    for cut in (*range(begin, begin + 40), *range(len(whole) - 20, len(whole) + 1)):
        path.write_bytes(whole[:cut])
        got: list[tuple[int, ...]] = []
        packets = (row for packet in open_file(path) for row in rows_of([packet]))
        if (cut - begin) % 8 == 0:
            got.extend(packets)
        else:
            with pytest.raises(DamagedRecordingError, match=f"at byte {cut}: it ends inside a DAT record"):
                got.extend(packets)
        assert got == rows[: (cut - begin) // 8]


def test_a_file_cut_inside_its_header_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.dat"
    path.write_bytes(b"% Version 2\n\x0c")
    with pytest.raises(DamagedRecordingError, match="ends inside its header"):
        file_info(path)


@pytest.mark.parametrize(("kind", "size"), [(0x0C, 16), (0x0E, 8), (40, 8)])
def test_records_of_other_types_are_refused_by_number(tmp_path: Path, kind: int, size: int) -> None:
    path = tmp_path / "a.dat"
    path.write_bytes(dat_bytes([], kind=kind, size=size))
    with pytest.raises(FormatError, match=f"of type {kind} and {size} bytes; of .dat files events are read"):
        file_info(path)


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.dat"
    path.write_bytes(b"\x01\x02\x03")
    with pytest.raises(FormatError, match="named like a Prophesee DAT recording but holds something unknown"):
        file_info(path)


def test_both_types_of_events_are_read_and_found_by_content(tmp_path: Path) -> None:
    for kind in (0x0C, 0x00):
        path = tmp_path / "without_ending"
        path.write_bytes(dat_bytes([(1, 2, 3, 1)], kind=kind))
        assert file_info(path).format == "dat"
        assert rows_of([read_file(path)]) == [(1, 2, 3, 1)]


def test_the_sensor_size_is_the_headers_or_fits_events_all_over_the_file(tmp_path: Path) -> None:
    rows = [(i, i % 90, i % 50, 1) for i in range(100_000)]
    info = file_info(dat_file(tmp_path, rows, "Width 304", "Height 240"))
    assert (info.width, info.height, info.sensor_assumed) == (304, 240, False)
    info = file_info(dat_file(tmp_path, rows, "Version 2"))
    assert (info.width, info.height, info.sensor_assumed) == (128, 128, True)
    rows[-500:] = [(i, 600, 400, 1) for i in range(500)]
    assert file_info(dat_file(tmp_path, rows, "Version 2")).width == 640


# Jumps to a time.


def spread(count: int, step_us: int, start_us: int = 0) -> list[Row]:
    return [(start_us + i * step_us, i % 1000, i % 700, i % 2) for i in range(count)]


@pytest.mark.parametrize("start_us", [0, 1, 999_999, 1_000_000, 12_345_678, 39_999_999, 40_000_000])
@pytest.mark.parametrize("t0_us", [0, 3 * RANGE])
def test_reading_from_a_time_on_gives_what_reading_all_gives_from_there(
    tmp_path: Path, start_us: int, t0_us: int
) -> None:
    rows = spread(40_000, 1000)
    path = written(tmp_path / "a.dat", packets_of(spread(40_000, 1000, t0_us)), format="dat")
    got = rows_of(list(open_file(path, start_us=t0_us + start_us, stop_us=t0_us + start_us + 50_000)))
    assert got == [(t0_us + t, x, y, p) for t, x, y, p in rows if start_us <= t < start_us + 50_000]


def test_a_jump_reads_little_of_the_file(tmp_path: Path) -> None:
    path = dat_file(tmp_path, spread(100_000, 1000))
    stream = open_file(path, start_us=90_000_000)
    assert rows_of(list(stream))[0][0] == 90_000_000
    assert stream.counters()["bytes"] >= 0
    assert stream.counters()["events"] < 15_000


def test_late_events_are_found_behind_a_jump(tmp_path: Path) -> None:
    rows = spread(20_000, 1000)
    rows[15_000:15_000] = [(14_500_123, 7, 7, 1), (15_000_456, 8, 8, 1)]
    got = rows_of(list(open_file(dat_file(tmp_path, rows), start_us=14_500_100, stop_us=15_000_500)))
    assert got == [row for row in rows if 14_500_100 <= row[0] < 15_000_500]


@pytest.mark.parametrize("start_us", [RANGE - 5_000_000, RANGE, RANGE + 1, 2 * RANGE + 3, 3 * RANGE - 10_000_000])
def test_jumps_are_right_in_files_over_which_the_clock_wraps(tmp_path: Path, start_us: int) -> None:
    rows = spread(12_000, 1_000_000)  # 3 h 20 min
    got = rows_of(list(open_file(dat_file(tmp_path, rows), start_us=start_us, stop_us=start_us + 10_000_000)))
    assert got == [row for row in rows if start_us <= row[0] < start_us + 10_000_000]


# Writing.


def paced(start_us: int, gaps_us: list[int]) -> list[Row]:
    """Bursts of 100 events with gaps between them."""
    rows: list[Row] = []
    for gap_us in gaps_us:
        rows += [(start_us + i // 3, i * 10, i, i % 2) for i in range(100)]
        start_us += 33 + gap_us
    return rows


gaps = st.lists(st.sampled_from([0, 1, 70, 1 << 20, 1 << 30, (1 << 31) - 100]), min_size=1, max_size=6)
dat_rows = st.builds(paced, st.one_of(st.integers(0, 1 << 50), st.sampled_from([RANGE - 2, 5, 3 * RANGE + LATE])), gaps)


@in_folder
@given(dat_rows)
def test_written_events_come_back_with_their_absolute_times(tmp_path: Path, rows: list[Row]) -> None:
    path = written(tmp_path / "a.dat", packets_of(rows), format="dat")
    assert rows_of(list(open_file(path))) == rows
    begin = file_info(path).data_begin
    t0_us = int(file_info(path).details.get("t0_us", "0"))
    assert dat_events(path.read_bytes()[begin:], t0_us=t0_us) == rows


def test_late_events_over_a_wrap_come_back(tmp_path: Path) -> None:
    rows = [(RANGE + offset, 1, 1, 1) for offset in (-50, 10, -LATE + 10, 20)] * 40
    assert rows_of(list(open_file(written(tmp_path / "a.dat", packets_of(rows), format="dat")))) == rows


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((RANGE // 2, 3 * RANGE // 2), "steps ahead by 4294967296 us"),
        ((RANGE + 10, RANGE + 10 - LATE - 1), "steps back by 1048577 us"),
    ],
)
def test_steps_that_no_reader_could_follow_are_refused(tmp_path: Path, steps: tuple[int, int], message: str) -> None:
    packets = [packet for t in steps for packet in packets_of([(t, 1, 1, 1)])]
    with pytest.raises(InvalidArgumentError, match=message):
        written(tmp_path / "a.dat", packets, format="dat")
    assert rows_of(list(open_file(tmp_path / "a.dat"))) == [(steps[0], 1, 1, 1)]


def test_coordinates_above_16383_are_refused(tmp_path: Path) -> None:
    packets = packets_of([(0, 16384, 5, 1)], width=20_000, height=20_000)
    with pytest.raises(InvalidArgumentError, match="x=16384 y=5; DAT holds coordinates of 0 to 16383"):
        written(tmp_path / "a.dat", packets, format="dat", size=20_000)
