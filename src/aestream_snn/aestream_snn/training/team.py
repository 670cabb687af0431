"""Several processes that train one model together: each takes its share of the data, gradients are averaged."""

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, distributed

from aestream_core.errors import AestreamError, InvalidArgumentError

MEETING = "AESTREAM_TEAM"
"""Environment variable of a process that another one started: the file by which they find each other."""

READY = "ready"

PATIENCE_S = 10
"""Time in which a process that failed is at its end."""


@dataclass(frozen=True)
class Team:
    """The processes of a run, as one of them sees it.

    Attributes:
        rank: its number; 0 writes, prints and decides.
        size: how many there are.
        device: where it computes, and its messages lie.
    """

    rank: int = 0
    size: int = 1
    device: str = "cpu"

    def average(self, tensors: Iterable[Tensor | None]) -> None:
        """Replace tensors by their mean over all processes; all must give the same shapes in the same order."""
        if self.size == 1:
            return
        given = [tensor for tensor in tensors if tensor is not None]
        flat = torch.cat([tensor.flatten() for tensor in given])
        distributed.all_reduce(flat)
        flat /= self.size
        for tensor, mean in zip(given, torch.split(flat, [tensor.numel() for tensor in given]), strict=True):
            tensor.copy_(mean.view_as(tensor))

    def copy_first(self, tensors: Iterable[Tensor]) -> None:
        """Replace tensors by those of process 0."""
        if self.size > 1:
            for tensor in tensors:
                distributed.broadcast(tensor.data, 0)

    def total(self, numbers: Tensor) -> Tensor:
        """Give the sum of all processes' numbers, on the CPU."""
        total = numbers.to(self.device, copy=True)
        if self.size > 1:
            distributed.all_reduce(total)
        return total.cpu()

    def agree(self, decision: bool) -> bool:
        """Give what process 0 decides."""
        decided = torch.tensor(int(decision), device=self.device)
        if self.size > 1:
            distributed.broadcast(decided, 0)
        return bool(decided.item())


ALONE = Team()


def member_from_environment(device: str) -> Team:
    """Say which of how many this process is, by the names that torchrun uses; alone where they are not set."""
    return Team(int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")), device)


@contextmanager
def join_team(processes: int, command: Sequence[str], *, device: str) -> Iterator[Team]:
    """Train with others: those that torchrun started, or else `processes` - 1 that are started here.

    Args:
        processes: how many there shall be, where nobody has started any.
        command: module and words of the same run, for `python -m`; such a process calls this function in its turn.
        device: cpu (they talk by Gloo) or cuda (NCCL, a GPU for each).

    Raises:
        AestreamError: one of the processes that were started here has ended too early.
        InvalidArgumentError: there are fewer GPUs than processes.
    """
    team = member_from_environment(device)
    with ExitStack() as stack:
        if team.size > 1:
            stack.enter_context(_group(team, os.environ.get(MEETING, "env://")))
        elif processes > 1:
            _check_gpus(processes, device)
            team = Team(0, processes, device)
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="aestream-team-"))
            meeting = (Path(folder) / "meeting").as_uri()
            members = stack.enter_context(_others(team, command, meeting))
            with _telling_once(members):
                stack.enter_context(_group(team, meeting))
            stack.enter_context(_telling_once(members))
        yield team


def processes_for(asked: int, device: str) -> int:
    """Give how many processes are to train: as asked for, or where that is 0 two on a CPU and one on GPUs.

    Raises:
        InvalidArgumentError: several are to share one GPU.
    """
    if asked > 1 and ":" in device:
        given = f"processes is {asked} and device {device}"
        raise InvalidArgumentError(f"{given}; each needs a GPU of its own: device=cuda")
    return asked or (2 if device == "cpu" else 1)


def _check_gpus(processes: int, device: str) -> None:
    if device == "cuda" and processes > torch.cuda.device_count():
        there = torch.cuda.device_count()
        raise InvalidArgumentError(f"processes is {processes}; each needs a GPU of its own, and {there} are here")


@contextmanager
def _group(team: Team, meeting: str) -> Iterator[None]:
    if meeting != "env://":
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    if team.rank and meeting != "env://":
        sys.stdout.write(f"{READY}\n")
        sys.stdout.flush()
    if team.device == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    backend = "nccl" if team.device == "cuda" else "gloo"
    distributed.init_process_group(backend, init_method=meeting, rank=team.rank, world_size=team.size)
    try:
        yield
    finally:
        gc.collect()  # cycles of DistributedDataParallel hold the group, and its threads would outlive it
        distributed.destroy_process_group()


@contextmanager
def _others(team: Team, command: Sequence[str], meeting: str) -> "Iterator[list[subprocess.Popen[str]]]":
    members = [_start(team, rank, command, meeting) for rank in range(1, team.size)]
    try:
        for rank, member in enumerate(members, 1):
            assert member.stdout is not None
            if member.stdout.readline().strip() != READY:
                raise _ended(rank, member.wait(), team.size)
        yield members
    finally:
        for member in members:
            _end(member)


@contextmanager
def _telling_once(members: "Sequence[subprocess.Popen[str]]") -> Iterator[None]:
    """Say which process failed: one of the others, or else this one, and then they end before they miss it."""
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


def _start(team: Team, rank: int, command: Sequence[str], meeting: str) -> "subprocess.Popen[str]":
    named = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(team.size), MEETING: meeting}
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


def _ended(rank: int, status: int, size: int) -> AestreamError:
    return AestreamError(f"process {rank} of the {size} that train together has ended with status {status}")
