"""`aestream launch` of the pipelines with UDP in them, as a user types it: every event of a recording gets across."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from evt3_file import moving_dots, write_evt3

from aestream_core import Events, read_file
from aestream_core.net import UdpSender, UdpStream, open_udp

EVENTS = 100_000


@pytest.fixture
def receiver() -> Iterator[UdpStream]:
    with open_udp("127.0.0.1", 0, once=True, idle_timeout_s=40.0) as stream:
        yield stream


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_evt3(tmp_path / "dots.raw", moving_dots(EVENTS))


class Launched:
    """A launch that runs."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "aestream", "launch", *arguments]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ, start_new_session=True
        )
        self.output = ""

    def says(self, text: str) -> None:
        """Read on until it says something."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if text in line:
                return
        pytest.fail(f"ended without {text!r}: {self.output}")

    def ends(self, *, by: int = 0) -> str:
        """Wait for the end, sent for where `by` is a signal; give everything it said."""
        if by:
            os.killpg(self.process.pid, by)
        self.output += self.process.communicate(timeout=60)[0]
        assert self.process.returncode == 0, self.output
        assert "Traceback" not in self.output
        return self.output


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def joined(packets: list[Events]) -> np.ndarray:
    return np.concatenate([each.to_numpy() for each in packets])


def number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    assert found, text
    return int(found[1])


def test_a_recording_leaves_to_the_last_event_and_ends_the_launch(recording: Path, receiver: UdpStream) -> None:
    launched = Launched("camera_to_udp", "source:=file", f"path:={recording}", f"port:={receiver.port}")
    packets = list(receiver)
    assert number(r"sent (\d+) events in \d+ datagrams; 0 dropped", launched.ends()) == EVENTS
    assert np.array_equal(joined(packets), read_file(recording).to_numpy())


def test_what_another_machine_sends_is_accumulated_to_the_last_event() -> None:
    port = free_port()
    launched = Launched("udp_to_gpu", f"port:={port}", "once:=true")
    launched.says("[launch] loaded /remote/event_camera")
    with UdpSender("127.0.0.1", port) as sender:
        sender.write(moving_dots(EVENTS))
    output = launched.ends()
    assert number(r"accumulated (\d+) events in \d+ windows; 0 dropped, 0 outside", output) == EVENTS
    assert number(r"received (\d+) events in \d+ datagrams; lost 0 events in 0 datagrams, 0 outside", output) == EVENTS


def test_a_receiver_that_waits_for_the_next_sender_ends_with_ctrl_c() -> None:
    launched = Launched("udp_to_gpu", "port:=0")
    launched.says("[launch] loaded /remote/event_camera")
    assert "accumulated 0 events" in launched.ends(by=signal.SIGINT)


def test_filters_of_a_robot_are_before_tensors_and_datagrams_alike(recording: Path, receiver: UdpStream) -> None:
    arguments = ["source:=file", f"path:={recording}", f"port:={receiver.port}", "filters:=[polarity:on]"]
    launched = Launched("robot", *arguments)
    packets = list(receiver)
    kept = read_file(recording).select_polarity(True)
    output = launched.ends()
    assert 0 < len(kept) < EVENTS
    assert np.array_equal(joined(packets), kept.to_numpy())
    assert number(r"accumulated (\d+) events in \d+ windows; 0 dropped", output) == len(kept)


def test_a_robot_makes_tensors_sends_and_records_the_same_events(
    recording: Path, receiver: UdpStream, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.raw"
    arguments = ["source:=file", f"path:={recording}", f"port:={receiver.port}", f"record:={copy}"]
    launched = Launched("robot", *arguments)
    packets = list(receiver)
    output = launched.ends()
    assert number(r"accumulated (\d+) events in \d+ windows; 0 dropped", output) == EVENTS
    assert number(r"sent (\d+) events in \d+ datagrams; 0 dropped", output) == EVENTS
    assert np.array_equal(joined(packets), read_file(copy).to_numpy())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("camera_to_udp", "port:=70000"), "port is 70000; it must be 1 to 65535"),
        (("camera_to_udp", "protocol:=tcp"), "'protocol' is 'tcp', allowed: 'framed', 'spif'"),
        (("udp_to_gpu", "record:=x.raw"), "no datagram has said the sensor's size yet; give width and height"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(arguments: tuple[str, ...], message: str) -> None:
    command = [sys.executable, "-m", "aestream", "launch", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=60, check=False)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("aestream: error:")
    assert message in last
    assert "Traceback" not in done.stdout + done.stderr
