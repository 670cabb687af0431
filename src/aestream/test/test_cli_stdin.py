"""`input stdin`: what other commands pipe in comes back event for event."""

import subprocess
import sys
from pathlib import Path

import pytest
from making_recordings import cut, some_events, write_evt3

from aestream_core.csv import format_csv_ref

AESTREAM = f"{sys.executable} -m aestream input"
STDIN = f"{AESTREAM} stdin --width 64 --height 48"


def run(command: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["bash", "-c", command], capture_output=True, timeout=60)


def test_a_pipe_of_commands_gives_the_same_events(tmp_path: Path) -> None:
    path = write_evt3(tmp_path / "made.raw", some_events())
    done = run(f"{AESTREAM} file {path} | {STDIN} filter polarity on")
    assert done.returncode == 0, done.stderr
    assert done.stdout == format_csv_ref(some_events().select_polarity(True))


@pytest.mark.parametrize("end", ["", "% no", "5,1,x,1"])
def test_lines_with_a_header_come_back_and_a_bad_one_is_named(tmp_path: Path, end: str) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"t,x,y,p\n" + format_csv_ref(some_events(50)) + end.encode() + b"\n")
    done = run(f"cat {path} | {STDIN}")
    assert done.stdout == format_csv_ref(some_events(50))
    damaged = end.startswith("5")
    assert (done.returncode, b"line 52" in done.stderr) == (int(damaged), damaged)


def test_a_line_comes_out_while_the_pipe_is_still_open() -> None:
    done = run(f"( echo 5,1,2,1; echo 6,1,2,0; sleep 2; echo 7,1,2,0 ) | {STDIN} | head -2")
    assert done.stdout == b"5,1,2,1\n6,1,2,0\n"


def test_another_format_is_named(tmp_path: Path) -> None:
    path = write_evt3(tmp_path / "made.raw", some_events())
    done = run(f"cat {path} | {STDIN} --format evt3")
    assert done.stdout == format_csv_ref(some_events())
    damaged = run(f"cat {cut(path, tmp_path / 'cut.raw')} | {STDIN} --format evt3")
    assert (damaged.returncode, damaged.stdout[:1000]) == (1, done.stdout[:1000])
    assert b"'/dev/stdin' is damaged at byte" in damaged.stderr
