"""`aestream input udp` and `output udp`: events go from one process to another and arrive as they were."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from making_recordings import real_recording, some_events, write_evt3

from aestream.cli.main import main
from aestream.cli.places import read_place
from aestream.cli.sources.udp import describe_udp_losses
from aestream_core.errors import InvalidArgumentError
from aestream_core.files import read_file
from aestream_core.net import DatagramEncoder, UdpSender

LONG_S = 30


class Receiver:
    """`aestream input udp` in a process of its own, listening on a free port."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        self._process = process
        self.first_line = process.stderr.readline()
        self.port = int(self.first_line.rpartition(":")[2])

    def finish(self) -> tuple[int, str]:
        """Give the exit status and the rest of stderr."""
        _, said = self._process.communicate(timeout=LONG_S)
        return self._process.returncode, said

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)


@contextmanager
def receiving(*words: str) -> Iterator[Receiver]:
    command = [sys.executable, "-m", "aestream", "input", "udp", "0", "--idle-timeout", str(LONG_S), *words]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        yield Receiver(process)
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_evt3(tmp_path / "made.raw", some_events())


def through_udp(recording: Path, received: Path, *how: str) -> str:
    """Send a recording from one command to another; gives what the receiver said."""
    with receiving("--once", *how, "output", "file", str(received)) as receiver:
        words = ["output", "udp", "127.0.0.1", str(receiver.port)]
        assert main(["input", "file", str(recording), *how, *words]) == 0
        status, said = receiver.finish()
    assert status == 0, said
    return said


@pytest.mark.parametrize("ending", ["csv", "npy"])
def test_a_recording_arrives_as_the_same_file(recording: Path, tmp_path: Path, ending: str) -> None:
    received, direct = tmp_path / f"received.{ending}", tmp_path / f"direct.{ending}"
    said = through_udp(recording, received)
    assert main(["input", "file", str(recording), "output", "file", str(direct)]) == 0
    assert received.read_bytes() == direct.read_bytes()
    assert "left out" not in said
    assert "20,000 events" in said


@pytest.mark.parametrize("ending", ["raw", "aedat4"])
def test_files_whose_bytes_depend_on_packets_are_the_same_with_the_same_packets(
    recording: Path, tmp_path: Path, ending: str
) -> None:
    received, direct = tmp_path / f"received.{ending}", tmp_path / f"direct.{ending}"
    how = ["--packet-events", "512"]
    through_udp(recording, received, *how)
    assert main(["input", "file", str(recording), *how, "output", "file", str(direct)]) == 0
    assert received.read_bytes() == direct.read_bytes()


def test_a_real_recording_arrives_whole(tmp_path: Path) -> None:
    recording, received = real_recording("expelliarmus_evt3.raw"), tmp_path / "received.raw"
    through_udp(recording, received)
    sent, got = read_file(recording), read_file(received)
    assert np.array_equal(sent.to_numpy(), got.to_numpy())
    assert (sent.width, sent.height) == (got.width, got.height)


def test_the_summary_says_what_was_lost() -> None:
    datagrams = DatagramEncoder(events_per_datagram=1000).encode(some_events())
    with receiving("--once", "output", "null") as receiver, UdpSender(port=receiver.port) as sender:
        import socket

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as path:
            for at, each in enumerate(datagrams):
                if at != 5:
                    path.sendto(each, ("127.0.0.1", receiver.port))
            path.sendto(b"?", ("127.0.0.1", receiver.port))
            sender.write(some_events(100))
            sender.close()
            receiver.interrupt()
        status, said = receiver.finish()
    assert status == 130
    assert "19,100 events" in said
    assert "left out: 1 datagrams that never came, 1,000 events in them, 1 invalid datagrams" in said


def test_ctrl_c_while_nothing_has_come_ends_at_once() -> None:
    with receiving("output", "null") as receiver:
        receiver.interrupt()
        status, said = receiver.finish()
    assert status == 130
    assert "Traceback" not in said


def test_what_could_not_be_sent_is_said(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["input", "file", str(recording), "output", "udp", "127.0.0.1", "9"]) == 0
    assert "udp: 127.0.0.1:9, 20,000 events" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ([], ("127.0.0.1", 3333)),
        (["3334"], ("127.0.0.1", 3334)),
        (["10.0.0.7"], ("10.0.0.7", 3333)),
        (["[::1]", "0"], ("::1", 0)),
    ],
)
def test_an_address_a_port_or_both(words: list[str], place: tuple[str, int]) -> None:
    assert read_place(words) == place


def test_impossible_places_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="port is 'x'; it must be a number from 0 to 65535"):
        read_place(["10.0.0.7", "x"])
    with pytest.raises(InvalidArgumentError, match="'c' is one word too many"):
        read_place(["a", "1", "c"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["udp", "127.0.0.1", "99999"], "port is 99999; it must be 0 to 65535"),
        (["udp", "--width", "640"], "width is 640 and height is None"),
        (["sim", "output", "udp", "--rate", "0"], "'0' is not a rate in events per second"),
        (["sim", "output", "udp", "--timestamps"], "timestamps is True; framed datagrams always carry times"),
        (["sim", "output", "udp", "--events-per-datagram", "9000"], "it must be 1 to 8183, what a UDP datagram holds"),
    ],
)
def test_errors_name_what_is_allowed(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["input", *words]) != 0
    assert message in capsys.readouterr().err


def test_nothing_is_said_where_nothing_was_lost() -> None:
    assert describe_udp_losses({"datagrams": 5, "lost_events": 0}) == ""
    both = describe_udp_losses({"lost_datagrams": 1234, "reordered": 2})
    assert both == "left out: 1,234 datagrams that never came\nmet: 2 datagrams out of order"
