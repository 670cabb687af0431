"""CSV and TXT: what lines mean, and what is guessed of a file."""

from pathlib import Path

import pytest
from csv_cases import ROWS, made, rows_of

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.files import file_info, read_file


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
