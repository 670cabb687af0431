"""From a file to frames: decoding and counting, by one thread after the other and by two beside each other."""

import time
from collections.abc import Iterable
from pathlib import Path

import torch

import aestream
from aestream_core import Events, SimConfig, open_file, open_simulator
from aestream_core.stages import buffered
from aestream_gpu import Surface, WindowAccumulator, make_surface
from bench.surfaces.packets import WINDOW_US
from bench.surfaces.peer_process import Peers

ENDINGS = ("dat", "raw", "aedat4")
SIZE = {"width": 1280, "height": 720}
CONFIG = SimConfig(**SIZE, rate_hz=20e6, duration_us=400_000)
PACKETS_AHEAD = 4
"""Few, so that what was decoded still lies in a cache."""


def rates(folder: Path, peers: Peers, device: torch.device, rounds: int) -> list[dict[str, object]]:
    """Give a row a format: Mev/s of wall time; one thread, decoding beside, decoding alone, AEStream 0.6, in turns."""
    rows = []
    for ending in ENDINGS:
        path = folder / f"events.{ending}"
        aestream.write(path, open_simulator(CONFIG))
        surface = make_surface("count", **SIZE, device=device)
        times: dict[str, list[float]] = {"one": [], "two": [], "decoding": [], "aestream 0.6": []}
        for _ in range(rounds + 1):
            events, seconds = timed(open_file(path), surface)
            times["one"].append(seconds)
            beside, seconds = timed(buffered(open_file(path), packets=PACKETS_AHEAD), surface)
            times["two"].append(seconds)
            start_s = time.perf_counter()
            decoded = sum(len(packet) for packet in open_file(path))
            times["decoding"].append(time.perf_counter() - start_s)
            if peers.has("aestream"):
                reply = peers.ask("aestream 0.6", str(path), 0, **SIZE)
                times["aestream 0.6"] += [reply["seconds"]] if "seconds" in reply else []
            assert events == beside == decoded, f"{ending}: {events}, {beside} and {decoded} events"
        row = {name: events / min(each[1:]) / 1e6 for name, each in times.items() if each[1:]}
        rows.append({"format": ending, "events": events, **row})
    return rows


def timed(stream: Iterable[Events], surface: Surface) -> tuple[int, float]:
    """Count a stream in windows; give the events in them, and the seconds."""
    start_s = time.perf_counter()
    surface.reset()
    windows = WindowAccumulator(surface, window_us=WINDOW_US)
    events = sum(used(windows, packet) for packet in stream) + sum(window.event_count for window in windows.flush())
    return events, time.perf_counter() - start_s


def used(windows: WindowAccumulator, packet: Events) -> int:
    """Add a packet; count the events of the windows that it finished, and give the windows back."""
    events = 0
    for window in windows.add(packet):
        events += window.event_count
        windows.recycle(window)
    return events
