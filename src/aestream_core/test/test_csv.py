"""CSV and TXT: what lines mean, what is guessed of a file, and what damage does."""

import contextlib
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from csv_reference import read as read_slowly
from hypothesis import given, settings
from hypothesis import strategies as st

from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError
from aestream_core.files import file_info, open_file, read_file

Rows = list[tuple[int, int, int, int]]
ROWS: Rows = [(10, 3, 2, 1), (25, 600, 401, 0), (1_000_000, 12, 7, 1)]


def made(folder: Path, text: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows_of(path: Path, **options: object) -> Rows:
    return [tuple(map(int, row)) for row in read_file(path, **options).to_numpy().tolist()]  # type: ignore[misc]


def many_lines(count: int, *, seed: int = 1) -> bytes:
    rng = np.random.default_rng(seed)
    t = np.cumsum(rng.integers(0, 50, count)) + rng.integers(0, 10_000_000)
    columns = (t, rng.integers(0, 640, count), rng.integers(0, 480, count), rng.integers(0, 2, count))
    return b"".join(b"%d,%d,%d,%d\n" % row for row in zip(*columns, strict=True))


# What lines mean.


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("10,3,2,1\n25,600,401,0\n1000000,12,7,1\n", "t,x,y,p comma no us"),
        ("10,3,2,1\r\n25,600,401,0\r\n1000000,12,7,1\r\n", "t,x,y,p comma no us"),
        ("10,3,2,1\n25,600,401,0\n1000000,12,7,1", "t,x,y,p comma no us"),
        ("\ufeff10,3,2,1\n25,600,401,0\n1000000,12,7,1\n", "t,x,y,p comma no us"),
        ("10;3;2;1\n25;600;401;-1\n1000000;12;7;1\n", "t,x,y,p semicolon no us"),
        ("10\t3\t2\t1\n25\t600\t401\t0\n1000000\t12\t7\t1\n", "t,x,y,p tab no us"),
        ("10   3 2 1\n 25 600\t401 0 \n1000000 12 7 1\n", "t,x,y,p blank no us"),
        ("# made by hand\n\n10, 3, 2, True\n% pause\n25, 600, 401, FALSE\n1000000,12,7,on\n", "t,x,y,p comma no us"),
        ("10,3,2,1,9,9\n25,600,401,0,9,9\n1000000,12,7,1,abc\n", "t,x,y,p comma no us"),
        ("0.00001 3 2 1\n0.000025 600 401 0\n1.0 12 7 1\n", "t,x,y,p blank no s"),
        ("0.0000100000 3 2 1\n0.0000254999 600 401 0\n0.9999995 12 7 1\n", "t,x,y,p blank no s"),
        ("10.0,3.0,2.0,1.0\n25.0,600.0,401.0,0.0\n1000000.0,12.0,7.0,1.0\n", "t,x,y,p comma no us"),
        ("x,y,t,p\n3,2,10,1\n600,401,25,0\n12,7,1000000,1\n", "x,y,t,p comma yes us"),
        ("polarity;Y;X;timestamp [ms]\n1;2;3;0.01\n0;401;600;0.0249999\n1;7;12;1000\n", "p,y,x,t semicolon yes ms"),
        ("t_ns,x,y,on\n9500,3,2,1\n24999,600,401,0\n1000000499,12,7,1\n", "t,x,y,p comma yes ns"),
        ("# t x y p\n10 3 2 1\n25 600 401 0\n1000000 12 7 1\n", "t,x,y,p blank no us"),
        ("a,b,c,d\n10,3,2,1\n25,600,401,0\n1000000,12,7,1\n", "t,x,y,p comma yes us"),
        ("3,2,1,10\n600,401,0,25\n12,7,1,1000000\n", "x,y,p,t comma no us"),
        ("1 10 3 2\n-1 25 600 401\n1 1000000 12 7\n", "p,t,x,y blank no us"),
        ("id,t,frame,x,y,p\n7,10,0,3,2,1\n8,25,0,600,401,0\n9,1000000,0,12,7,1\n", "_,t,_,x,y,p comma yes us"),
    ],
)
def test_every_usual_look_of_a_file_is_read_without_help(tmp_path: Path, text: str, details: str) -> None:
    path = made(tmp_path, text, "a.txt")
    assert rows_of(path) == ROWS
    found = file_info(path).details
    assert " ".join(found[name] for name in ("columns", "separator", "header", "time_unit")) == details


