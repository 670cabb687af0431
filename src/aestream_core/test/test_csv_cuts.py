"""CSV and TXT read to the last digit, wherever chunks and files end."""

from pathlib import Path

import numpy as np
import pytest
from csv_cases import made, many_lines, rows_of
from csv_reference import read as read_slowly
from hypothesis import given, settings
from hypothesis import strategies as st

from aestream_core.errors import DamagedRecordingError, FormatError
from aestream_core.files import open_file

numbers = st.integers(0, 10**17)
lines_of_every_kind = st.tuples(
    st.one_of(numbers.map(str), st.tuples(numbers, st.integers(0, 10**9)).map(lambda n: f"{n[0] // 10**8}.{n[1]}")),
    st.integers(0, 70_000).map(str),
    st.integers(0, 70_000).map(str),
    st.sampled_from(["0", "1", "-1", "+1", "true", "False", "ON", "off", "2", ""]),
    st.sampled_from(["\n", "\r\n", " \n", ",5\n", ",x,,\n", "\n\n", "\n# note\n"]),
)


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
