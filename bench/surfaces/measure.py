"""Rates of every method, each checked first; methods take turns."""

import time
from pathlib import Path
from typing import Any

import torch

from aestream_core import Events
from aestream_gpu import SURFACES, make_surface
from aestream_gpu.surfaces.count import count_ref
from bench.surfaces.own import Frame, methods, surface_frame
from bench.surfaces.packets import WINDOW_US, Group
from bench.surfaces.peer_process import Peers

Row = dict[str, Any]

SURFACE_PEERS = ("tonic ToTimesurface", "tonic ToVoxelGrid")
"""Methods of other libraries that make something else than counts."""

REMEMBERING = ("time_surface", "leaky", "tore")
"""Surfaces that read what they remember to make a tensor."""

TURN_S = 0.03
"""Time of a method's turn, at least."""


def now_s(device: torch.device) -> float:
    """Give processor time of this thread, for other work goes on beside it; on a GPU wall time, when it is idle."""
    if device.type == "cpu":
        return time.thread_time()
    torch.cuda.synchronize(device)
    return time.perf_counter()


def measure(group: Group, peers: Peers, *, device: torch.device, rounds: int, path: Path) -> Row:
    """Give the rate of every method in Mev/s, and why others have none."""
    packets = group.save(path)
    own = methods(group.width, group.height, device)
    check(own, packets[-1], group)
    seconds: dict[str, list[float]] = {}
    skipped: dict[str, str] = {}
    for turn in range(rounds + 1):
        for name, run in own.items():
            keep(seconds, name, once(run, packets, device), turn)
        for name in peers.versions:
            if name not in skipped and name not in SURFACE_PEERS:
                peer_turn(peers, name, path, group, packets[-1], seconds, skipped, turn)
    events = group.size * group.count
    rates = {name: events / min(times) / 1e6 for name, times in seconds.items()}
    return {**vars(group), "rates": rates, "skipped": skipped}


def check(own: dict[str, Frame], events: Events, group: Group) -> None:
    """See that every method of this process makes the frame of the reference."""
    expected = count_ref(events, width=group.width, height=group.height)
    for name, run in own.items():
        if name == "count":
            surface = make_surface("count", width=group.width, height=group.height, device=torch.device("cpu"))
            surface.begin(0, WINDOW_US)
            surface.add(events)
            assert torch.equal(surface.read(), expected), name
        got = run(events)
        if "bincount" in name:
            assert torch.equal(torch.as_tensor(got).reshape(expected.shape).cpu(), expected), name


def once(run: Frame, packets: list[Events], device: torch.device) -> float:
    """Run over all packets again and again for `TURN_S`, after a packet that is not timed; give the time of one pass.

    As in a stream, a method's frame lies in the caches that it fits into: others had them before its turn began.
    """
    run(packets[0])
    passes, start_s = 0, now_s(device)
    while (took_s := now_s(device) - start_s) < TURN_S:
        passes += 1
        for events in packets:
            run(events)
    return took_s / passes


def keep(seconds: dict[str, list[float]], name: str, value: float, turn: int) -> None:
    """Keep a time, but that of the round that warms up."""
    if turn:
        seconds.setdefault(name, []).append(value)


def peer_turn(
    peers: Peers,
    name: str,
    path: Path,
    group: Group,
    last: Events,
    seconds: dict[str, list[float]],
    skipped: dict[str, str],
    turn: int,
) -> None:
    """Let another library do its round; what it makes must add up to the events of the last packet."""
    reply = peers.ask(name, str(path), TURN_S)
    if "skipped" in reply:
        skipped[name] = reply["skipped"]
        return
    # tonic leaves out the events of a window's last instant.
    lost = abs(reply["sum"] - len(last))
    if name.startswith(("numba", "tonic ToFrame")) and lost > (0.01 * len(last) if "tonic" in name else 0):
        skipped[name] = f"its frame holds {reply['sum']:g} events of {len(last)}"
        return
    keep(seconds, name, reply["seconds"], turn)


def surfaces(group: Group, peers: Peers, *, device: torch.device, rounds: int, path: Path, gb_s: float) -> Row:
    """Give the rate of every surface, from a window's begin to its tensor, and its share of what memory allows."""
    packets = group.save(path)
    made = {name: make_surface(name, width=group.width, height=group.height, device=device) for name in SURFACES}
    runs = {name: surface_frame(surface) for name, surface in made.items()}
    seconds: dict[str, list[float]] = {}
    skipped: dict[str, str] = {}
    for turn in range(rounds + 1):
        for name, run in runs.items():
            keep(seconds, name, once(run, packets, device), turn)
        for name in SURFACE_PEERS:
            if name in peers.versions and name not in skipped:
                peer_turn(peers, name, path, group, packets[-1], seconds, skipped, turn)
    events = group.size * group.count
    rates = {name: events / min(times) / 1e6 for name, times in seconds.items()}
    shares = {
        name: rates[name] / rate_mev_s(group, len(surface.channels) * (1 + (name in REMEMBERING)), gb_s)
        for name, surface in made.items()
    }
    return {**vars(group), "rates": rates, "shares": shares, "skipped": skipped}


def bandwidth_gb_s(device: torch.device) -> float:
    """Measure what a large copy moves, reads and writes together, in GB/s."""
    source = torch.ones(64_000_000, device=device)
    target = torch.empty_like(source)
    times = []
    for _ in range(5):
        start_s = now_s(device)
        target.copy_(source)
        times.append(now_s(device) - start_s)
    return 2 * source.nbytes / min(times) / 1e9


def floor_mev_s(group: Group, gb_s: float) -> float:
    """Give the rate at which memory alone would move a packet and its frame: records read, cells written once."""
    return rate_mev_s(group, 2, gb_s)


def rate_mev_s(group: Group, planes: int, gb_s: float) -> float:
    """Give the rate at which memory moves a packet and so many planes of 4 bytes a pixel."""
    moved = 8 * group.size + 4 * planes * group.width * group.height
    return group.size / (moved / (gb_s * 1e9)) / 1e6
