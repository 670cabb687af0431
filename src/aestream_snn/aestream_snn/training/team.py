"""Several processes that train one model together: each takes its share of the data, gradients are averaged."""

import gc
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, distributed

from aestream_core.errors import InvalidArgumentError
from aestream_snn.training.members import MEETING, READY, started, telling_once


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
            members = stack.enter_context(started(processes, command, meeting))
            with telling_once(members):
                stack.enter_context(_group(team, meeting))
            stack.enter_context(telling_once(members))
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
