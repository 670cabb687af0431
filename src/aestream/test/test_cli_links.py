"""`output zmq`, `shm`, `websocket` and their sources: another process gets every event, and the last line says so."""

import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from making_recordings import some_events, write_evt3

import aestream
from aestream.cli.main import main
from aestream_bridge.links.packet_header import parse_header
from aestream_core.csv import format_csv_ref

INPUT = [sys.executable, "-m", "aestream", "input"]
COUNT = 20_000


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_evt3(tmp_path / "made.raw", some_events(COUNT))


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"ipc://{tmp_path}/link"


def start(*words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([*INPUT, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process: "subprocess.Popen[bytes]") -> tuple[bytes, str]:
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return output, errors.decode()


Link = tuple[list[str], list[str]]


def zmq_pub(address: str) -> Link:
    return ["zmq", address, "--receivers", "1", "--wait"], ["zmq", address]


def zmq_push(address: str) -> Link:
    return ["zmq", address, "--pattern", "push"], ["zmq", address, "--pattern", "push"]


def shm(address: str) -> Link:
    name = uuid.uuid4().hex
    return ["shm", name, "--receivers", "1"], ["shm", name]


@pytest.mark.parametrize("link", [zmq_pub, zmq_push, shm])
def test_another_process_gets_every_event(link: Callable[[str], Link], recording: Path, address: str) -> None:
    pytest.importorskip("iceoryx2" if link is shm else "zmq")
    sink, source = link(address)
    receiver, sender = start(*source), start("file", str(recording), "output", *sink)
    lines, heard = finish(receiver)
    _, said = finish(sender)
    assert lines == format_csv_ref(some_events(COUNT))
    assert f"{COUNT:,} events" in said
    assert f"{COUNT:,} events" in heard
    assert "left out" not in heard


def test_the_closing_line_counts_events_that_nobody_heard(
    recording: Path, address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("zmq")
    assert main(["input", "file", str(recording), "output", "zmq", address]) == 0
    assert f"; {COUNT:,} events while nobody listened\n" in capfd.readouterr().err


def test_several_outputs_are_a_tee(recording: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    copy = tmp_path / "copy.aedat4"
    assert main(["input", "file", str(recording), "output", "file", str(copy), "output", "stdout"]) == 0
    assert capfdbinary.readouterr().out == format_csv_ref(some_events(COUNT))
    assert len(aestream.read(copy)) == COUNT


def test_a_browser_sees_a_recording_that_the_command_plays(recording: Path) -> None:
    client = pytest.importorskip("websockets.sync.client")
    process = start("sim", "--duration", "2", "--speed", "1", "--rate", "1e5", "output", "websocket", "0")
    assert process.stderr is not None
    url = process.stderr.readline().decode().split()[-1]
    with client.connect(url.replace("http", "ws") + "events") as browser:
        headers = [parse_header(frame) for frame in browser if isinstance(frame, bytes)]
    _, said = finish(process)
    assert headers[-1].ends
    assert headers[-1].events_before > 100_000
    assert "websocket: 1 browsers" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["output", "zmq", "5555"], "address is '5555'; it must be tcp://HOST:PORT"),
        (["output", "zmq", "ipc:///tmp/x", "--queue-mb", "0"], "queue_mb is 0; it must be 1 to 65536 MB"),
        (["output", "shm", "a b"], "name is 'a b'; it must be words"),
        (["output", "shm", "a", "--receivers", "9"], "receivers is 9; it must be 0 to 8"),
        (["output", "websocket", "localhost"], "websocket is given 'localhost'; it takes [ADDRESS] PORT"),
        (["output", "websocket", "70000"], "port is 70000; it must be 0 to 65535"),
        (["output", "stdout", "--format", "xml"], "invalid choice: 'xml'"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(words: list[str], message: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["input", "sim", "--duration", "0.01", *words]) != 0
    line = capfd.readouterr().err.strip()
    assert line.startswith("aestream: error:")
    assert message in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["zmq", "ipc:///tmp/nobody", "--patience", "0.1"], "nothing came from ipc:///tmp/nobody in 0.1 s"),
        (["shm", "nobody", "--patience", "0.1"], "nothing came from shared memory nobody in 0.1 s"),
        (["zmq", "ipc:///tmp/nobody", "--idle", "-1"], "idle_s is -1; it must be above 0, or inf"),
        (["stdin", "--format", "jsonl"], "--format jsonl needs --width and --height"),
        (["stdin", "--format", "raw", "--speed", "1"], "--speed is not for --format raw"),
    ],
)
def test_a_source_that_cannot_be_says_why(words: list[str], message: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["input", *words]) != 0
    assert message in capfd.readouterr().err


@pytest.mark.parametrize("format", ["raw", "jsonl"])
def test_a_pipe_of_commands_gives_the_same_events(format: str, recording: Path) -> None:
    size = "--width 64 --height 48" if format == "jsonl" else ""
    first, second = " ".join(INPUT), " ".join(INPUT)
    command = f"{first} file {recording} output stdout --format {format} | {second} stdin --format {format} {size}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=True)
    assert done.stdout == format_csv_ref(some_events(COUNT))


def test_a_python_program_reads_tensors_of_a_link(address: str) -> None:
    pytest.importorskip("zmq")
    events = some_events(COUNT)

    def send() -> None:
        config = aestream.links.ZmqSenderConfig(receivers=1, wait=True)
        sender = aestream.links.ZmqSender(address, config, width=events.width, height=events.height)
        sender.write(events)
        sender.close()

    thread = threading.Thread(target=send)
    thread.start()
    with aestream.links.ZmqInput(address, device="cpu", wait_s=30) as stream:
        total = sum(window.tensor.sum().item() for window in stream.tensors("torch", window_us=20_000))
    thread.join()
    assert total == COUNT
