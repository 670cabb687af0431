"""Waiting for descriptors: for data, for room, until a deadline, until somebody stops it."""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aestream_core import AestreamError, _core


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read_end, write_end = os.pipe()
    yield read_end, write_end
    os.close(read_end)
    os.close(write_end)


def test_data_makes_a_descriptor_ready_until_it_is_read(pipe: tuple[int, int]) -> None:
    readiness = _core.Readiness()
    readiness.watch(pipe[0])
    assert readiness.wait(0.0) == "deadline"
    os.write(pipe[1], b"x")
    assert readiness.wait() == "ready"
    assert readiness.is_ready(pipe[0])
    os.read(pipe[0], 1)
    assert readiness.wait(0.001) == "deadline"
    assert not readiness.is_ready(pipe[0])


def test_the_one_of_several_that_is_ready_is_known(pipe: tuple[int, int]) -> None:
    other_read, other_write = os.pipe()
    readiness = _core.Readiness()
    readiness.watch(pipe[0])
    readiness.watch(other_read)
    os.write(other_write, b"x")
    assert readiness.wait() == "ready"
    assert (readiness.is_ready(pipe[0]), readiness.is_ready(other_read)) == (False, True)
    os.close(other_read)
    os.close(other_write)


def test_room_makes_a_full_pipe_ready_for_writing(pipe: tuple[int, int]) -> None:
    os.set_blocking(pipe[1], False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(pipe[1], bytes(65536))
    readiness = _core.Readiness()
    readiness.watch(pipe[1], writable=True)
    assert readiness.wait(0.0) == "deadline"
    threading.Timer(0.02, lambda: os.read(pipe[0], 1 << 20)).start()
    assert readiness.wait() == "ready"


def test_the_other_end_closing_ends_a_wait() -> None:
    read_end, write_end = os.pipe()
    readiness = _core.Readiness()
    readiness.watch(read_end)
    os.close(write_end)
    assert readiness.wait() == "ready"
    os.close(read_end)


def test_a_regular_file_is_always_ready(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        readiness = _core.Readiness()
        readiness.watch(file.fileno())
        assert readiness.wait() == "ready"
        assert readiness.is_ready(file.fileno())


def test_a_closed_descriptor_is_refused_by_number() -> None:
    with pytest.raises(AestreamError, match="cannot wait for descriptor -1: Bad file descriptor"):
        _core.Readiness().watch(-1)


def test_stopping_from_another_thread_ends_a_wait_without_end_and_every_later_one(pipe: tuple[int, int]) -> None:
    readiness = _core.Readiness()
    readiness.watch(pipe[0])
    os.write(pipe[1], b"x")
    threading.Timer(0.02, readiness.stop).start()
    while readiness.wait() != "stopped":
        pass
    assert readiness.wait(10.0) == "stopped"


def test_a_deadline_does_not_outlive_its_wait(pipe: tuple[int, int]) -> None:
    readiness = _core.Readiness()
    readiness.watch(pipe[0])
    assert readiness.wait(0.001) == "deadline"
    threading.Timer(0.02, os.write, (pipe[1], b"x")).start()
    assert readiness.wait() == "ready"


def test_waiting_costs_no_processor_time(pipe: tuple[int, int]) -> None:
    readiness = _core.Readiness()
    readiness.watch(pipe[0])
    before = resource.getrusage(resource.RUSAGE_THREAD)
    assert readiness.wait(0.3) == "deadline"
    after = resource.getrusage(resource.RUSAGE_THREAD)
    assert after.ru_utime - before.ru_utime < 0.1
    assert after.ru_nvcsw - before.ru_nvcsw < 100, "sleeps once, not over and over"


def test_ctrl_c_ends_a_wait_with_keyboard_interrupt() -> None:
    code = (
        "import signal; from aestream_core import _core; print('waiting', flush=True);"
        "signal.signal(signal.SIGINT, signal.default_int_handler); _core.Readiness().wait()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    # The signal may come before the wait begins: Python then raises by itself.
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert errors.endswith("KeyboardInterrupt\n")
