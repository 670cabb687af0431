"""A container that is killed without a chance to clean up."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from books import Books

LAUNCH = [sys.executable, "-m", "aestream", "launch", "camera_to_gpu", "width:=64", "height:=48", "rate:=1e5"]
SHARED_MEMORY = Path("/dev/shm")


class Launched:
    """`aestream launch camera_to_gpu`, with what it has printed so far."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            LAUNCH, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ
        )
        self.seen = ""

    def read_until(self, text: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.seen += line
            if text in line:
                return
        raise AssertionError(f"{text!r} never came in:\n{self.seen}")

    @property
    def container_pid(self) -> int:
        found = re.search(r"started, pid (\d+)", self.seen)
        assert found, self.seen
        return int(found[1])

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        rest, _ = self.process.communicate(timeout=40)
        self.seen += rest
        return self.process.returncode


@pytest.fixture
def launches() -> Iterator[list[Launched]]:
    started: list[Launched] = []
    yield started
    for launched in started:
        launched.process.kill()
        launched.process.communicate(timeout=20)


def shared_memory() -> set[str]:
    return {path.name for path in SHARED_MEMORY.glob("fast*")}


def test_the_launch_ends_with_an_error_and_the_next_one_starts_over_what_was_left_behind(
    launches: list[Launched], books: Callable[..., Books]
) -> None:
    launches.append(first := Launched())
    first.read_until("loaded /event_camera")
    os.kill(first.container_pid, signal.SIGKILL)
    assert first.wait() == 1
    last = first.seen.strip().splitlines()[-1]
    assert last.startswith("aestream: error:")
    assert "SIGKILL" in last
    assert "Traceback" not in first.seen
    left = shared_memory()

    launches.append(second := Launched())
    second.read_until("loaded /event_camera")
    assert left <= shared_memory(), "what the killed container left is still there, and does no harm"
    books("accumulator").wait_for("accumulator", lambda status: status.events > 0, what="events in the next launch")
    assert second.end(signal.SIGINT) == 0, second.seen
    assert re.search(r"accumulated [1-9]\d* events", second.seen), second.seen
