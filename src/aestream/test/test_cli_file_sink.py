"""`output file`: every conversion from the command line, and nothing overwritten by mistake."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from making_recordings import cut, some_events, write_evt3

import aestream
from aestream.cli.main import main
from aestream.cli.sinks.file import writable_formats
from aestream_core.files import FileFormat


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_evt3(tmp_path / "made.raw", some_events())


def convert(source: Path, target: Path, *words: str) -> int:
    return main(["input", "file", str(source), "output", "file", str(target), *words])


def test_what_was_written_is_read_again_and_reported(
    tiny: FileFormat, recording: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.tiny"
    assert convert(recording, target, "--compression", "zstd") == 0
    said = capfd.readouterr().err.splitlines()[0]
    assert said == f"file: {target}, 20,000 events, {target.stat().st_size:,} bytes"
    assert np.array_equal(aestream.read(target).to_numpy(), some_events().to_numpy())


def test_a_format_that_loses_absolute_times_says_so(
    tiny: FileFormat, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = write_evt3(tmp_path / "late.raw", some_events(start_us=5_000_000))
    assert convert(source, tmp_path / "out.tiny", "--compression", "lz4") == 0
    first_us = some_events(start_us=5_000_000).first_us
    assert f"; times count from {first_us:,} us, which tiny cannot store" in capfd.readouterr().err


@pytest.mark.parametrize("name", writable_formats())
def test_every_written_format_comes_back_from_the_command_line(
    name: str, recording: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / f"out{next(iter(aestream.FILE_FORMATS[name].extensions), '')}"
    if convert(recording, target, "--format", name) != 0:
        error = capfd.readouterr().err
        assert "install" in error
        pytest.skip(error.strip())
    back = aestream.read(target, format=name, width=64, height=48).to_numpy()
    expected = some_events().to_numpy()
    for column in ("x", "y", "p"):
        assert np.array_equal(back[column], expected[column])
    shift = back["t"] - expected["t"]
    assert len(np.unique(shift)) == 1


def test_several_files_are_written_at_once(tiny: FileFormat, recording: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.tiny", tmp_path / "b.tiny"
    words = ["filter", "polarity", "on", "output", "file", str(first), "output", "file", str(second)]
    assert main(["input", "file", str(recording), *words]) == 0
    assert np.array_equal(aestream.read(first).to_numpy(), aestream.read(second).to_numpy())


def test_everything_before_damage_is_written(tiny: FileFormat, recording: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.tiny"
    assert convert(cut(recording, tmp_path / "cut.raw"), target) == 1
    assert 19_000 < len(aestream.read(target)) <= 20_000


def test_skipped_damage_is_status_0_and_said(
    tiny: FileFormat, recording: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.tiny"
    assert convert(recording, target) == 0
    assert main(["input", "file", str(target), "--skip-errors", "output", "null"]) == 0
    assert "left out: 2 damaged places" in capfd.readouterr().err


@pytest.mark.parametrize("link", [False, True])
def test_the_file_that_is_read_is_not_written(
    tiny: FileFormat, recording: Path, tmp_path: Path, link: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.tiny"
    assert convert(recording, source) == 0
    before = source.read_bytes()
    target = tmp_path / "other.tiny" if link else source
    if link:
        os.link(source, target)
    capfd.readouterr()
    assert convert(source, target) == 1
    assert "is what is being read" in capfd.readouterr().err
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["made.tiny", "--compression", "lz5"], "compression is unknown"),
        (["none/made.tiny"], "there is no folder 'none'"),
        (["made.bmp"], "unknown file extension '.bmp'"),
    ],
)
def test_files_that_cannot_be_written_are_one_line_and_leave_nothing(
    tiny: FileFormat,
    words: list[str],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["input", "sim", "--duration", "0.01", "output", "file", *words]) == 1
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 1
    assert named in lines[0]
    assert not list(tmp_path.iterdir())


def test_options_of_other_formats_are_refused(
    tiny: FileFormat, recording: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["input", "file", str(recording), "--time-unit", "ms", "output", "null"]) == 1
    assert "unknown option 'time_unit'; what reads evt3 knows: " in capfd.readouterr().err


def test_help_and_formats_list_what_the_table_has(tiny: FileFormat, capsys: pytest.CaptureFixture[str]) -> None:
    for words, expected in (
        (["input", "file", "--help"], "tiny: unit of times (us, ms or s; default: us)"),
        (
            ["input", "sim", "output", "file", "--help"],
            "tiny: how packets are compressed (none, lz4, zstd; default: none)",
        ),
    ):
        with pytest.raises(SystemExit):
            main(words)
        assert expected in " ".join(capsys.readouterr().out.split())
    assert main(["formats"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows[1:]] == [*aestream.FILE_FORMATS, "tiny"]
    assert main(["formats", "tiny"]) == 0
    assert "--compression  how packets are compressed" in capsys.readouterr().out
    assert main(["formats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[-1]["write_options"][0]["allowed"] == "none, lz4, zstd"


def test_an_input_without_events_gives_an_empty_file(tiny: FileFormat, recording: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.tiny"
    words = ["--start", "50", "output", "file", str(target)]
    assert main(["input", "file", str(recording), *words]) == 0
    assert target.is_file()