@pytest.mark.parametrize(
    ("text", "size", "assumed"),
    [
        ("t,x@346,y@260,on\r\n5,3,2,1\r\n", (346, 260), False),
        ("240 180\n0.5 3 2 1\n", (240, 180), False),
        ("5,3,2,1\n", (34, 34), True),
        ("5,200,100,1\n", (240, 180), True),
        ("5,1200,100,1\n", (1280, 720), True),
        ("5,5000,100,1\n", (5001, 101), True),
    ],
)
def test_the_sensor_size_is_read_or_guessed(tmp_path: Path, text: str, size: tuple[int, int], assumed: bool) -> None:
    path = made(tmp_path, text)
    info = file_info(path)
    assert (info.width, info.height, info.sensor_assumed) == (*size, assumed)
    assert len(read_file(path)) == 1
    assert len(read_file(path, width=2, height=2)) == 0


def test_the_sensor_guess_looks_all_over_the_file(tmp_path: Path) -> None:
    early = b"".join(b"%d,10,10,1\n" % t for t in range(300_000))
    late = b"".join(b"%d,500,10,1\n" % t for t in range(300_000, 400_000))
    assert file_info(made(tmp_path, early + late)).width == 640


def test_options_replace_the_guess(tmp_path: Path) -> None:
    path = made(tmp_path, "7 8 1 2\n9 10 0 3\n")
    with pytest.raises(FormatError, match="its first line is '7 8 1 2'"):
        read_file(path)
    options = {"columns": "x,y,p,t", "separator": "blank", "header": "no", "time_unit": "ms"}
    assert rows_of(path, **options) == [(2000, 7, 8, 1), (3000, 9, 10, 0)]
    assert rows_of(path, columns="x,y,p,t", header="yes") == [(3, 9, 10, 0)]
    assert rows_of(made(tmp_path, "1,9,7,8,0\n"), columns="t,_,x,y,p") == [(1, 7, 8, 0)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": "t,x,y"}, "option columns is 't,x,y'; it may be t, x, y and p in any order"),
        ({"separator": "pipe"}, "option separator is 'pipe'; it may be comma, semicolon, tab or blank"),
        ({"header": "maybe"}, "option header is 'maybe'; it may be yes or no"),
        ({"time_unit": "h"}, "option time_unit is 'h'; it may be s, ms, us or ns"),
        ({"colour": "red"}, "what reads csv knows: columns, separator, header, time_unit"),
    ],
)
def test_impossible_options_are_refused(tmp_path: Path, options: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        read_file(made(tmp_path, "1,2,3,1\n"), **options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hello\nworld\n", "cannot tell what its columns are: no line has four numbers; its first line is 'hello'"),
        ("1,2,3\n4,5,6\n", "no line has four numbers; its first line is '1,2,3'"),
        ("5,6,7,8\n4,5,6,9\n", "not exactly one of the first four has polarities"),
        ("9,1,7,8\n4,0,6,6\n2,1,1,1\n", "not exactly one of the first four has times that ascend"),
        ("10,20,1,1000\n11,90,0,40000\n", "two of them may be x and y"),
        ("t,x,y,colour\n1,2,3,1\n", "its header line does not name each of t, x, y and p once"),
        ("1700000000000.5,1,2,1\n1700000000001.0,1,2,1\n", "cannot tell the unit of its times"),
        ("# nothing\n\n", "it holds no line of events"),
        ("\x00\x01\x02", "named like text but holds something unknown that starts with the bytes 00 01 02"),
    ],
)
def test_a_guess_that_is_not_safe_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        file_info(made(tmp_path, text))


def test_a_header_without_events_is_an_empty_recording(tmp_path: Path) -> None:
    path = made(tmp_path, "t,x@20,y@10,p\n")
    assert rows_of(path) == []
    assert file_info(path).width == 20


def test_a_file_of_another_name_is_recognised_by_its_lines(tmp_path: Path) -> None:
    assert file_info(made(tmp_path, "t,x,y,p\n1,2,3,1\n", "events.dump")).format == "csv"


# Right to the last digit.


def test_times_in_seconds_are_exact(tmp_path: Path) -> None:
    times = [0, 1, 999_999, 1_468_939_993_067_416, 4_503_599_627_370_497]
    lines = "".join(
        f"{t // 10**6}.{t % 10**6:06d}{digits} 1 1 1\n" for t in times for digits in ("", "000", "4", "499")
    )
    assert read_slowly(lines.encode(), width=9, height=9, separator=" ", time_unit="s") == [
        (t, 1, 1, 1) for t in times for _ in range(4)
    ]
    got = [int(t) for packet in open_file(made(tmp_path, lines)) for t in packet.to_numpy()["t"]]
    assert got == [t for t in times for _ in range(4)]


