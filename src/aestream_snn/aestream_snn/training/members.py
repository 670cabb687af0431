"""The other processes of a run, which this one starts, watches and ends."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from torch import distributed

from aestream_core.errors import AestreamError

MEETING = "AESTREAM_TEAM"
"""Environment variable of a process that another one started: the file by which they find each other."""

READY = "ready"
"""What such a process says when it waits for the others."""

PATIENCE_S = 10
"""Time in which a process that failed is at its end."""


@contextmanager
def started(count: int, command: Sequence[str], meeting: str) -> "Iterator[list[subprocess.Popen[str]]]":
    """Start processes that meet at a file, wait until they are ready, and end them.

    Args:
        count: how many train together, this one among them.
        command: module and words, for `python -m`.
        meeting: where they find each other, as a URI.

    Raises:
        AestreamError: one has ended too early.
    """
    members = [_start(rank, count, command, meeting) for rank in range(1, count)]
    try:
        for rank, member in enumerate(members, 1):
            assert member.stdout is not None
            if member.stdout.readline().strip() != READY:
                raise _ended(rank, member.wait(), count)
        yield members
    finally:
        for member in members:
            _end(member)


@contextmanager
def telling_once(members: "Sequence[subprocess.Popen[str]]") -> Iterator[None]:
    """Say which process failed: one of the others, or else this one; then they end before they miss it."""
    try:
        yield
    except BaseException as error:
        if _is_broken_line(error) and (failed := _first_failed(members)):
            raise _ended(*failed, len(members) + 1) from error
        for member in members:
            member.kill()
        raise


def _is_broken_line(error: BaseException) -> bool:
    """Say whether an error is of the line between processes. Gloo's are plain RuntimeErrors that name its sources."""
    return isinstance(error, distributed.DistError) or (isinstance(error, RuntimeError) and "gloo" in str(error))


def _first_failed(members: "Sequence[subprocess.Popen[str]]") -> tuple[int, int] | None:
    """Give rank and status of the first to end in failure; a process ends some time after its connections."""
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        for rank, member in enumerate(members, 1):
            if status := member.poll():
                return rank, status
        time.sleep(0.02)
    return None


def _start(rank: int, count: int, command: Sequence[str], meeting: str) -> "subprocess.Popen[str]":
    named = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(count), MEETING: meeting}
    words = [sys.executable, "-m", *command]
    # In a group of its own: an interrupt from the keyboard reaches process 0 alone.
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, **named}, process_group=0)


def _end(member: "subprocess.Popen[str]") -> None:
    """Wait for a process that is at its end, and kill one that is not."""
    try:
        member.wait(timeout=10 if sys.exception() is None else 0.1)
    except subprocess.TimeoutExpired:
        member.kill()
        member.wait()
    if member.stdout is not None:
        member.stdout.close()


def _ended(rank: int, status: int, count: int) -> AestreamError:
    return AestreamError(f"process {rank} of the {count} that train together has ended with status {status}")
