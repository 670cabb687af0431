"""CSV and TXT that is damaged."""

import contextlib
import re
from itertools import pairwise
from pathlib import Path

import pytest
from csv_cases import made, rows_of
from hypothesis import given, settings
from hypothesis import strategies as st

from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError
from aestream_core.files import open_file, read_file


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
