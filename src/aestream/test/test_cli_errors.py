"""Bad input: one line on stderr that names it, a status that is not zero, and never a traceback."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from making_recordings import cut, some_events, write_evt3

import aestream
from aestream.cli.commands import COMMANDS
from aestream.cli.filters.table import FILTERS
from aestream.cli.main import main
from aestream.cli.sinks.table import SINKS
from aestream.cli.sources.table import SOURCES
from aestream_core.files import FILE_FORMATS

USAGE = [
    (["nonsense"], "unknown command 'nonsense'; known: bag, completion, "),
    ([], "COMMAND"),
    (["input"], "SOURCE"),
    (["input", "lidar"], f"unknown source 'lidar'; known: {', '.join(sorted(SOURCES))}"),
    (["input", "sim", "output", "view"], f"unknown sink 'view'; known: {', '.join(sorted(SINKS))}"),
    (["input", "sim", "output"], "SINK"),
    (["input", "file"], "PATH"),
    (["input", "file", "a.raw", "--start", "soon"], "--start: 'soon' is not a time in seconds"),
    (["input", "file", "a.raw", "--start", "-1"], "--start"),
    (["input", "file", "a.raw", "--format", "evt9"], "--format: invalid choice: 'evt9'"),
    (["input", "sim", "filter", "blur"], "unknown filter 'blur'; known: anti-flicker, background-activity, "),
    (["input", "sim", "filter"], "FILTER"),
    (["input", "sim", "filter", "crop", "1", "2"], "COLUMNS"),
    (["input", "sim", "filter", "polarity", "up"], "'up'"),
    (["input", "sim", "output", "null", "filter", "polarity", "on"], "filters come before the first output"),
    (["input", "sim", "output", "file"], "PATH"),
    (["view"], "FILE"),
    (["view", "a.raw", "--style", "oil"], "'oil'"),
    (["input", "sim", "--rate", "fast"], "--rate: 'fast' is not a number"),
    (["input", "sim", "--scene", "moon"], "'moon'"),
    (["input", "sim", "--colour", "1"], "--colour"),
    (
        ["input", "sim", "output", "tensor", "--window-us", "0"],
        "--window-us: '0' is not a duration in whole us, 1 or more",
    ),
    (["input", "sim", "output", "image", "--every", "1.5"], "--every: '1.5' is not a whole number"),
    (["input", "sim", "--packet-us", "inf"], "--packet-us: 'inf' is not a duration"),
    (["completion", "tcsh"], "'tcsh'"),
    (["info"], "FILE"),
]
IMPOSSIBLE = [
    (["input", "sim", "--rate", "-5"], "rate_hz is -5"),
    (["input", "sim", "--width", "3"], "width is 3"),
    (["input", "sim", "--width", "64.5"], "width is 64.5; it must be a whole number"),
    (["input", "sim", "--seed", "inf"], "seed is inf; it must be a whole number"),
    (["input", "sim", "--rate", "1e3", "--width", "1280", "--height", "720"], "rate_hz"),
    (["input", "sim", "--duration", "0"], "duration is 0"),
    (["input", "sim", "--duration", "nan"], "duration is nan"),
    (["input", "sim", "--speed", "0"], "speed is 0"),
    (["input", "sim", "output", "tensor", "windows.mat"], "'.mat'; known: .npy, .npz, .pt"),
    (["input", "sim", "output", "tensor", "none/windows.npz"], "cannot write 'none/windows.npz'"),
    (["input", "sim", "output", "tensor", "--device", "tpu"], "device is 'tpu'"),
    (["input", "sim", "output", "image", "picture.gif"], "'.gif'; known: .png"),
    (["input", "sim", "output", "image", "none/picture.png"], "there is no folder 'none'"),
    (["input", "sim", "output", "tensor", "a.npz", "output", "image", "b.gif"], "'.gif'; known: .png"),
    (["input", "sim", "output", "image", "{name}.png"], "'{name}.png'"),
    (["input", "sim", "output", "file", "made.mp3"], "unknown file extension '.mp3'"),
    (["input", "sim", "output", "image", "a.png", "output", "image", "./a.png"], "two outputs write to './a.png'"),
    (["input", "sim", "filter", "crop", "600", "0", "100", "10"], "x=600 y=0 width=100 height=10 does not lie on"),
    (["input", "sim", "filter", "time", "2", "1"], "time stops at 1000000 us"),
    (["input", "sim", "filter", "mask", "none.png"], "cannot read mask 'none.png'"),
    (["formats", "evt9"], "unknown file format 'evt9'; known: "),
    (["view", "a.raw", "-o", "a.bmp"], "unknown extension of a picture '.bmp'; known: .gif, .mp4, .png"),
    (["view", "a.raw", "-o", "none/a.gif"], "there is no folder 'none'"),
    (["view", "none.raw"], "none.raw"),
]


def run_process(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "aestream.cli.main", *words], capture_output=True, text=True, timeout=30
    )


def assert_one_line(err: str, named: str) -> None:
    assert len(err.splitlines()) == 1
    assert err.startswith("aestream: error: ")
    assert named in err


@pytest.mark.parametrize(("words", "named"), USAGE)
def test_a_wrong_command_line_is_one_line_and_status_2(
    words: list[str], named: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert_one_line(printed.err, named)


@pytest.mark.parametrize(("words", "named"), IMPOSSIBLE)
def test_an_impossible_value_is_one_line_and_status_1(
    words: list[str], named: str, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    printed = capfd.readouterr()
    assert printed.out == ""
    assert_one_line(printed.err, named)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [["info"], ["input", "file"], ["view"]])
@pytest.mark.parametrize("name", ["none.raw", "made.mp4", "empty.raw", "text.raw"])
def test_a_recording_that_cannot_be_read_is_named(
    command: list[str], name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "made.mp4").write_bytes(b"x" * 100)
    (tmp_path / "empty.raw").touch()
    (tmp_path / "text.raw").write_text("these are no events\n" * 20)
    assert main([*command, str(tmp_path / name)]) == 1
    assert_one_line(capfd.readouterr().err, name)


@pytest.mark.parametrize(
    ("words", "status"), [(["input", "sim", "--width", "3"], 1), (["input", "lidar"], 2), (["info", "/none.raw"], 1)]
)
def test_the_process_ends_with_the_status_and_without_a_traceback(words: list[str], status: int) -> None:
    done = run_process(*words)
    assert (done.returncode, done.stdout) == (status, "")
    assert_one_line(done.stderr, words[-1])


def test_a_cut_recording_gives_its_events_and_then_one_error_line(tmp_path: Path) -> None:
    damaged = cut(write_evt3(tmp_path / "made.raw", some_events()), tmp_path / "cut.raw")
    done = run_process("input", "file", str(damaged))
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) > 19_000
    errors = [line for line in done.stderr.splitlines() if "error" in line]
    assert_one_line("\n".join(errors), "cut.raw")
    assert "Traceback" not in done.stderr


def test_a_library_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "argcomplete", None)
    assert main(["completion", "bash"]) == 1
    assert_one_line(capfd.readouterr().err, "no module 'argcomplete' here; 'aestream doctor'")


@pytest.mark.parametrize("words", [["input", "sim"], ["input", "sim", "output", "tensor"], ["doctor", "--json"]])
def test_a_full_disk_behind_stdout_is_one_line(words: list[str]) -> None:
    command = f"exec {sys.executable} -m aestream {' '.join(words)} > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert_one_line(done.stderr.splitlines()[-1], "No space left on device")
    assert "Traceback" not in done.stderr


def test_help_lists_every_command_within_half_a_second_of_computing() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run_process("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)
    # Computing time, not time on the clock: other tests may run beside this one.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


@pytest.mark.parametrize("words", [["--help"], ["input", "sim", "--help"], ["input", "sim", "--duration", "0.01"]])
def test_what_needs_no_tensors_loads_neither_torch_nor_ros(words: list[str]) -> None:
    code = (
        "import sys; from aestream.cli.main import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "assert not {'torch', 'rclpy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"aestream {aestream.__version__}\n"
    package = Path(__file__).parents[1] / "package.xml"
    if package.is_file():
        assert f"<version>{aestream.__version__}</version>" in package.read_text()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "aestream" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("aestream in", {"input", "info"}),
        ("aestream input ", {*SOURCES}),
        ("aestream input file a.raw --format aed", set(filter(lambda name: name.startswith("aed"), FILE_FORMATS))),
        ("aestream formats ev", set(filter(lambda name: name.startswith("ev"), FILE_FORMATS))),
        ("aestream input sim f", {"filter"}),
        ("aestream input sim filter ", set(FILTERS)),
        ("aestream input sim filter polarity o", {"off", "on"}),
        ("aestream input sim filter polarity on o", {"output"}),
        ("aestream input sim --scene sh", {"shapes"}),
        ("aestream input sim o", {"output"}),
        ("aestream input sim output ", {*SINKS}),
        ("aestream input sim output stdout output tensor --w", {"--window-us"}),
    ],
)
def test_shells_complete_what_comes_next(line: str, expected: set[str]) -> None:
    completing = f"_ARGCOMPLETE=1 _ARGCOMPLETE_SUPPRESS_SPACE=1 COMP_TYPE=9 COMP_LINE='{line}' COMP_POINT={len(line)}"
    command = f"{completing} {sys.executable} -m aestream 8>&1 9>/dev/null 1>/dev/null 2>/dev/null"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30)
    found = {word.strip() for word in done.stdout.replace("\013", "\n").splitlines() if word.strip()}
    assert expected <= found
    assert found - expected <= {"-h", "--help"}
