"""`aestream input`: what reaches each sink is what the source had."""

import io
import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from making_recordings import cut, real_recording, some_events, write_evt3

from aestream.cli.commands import COMMANDS
from aestream.cli.filters.table import FILTERS
from aestream.cli.grammar import CommandWords, split_words
from aestream.cli.input import make_filter_parser, make_sink_parser
from aestream.cli.main import main
from aestream.cli.parser import CommandParser, option_name
from aestream.cli.pipeline import SinkError, run_pipeline
from aestream.cli.sinks.table import SINKS
from aestream.cli.sources.base import OpenedSource
from aestream.cli.sources.table import SOURCES
from aestream_core.csv import format_csv_ref
from aestream_core.events import Events
from aestream_core.files import open_file
from aestream_core.simulator import SCENES


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_evt3(tmp_path / "made.raw", some_events())


def test_stdout_holds_nothing_but_events_and_is_the_default(
    recording: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["input", "file", str(recording)]) == 0
    printed = capfdbinary.readouterr()
    assert printed.out == format_csv_ref(some_events())
    assert printed.err.startswith(b"20,000 events, 0.100 s of sensor time in ")
    assert main(["input", "file", str(recording), "output", "stdout", "output", "null"]) == 0
    assert capfdbinary.readouterr().out == printed.out


def test_simulator_options_reach_the_simulator(capfd: pytest.CaptureFixture[str]) -> None:
    words = ["input", "sim", "--width", "64", "--height", "48", "--rate", "5e5", "--duration", "0.05"]
    assert main([*words, "--scene", "shapes", "--seed", "3"]) == 0
    first = capfd.readouterr()
    lines = first.out.splitlines()
    assert len(lines) == pytest.approx(25_000, rel=0.3)
    assert all(int(line.split(",")[1]) < 64 and int(line.split(",")[0]) < 50_000 for line in lines)
    assert main([*words, "--scene", "shapes", "--seed", "3"]) == 0
    assert capfd.readouterr().out == first.out
    assert main([*words, "--scene", "shapes", "--seed", "4"]) == 0
    assert capfd.readouterr().out != first.out


@pytest.mark.parametrize(
    "words",
    [
        [],
        *([name] for name in COMMANDS),
        *(["bag", word] for word in ("record", "play", "info", "recover")),
        ["speck", "plan"],
        *(["snn", word] for word in ("report", "export")),
        *(["input", name] for name in SOURCES),
        *(["input", "sim", "filter", name] for name in FILTERS),
        *(["input", "sim", "output", name] for name in SINKS),
    ],
)
def test_every_help_shows_examples(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert end.value.code == 0
    assert "examples:\n  " in capsys.readouterr().out


def test_every_example_of_input_can_be_parsed() -> None:
    for row in [*SOURCES.values(), *FILTERS.values(), *SINKS.values()]:
        for line in row.examples.splitlines()[1:]:
            split = split_words(
                re.split("   +", "input" + line.rpartition("aestream input")[2].partition(" | ")[0])[0].split()
            )
            for words in split.filters:
                make_filter_parser().parse_args(words)
            for words in split.outputs:
                make_sink_parser().parse_args(words)


def test_every_source_filter_and_sink_describes_itself() -> None:
    for row in [*SOURCES.values(), *FILTERS.values(), *SINKS.values()]:
        parser = CommandParser(prog="x")
        row.add_options(parser)
        assert row.help
        assert row.examples.startswith("examples:\n  ")
        assert all(action.help for action in parser._actions)
    assert option_name("rate_hz") == "--rate"
    assert option_name("hot_pixel_fraction") == "--hot-pixel-fraction"


def test_the_help_of_the_simulator_lists_its_scenes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["input", "sim", "--help"])
    assert end.value.code == 0
    assert "{" + ",".join(SCENES) + "}" in capsys.readouterr().out


def test_words_are_split_at_filter_and_output_in_input_commands_only() -> None:
    words = ["input", "sim", "filter", "crop", "1", "filter", "time", "output", "null", "output", "image", "x"]
    assert split_words(words) == CommandWords(["input", "sim"], [["crop", "1"], ["time"]], [["null"], ["image", "x"]])
    assert split_words(["info", "filter", "output"]) == CommandWords(["info", "filter", "output"])


def test_everything_before_damage_goes_out(recording: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    damaged = cut(recording, tmp_path / "cut.raw")
    words = ["output", "stdout", "output", "tensor", str(tmp_path / "t.npz")]
    assert main(["input", "file", str(damaged), *words]) == 1
    printed = capfd.readouterr()
    whole = format_csv_ref(some_events()).decode()
    assert whole.startswith(printed.out)
    assert printed.out.count("\n") > 19_000
    assert np.load(tmp_path / "t.npz")["event_count"].sum() == printed.out.count("\n")
    assert printed.err.splitlines()[-1].startswith("aestream: error: ")


class FullDisk:
    """A sink that cannot write."""

    name = "full"
    prints = False

    def write(self, events: Events) -> None:
        raise OSError(28, "No space left on device")

    def close(self) -> str:
        return ""


def test_a_sink_that_cannot_write_is_named(recording: Path) -> None:
    source = OpenedSource(open_file(recording), "made", lambda _: None)
    with pytest.raises(SinkError, match="output full failed: No space left on device"):
        run_pipeline(source, [FullDisk()], report=io.StringIO())


def test_losses_are_reported(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_evt3(tmp_path / "made.raw", some_events())
    assert main(["input", "file", str(path), "--width", "32", "--height", "48", "output", "null"]) == 0
    assert "events outside the sensor" in capfd.readouterr().err


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m aestream input sim --duration 5 | head -n 2; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 2


def test_ctrl_c_ends_a_waiting_stream_at_once_with_a_summary(tmp_path: Path) -> None:
    events = Events.from_numpy(t=[0, 1000, 16_000_000], x=[1, 2, 3], y=[1, 2, 3], p=[0, 1, 1], width=64, height=48)
    path = write_evt3(tmp_path / "gap.raw", events)
    words = ["input", "file", str(path), "--speed", "1", "--packet-us", "1000"]
    code = (
        "import os, signal, sys, threading, aestream.cli.input; from aestream.cli.main import main;"
        # Background shells start their children with SIGINT ignored; a person's terminal does not.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT)).start(); sys.exit(main(sys.argv[1:]))"
    )
    begin_s = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=30)
    # The third event is due after 16 s.
    assert time.monotonic() - begin_s < 12
    assert (done.returncode, done.stdout) == (130, "0,1,1,0\n1000,2,2,1\n")
    assert done.stderr.startswith("2 events, 0.001 s of sensor time in ")
    assert len(done.stderr.splitlines()) == 1


def test_a_terminal_sees_progress(recording: Path) -> None:
    parent, child = pty.openpty()
    words = [sys.executable, "-m", "aestream", "input", "file", str(recording), "--speed", "0.2", "--packet-us", "1000"]
    process = subprocess.Popen([*words, "output", "null"], stderr=child, env={**os.environ, "TERM": "xterm"})
    os.close(child)
    seen = b""
    try:
        while piece := os.read(parent, 4096):
            seen += piece
    except OSError:  # The other end is closed.
        pass
    assert process.wait() == 0
    assert b"made.raw" in seen
    assert b"%" in seen
    assert b"20,000 events" in seen


def test_a_real_recording_comes_out_whole(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = real_recording("tonic_sample.aedat4")
    assert main(["input", "file", str(path)]) == 0
    lines = capfdbinary.readouterr().out.splitlines()
    assert len(lines) == 111_954
    assert lines[0].startswith(b"1605537493718345,")