numbers = st.integers(0, 10**17)
lines_of_every_kind = st.tuples(
    st.one_of(numbers.map(str), st.tuples(numbers, st.integers(0, 10**9)).map(lambda n: f"{n[0] // 10**8}.{n[1]}")),
    st.integers(0, 70_000).map(str),
    st.integers(0, 70_000).map(str),
    st.sampled_from(["0", "1", "-1", "+1", "true", "False", "ON", "off", "2", ""]),
    st.sampled_from(["\n", "\r\n", " \n", ",5\n", ",x,,\n", "\n\n", "\n# note\n"]),
)


@settings(deadline=None, max_examples=100)
@given(st.lists(lines_of_every_kind, max_size=40), st.sampled_from(["s", "ms", "us", "ns"]))
def test_the_slow_twin_reads_the_same_events(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, ...]], time_unit: str
) -> None:
    data = b"1,2,3,1\n" + b"".join((",".join(line[:4]) + line[4]).encode() for line in lines)
    path = made(tmp_path_factory.mktemp("csv"), data)
    layout = {"columns": "t,x,y,p", "separator": ",", "time_unit": time_unit}
    stream = open_file(path, width=32_767, height=32_767, skip_errors=True, header="no", **layout)
    got = [tuple(map(int, row)) for packet in stream for row in packet.to_numpy()]
    assert got == read_slowly(data, width=32_767, height=32_767, **layout)


@pytest.mark.parametrize("order", [("t", "x", "y", "p"), ("x", "y", "p", "t"), ("p", "t", "x", "y")])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_numpy_reads_the_same_numbers(tmp_path: Path, order: tuple[str, ...], line_end: str) -> None:
    rng = np.random.default_rng(3)
    count = 20_000
    columns = {
        "t": np.cumsum(rng.integers(0, 10**6, count)),
        "x": rng.integers(0, 1280, count),
        "y": rng.integers(0, 720, count),
        "p": rng.integers(0, 2, count),
    }
    path = tmp_path / "a.csv"
    table = np.stack([columns[name] for name in order], axis=1)
    np.savetxt(path, table, fmt="%d", delimiter=",", newline=line_end, header=",".join(order), comments="")
    loaded = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.int64)
    events = np.concatenate([packet.to_numpy() for packet in open_file(path)])
    for at, name in enumerate(order):
        assert np.array_equal(events[name].astype(np.int64), loaded[:, at])


# Cut anywhere.


@pytest.mark.parametrize("memory_map", [True, False])
def test_a_file_of_many_chunks_is_whole(tmp_path: Path, memory_map: bool) -> None:
    data = many_lines(40_000)
    expected = read_slowly(data, width=640, height=480)
    events = np.concatenate([packet.to_numpy() for packet in open_file(made(tmp_path, data), memory_map=memory_map)])
    assert [tuple(map(int, row)) for row in events] == expected


@pytest.mark.parametrize("line_bytes", range(1, 41, 5))
def test_lines_may_lie_anywhere_between_chunks(tmp_path: Path, line_bytes: int) -> None:
    first = b"# " + b"-" * line_bytes + b"\n"
    data = first + many_lines(8000)
    assert rows_of(made(tmp_path, data)) == read_slowly(data, width=640, height=480)


def test_every_beginning_of_a_file_gives_its_lines_or_says_what_is_wrong(tmp_path: Path) -> None:
    header, data = b"t,x@640,y@480,p\n", many_lines(12)
    for size in range(1, len(data)):
        path = made(tmp_path, header + data[:size])
        last_line = data[:size].rpartition(b"\n")[2]
        whole = not last_line or (last_line.count(b",") == 3 and not last_line.endswith(b","))
        if whole:
            assert rows_of(path) == read_slowly(data[:size], width=640, height=480)
            continue
        counts: list[int] = []
        with pytest.raises(DamagedRecordingError, match="it ends inside a line") as fault:
            counts.extend(len(packet) for packet in open_file(path))
        assert fault.value.byte_offset == len(header) + size
        assert sum(counts) == data[:size].count(b"\n")


def test_a_header_that_is_cut_is_no_recording(tmp_path: Path) -> None:
    for text in ("t", "t,x", "t,x@640,y@480", "5,1,2"):
        with pytest.raises(FormatError, match="give the options columns"):
            open_file(made(tmp_path, text))


def test_the_events_before_an_unfinished_line_are_delivered(tmp_path: Path) -> None:
    path = made(tmp_path, "1,2,3,1\n2,2,3,0\n12,3,4")
    counts: list[int] = []
    with pytest.raises(DamagedRecordingError, match="at byte 22: line 3: it ends inside a line"):
        counts.extend(len(packet) for packet in open_file(path))
    assert sum(counts) == 2
    stream = open_file(path, skip_errors=True)
    assert sum(len(packet) for packet in stream) == 2
    assert stream.counters()["damaged"] == 1


