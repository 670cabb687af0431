"""CSV as it is written: every option, every length of number, and back."""

from pathlib import Path

import numpy as np
import pytest
from csv_reference import write as write_slowly
from hypothesis import given, settings
from hypothesis import strategies as st

from aestream_core.csv import BLOCK_EVENTS, format_csv, format_csv_ref
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.files import create_file, file_info, open_file, read_file

Rows = list[tuple[int, int, int, int]]
TIMES = [0, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 99_999, 100_000, 999_999, 1_000_000, 9_999_999, 4_000_000_000]
ROWS: Rows = [(t, min(t, 1279), min(t, 719), t % 2) for t in TIMES]


def packet(rows: Rows, *, width: int = 1280, height: int = 720) -> Events:
    t, x, y, p = np.array(rows, np.int64).reshape(-1, 4).T
    return Events.from_numpy(t=t, x=x, y=y, p=p, width=width, height=height)


def written(folder: Path, *packets: Events, **options: str) -> Path:
    path = folder / "a.csv"
    writer = create_file(path, width=1280, height=720, **options)
    for each in packets:
        writer.write(each)
    writer.close()
    return path


def test_a_file_has_a_header_with_the_sensor_size_and_lines_in_us(tmp_path: Path) -> None:
    path = written(tmp_path, packet([(5, 3, 2, 1), (1_000_007, 1279, 719, 0)]))
    assert path.read_bytes() == b"t,x@1280,y@720,p\n5,3,2,1\n1000007,1279,719,0\n"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"header": "no"}, "5,3,2,1\n"),
        ({"header": "names"}, "t,x,y,p\n5,3,2,1\n"),
        ({"header": "no", "separator": "semicolon"}, "5;3;2;1\n"),
        ({"header": "no", "separator": "tab"}, "5\t3\t2\t1\n"),
        ({"header": "no", "separator": "blank", "time_unit": "s"}, "0.000005 3 2 1\n"),
        ({"header": "names", "time_unit": "ms"}, "t_ms,x,y,p\n0.005,3,2,1\n"),
        ({"header": "names", "time_unit": "ns", "columns": "x,y,p,t"}, "x,y,p,t_ns\n3,2,1,5000\n"),
        ({"columns": "p,y,x,t"}, "p,y@720,x@1280,t\n1,2,3,5\n"),
    ],
)
def test_options_say_how_lines_look(tmp_path: Path, options: dict[str, str], text: str) -> None:
    assert written(tmp_path, packet([(5, 3, 2, 1)]), **options).read_text() == text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": "t,x,y"}, "option columns is 't,x,y'; it may be t, x, y and p in any order"),
        ({"columns": "t,x,y,y"}, "option columns is 't,x,y,y'"),
        ({"header": "1"}, "option header is '1'; it may be yes"),
        ({"separator": "|"}, "option separator is '|'"),
        ({"time_unit": "h"}, "option time_unit is 'h'; it may be s, ms, us or ns"),
        ({"colour": "red"}, "what writes csv knows: columns, separator, header, time_unit"),
    ],
)
def test_impossible_options_are_refused(tmp_path: Path, options: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message.replace("|", r"\|")):
        written(tmp_path, packet(ROWS), **options)


@pytest.mark.parametrize("time_unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("columns", ["t,x,y,p", "y,x,t,p"])
@pytest.mark.parametrize("separator", [("comma", ","), ("blank", " ")])
def test_the_slow_twin_writes_the_same_and_it_reads_back(
    tmp_path: Path, time_unit: str, columns: str, separator: tuple[str, str]
) -> None:
    rows = [(t + base, x, y, p) for base in (0, 10**9, 10**15, (1 << 63) // 1000 - 10**10) for t, x, y, p in ROWS]
    packets = [packet(rows[at : at + len(ROWS)]) for at in range(0, len(rows), len(ROWS))]
    style = {"columns": columns, "time_unit": time_unit}
    path = written(tmp_path, *packets, separator=separator[0], **style)
    assert path.read_bytes().partition(b"\n")[2] == write_slowly(rows, separator=separator[1], **style)
    assert [tuple(map(int, row)) for each in open_file(path) for row in each.to_numpy()] == rows


events = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 1279), st.integers(0, 719), st.integers(0, 1))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(events, max_size=30),
    st.permutations("txyp").map(",".join),
    st.sampled_from(["comma", "semicolon", "tab", "blank"]),
    st.sampled_from(["s", "ms", "us", "ns"]),
)
def test_what_was_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, columns: str, separator: str, time_unit: str
) -> None:
    rows = sorted(rows)
    path = written(
        tmp_path_factory.mktemp("csv"), packet(rows), columns=columns, separator=separator, time_unit=time_unit
    )
    info = file_info(path)
    assert (info.width, info.height, info.sensor_assumed) == (1280, 720, False)
    assert [tuple(map(int, row)) for row in read_file(path).to_numpy()] == rows


def test_numpy_loads_what_was_written_without_a_header(tmp_path: Path) -> None:
    path = written(tmp_path, packet(ROWS), header="no")
    assert np.loadtxt(path, delimiter=",", dtype=np.int64).tolist() == [list(row) for row in ROWS]


def test_a_real_recording_comes_back_whole(tmp_path: Path, recordings: Path) -> None:
    real = read_file(recordings / "expelliarmus_evt3.raw")
    path = written(tmp_path, real)
    assert path.read_bytes().partition(b"\n")[2] == format_csv_ref(real)
    assert np.array_equal(read_file(path).to_numpy(), real.to_numpy())


def test_a_recording_without_events_has_its_header_only(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert path.read_bytes() == b"t,x@1280,y@720,p\n"
    assert len(read_file(path)) == 0


def test_lines_in_memory_equal_the_slow_twin_in_bounded_blocks() -> None:
    for start_us in (0, 999_990, 1_605_537_493_718_345, (1 << 63) - 5 * 10**9):
        rows = [(start_us + t, x, y, p) for t, x, y, p in ROWS]
        assert b"".join(format_csv(packet(rows))) == format_csv_ref(packet(rows))
    blocks = list(format_csv(packet([(t, 1, 2, 1) for t in range(BLOCK_EVENTS + 5)])))
    assert [block.count(b"\n") for block in blocks] == [BLOCK_EVENTS, 5]
    assert list(format_csv(packet([]))) == []


def test_times_of_a_thousand_years_come_back_as_microseconds(tmp_path: Path) -> None:
    events = Events.from_numpy(t=[184_467_440_737_095_252], x=[1], y=[2], p=[1], width=64, height=48)
    writer = create_file(tmp_path / "late.csv", width=64, height=48)
    writer.write(events)
    writer.close()
    assert np.array_equal(read_file(tmp_path / "late.csv").to_numpy(), events.to_numpy())
