"""`input stdin`: what `output stdout` wrote comes back, however the pipe cuts it."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_recordings import some_events, write_evt3

from aestream.cli.sinks.csv_lines import format_csv_ref
from aestream.cli.sources.csv_lines import CsvLines
from aestream_core.errors import DamagedRecordingError
from aestream_core.events import Events


class Pipe:
    """Gives bytes in pieces of chosen sizes."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._data = io.BytesIO(data)
        self._sizes = iter(sizes)

    def read1(self, most: int) -> bytes:
        return self._data.read(next(self._sizes, most))


def read(
    data: bytes, sizes: tuple[int, ...] = (), *, width: int = 64, height: int = 48
) -> tuple[list[Events], CsvLines]:
    lines = CsvLines(Pipe(data, list(sizes)), width=width, height=height)  # type: ignore[arg-type]
    return list(lines.packets(0)), lines


def joined(packets: list[Events]) -> list[tuple[int, int, int, bool]]:
    return [row for packet in packets for row in packet.to_numpy().tolist()]


@given(st.lists(st.integers(1, 400), max_size=30), st.booleans())
def test_lines_come_back_however_the_pipe_cuts_them(sizes: list[int], header: bool) -> None:
    events = some_events(200, start_us=1_605_537_493_718_345)
    data = (b"t,x,y,p\n" if header else b"") + format_csv_ref(events)
    for text in (data, data.replace(b"\n", b"\r\n"), data.rstrip(b"\n")):
        packets, lines = read(text, tuple(sizes))
        assert joined(packets) == events.to_numpy().tolist()
        assert lines.counters()["events"] == 200


@pytest.mark.parametrize(
    "bad",
    ["5,1,2", "5,1,2,1,9", "5,1,x,1", "5,1,2,2", "-5,1,2,1", "5,1,2,1.5", "99999999999999999999,1,1,1", "é,1,2,1"],
)
@pytest.mark.parametrize("size", [1, 30, 10_000])
def test_a_bad_line_is_named_after_every_line_before_it(bad: str, size: int) -> None:
    good = format_csv_ref(some_events(50))
    lines = CsvLines(Pipe(good + bad.encode() + b"\n" + good, [size] * 100_000), width=64, height=48)  # type: ignore[arg-type]
    packets: list[Events] = []
    with pytest.raises(DamagedRecordingError, match="standard input: line 51 is ") as fault:
        packets.extend(lines.packets(0))
    assert fault.value.byte_offset == len(good)
    assert joined(packets) == some_events(50).to_numpy().tolist()


def test_events_outside_the_sensor_are_counted_and_long_times_split() -> None:
    packets, lines = read(b"1,63,47,1\n2,64,0,0\n3,0,48,1\n5000000000000,1,1,0\n")
    assert joined(packets) == [(1, 63, 47, True), (5_000_000_000_000, 1, 1, False)]
    assert lines.counters()["outside_sensor"] == 2


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    with pytest.raises(DamagedRecordingError, match="line 1 is "):
        read(b"1" * 5_000_000)


def test_a_pipe_of_commands_gives_the_same_events(tmp_path: Path) -> None:
    path = write_evt3(tmp_path / "made.raw", some_events())
    aestream = f"{sys.executable} -m aestream input"
    command = f"{aestream} file {path} | {aestream} stdin --width 64 --height 48 filter polarity on"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == format_csv_ref(some_events().select_polarity(True))