# Damage.


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("9,abc,4,1", "'abc' is no number for x"),
        ("9,4,-1,1", "'-1' is negative, which y cannot be"),
        ("-9,4,1,1", "'-9' is negative, which t cannot be"),
        ("9,4,1,1\r5", "'1?5' is no polarity"),
        ("9,4,,1", "there is no value for y"),
        ("9,4,1", "there is no value for p"),
        ("9,4,1,2", "'2' is no polarity; known: 0, 1, -1, true, false, on, off"),
        ("9,4.5,1,1", "'4.5' is no number for x"),
        ("1e3,4,1,1", "'1e3' is no number for t"),
        ("99999999999999999999,4,1,1", "'99999999999999999999' is too large for t"),
        ("9,4,1,\xfc" + "z" * 50, "' is no polarity"),
        ("9 4 1 1", "'9 4 1 1' is no number for t"),
        ("9" * 5000, "it is longer than 4096 bytes"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_its_place(tmp_path: Path, line: str, message: str) -> None:
    good = "".join(f"{t},1,2,1\n" for t in range(16))
    path = made(tmp_path, (good + line + "\n" + "20,3,4,0\n" * 3000).encode("latin-1"))
    counts: list[int] = []
    with pytest.raises(DamagedRecordingError, match="line 17: .*" + re.escape(message)) as fault:
        counts.extend(len(packet) for packet in open_file(path))
    assert sum(counts) == 16
    assert fault.value.byte_offset == len(good)
    stream = open_file(path, skip_errors=True)
    assert sum(len(packet) for packet in stream) == 3016
    assert stream.counters()["damaged"] == 1


def test_a_digit_between_the_two_bytes_of_a_line_end_is_damage(tmp_path: Path) -> None:
    path = made(tmp_path, "1,2,3,1\r\n" * 20 + "1,2,3,1\r5\n" + "1,2,3,1\r\n" * 20)
    with pytest.raises(DamagedRecordingError, match=r"at byte 180: line 21: '1\?5' is no polarity"):
        read_file(path)


def test_a_damaged_first_line_does_not_say_how_the_others_look(tmp_path: Path) -> None:
    path = made(tmp_path, "0.677,85,0\n" + "0.5,3,2,1\n" * 200)
    with pytest.raises(DamagedRecordingError, match="at byte 0: line 1: there is no value for p"):
        read_file(path)
    assert rows_of(path, skip_errors=True) == [(500_000, 3, 2, 1)] * 200


def test_a_line_without_end_is_passed_over_in_constant_memory(tmp_path: Path) -> None:
    path = made(tmp_path, b"1,2,3,1\n" + b"7" * 3_000_000 + b"\n5,6,7,0\n")
    assert rows_of(path, skip_errors=True) == [(1, 2, 3, 1), (5, 6, 7, 0)]
    with pytest.raises(DamagedRecordingError, match="at byte 8: line 2: it is longer than 4096 bytes"):
        read_file(path)


def test_events_outside_the_sensor_are_dropped_and_counted(tmp_path: Path) -> None:
    path = made(tmp_path, "1,2,3,1\n2,640,3,1\n3,70000,3,1\n4,99999999999,3,1\n")
    stream = open_file(path, width=640, height=480, columns="t,x,y,p")
    assert sum(len(packet) for packet in stream) == 1
    assert stream.counters()["outside_sensor"] == 3


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes_are_events_or_a_clear_error(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    for data in (junk, b"1,2,3,1\n" + junk):
        path = made(tmp_path_factory.mktemp("csv"), data)
        with contextlib.suppress(FormatError, InvalidArgumentError):
            read_file(path, skip_errors=True)


def test_times_that_step_back_are_kept(tmp_path: Path) -> None:
    path = made(tmp_path, "".join(f"{t},1,1,1\n" for t in (*range(5000, 5100), 20, *range(5100, 5200))))
    assert [row[0] for row in rows_of(path)][99:102] == [5099, 20, 5100]


def test_a_clock_that_jumps_from_line_to_line_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "jumps.csv"
    path.write_text("".join(f"{i % 2 * 10**13},{i % 64},{i % 48},1\n" for i in range(4000)))
    packets = list(open_file(path, columns="t,x,y,p", header="no", width=64, height=48))
    assert len(packets) == 4000
    steps = {later.address - earlier.address for earlier, later in pairwise(packets[:1000])}
    assert steps == {8}  # one buffer holds them all
