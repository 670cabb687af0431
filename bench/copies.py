"""The experiment of AEStream's paper: frames on a device out of a paced stream, by four ways of copying, and by ours.

Pedersen and Conradt, AEStream: Accelerated event-based processing with coroutines, 2023: events are read by the loop
that makes frames (synchronous) or beside it (concurrent), and reach the device as dense frames or as events that a
kernel adds up there, copied from pageable memory 512 at a time. Ours reads beside, and copies each packet once, from
pinned memory. Where the paper runs a
spiking network on every frame, a small convolution stands here.

On a CPU there is no device to copy to: a copy in main memory stands for it, and of ours, which reads packets where they
are, what a GPU would get is counted.
"""

import argparse
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aestream_core import Events, SimConfig, open_simulator
from aestream_gpu import make_surface, resolve_device
from bench.surfaces.own import cells

WIDTH, HEIGHT = 346, 260
CELLS = 2 * WIDTH * HEIGHT
PAPER_EVENTS_A_COPY = 512


@dataclass
class Tally:
    """What a run did.

    Attributes:
        frames: frames that the network saw.
        events: events in them.
        copies: copies to the device.
        copied_bytes: bytes of them.
        copy_s: host time in them.
    """

    frames: int = 0
    events: int = 0
    copies: int = 0
    copied_bytes: int = 0
    copy_s: float = 0.0


class Device:
    """The device, what is copied to it, and the network on it."""

    def __init__(self, device: torch.device) -> None:
        """Make the network."""
        self.device = device
        self.tally = Tally()
        self._network = torch.nn.Conv2d(2, 4, 8, stride=8).to(device).requires_grad_(False)

    def copy(self, tensor: torch.Tensor) -> torch.Tensor:
        """Copy from main memory, and count it."""
        start_s = time.perf_counter()
        copied = tensor.clone() if self.device.type == "cpu" else tensor.to(self.device)
        self.synchronize()
        self.tally.copy_s += time.perf_counter() - start_s
        self.tally.copies += 1
        self.tally.copied_bytes += tensor.nbytes
        return copied

    def see(self, frame: torch.Tensor, events: int) -> None:
        """Run the network."""
        self._network(frame.reshape(1, 2, HEIGHT, WIDTH))
        self.synchronize()
        self.tally.frames += 1
        self.tally.events += events

    def synchronize(self) -> None:
        """Wait until the device is idle."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


Frame = Callable[[list[Events], Device], torch.Tensor]
"""Makes one frame on the device."""


def dense(packets: list[Events], device: Device) -> torch.Tensor:
    """Add up in main memory, copy the frame."""
    frame = np.zeros(CELLS, np.float32)
    for events in packets:
        np.add.at(frame, cells(events), np.float32(1))
    return device.copy(torch.from_numpy(frame))


def paper_kernel(packets: list[Events], device: Device) -> torch.Tensor:
    """Copy places, 512 at a time, add up on the device."""
    frame = torch.zeros(CELLS, device=device.device)
    for events in packets:
        places = torch.from_numpy(cells(events).astype(np.int32))
        for at in range(0, len(places), PAPER_EVENTS_A_COPY):
            part = device.copy(places[at : at + PAPER_EVENTS_A_COPY])
            frame.index_add_(0, part, torch.ones(len(part), device=device.device))
    return frame


class Own:
    """Our surface: a copy a packet on a GPU, none on a CPU."""

    def __init__(self, device: torch.device) -> None:
        """Make the surface."""
        self._surface = make_surface("count", width=WIDTH, height=HEIGHT, device=device)

    def __call__(self, packets: list[Events], device: Device) -> torch.Tensor:
        """Join what arrived, which is one packet where the reader keeps up, and add it."""
        events = Events.join(packets, width=WIDTH, height=HEIGHT)
        self._surface.begin(0, 1)
        start_s = time.perf_counter()
        self._surface.add(events)
        if device.device.type == "cuda":
            device.tally.copy_s += time.perf_counter() - start_s
        device.tally.copies += 1
        device.tally.copied_bytes += events.nbytes
        return self._surface.read()


def synchronous(stream: Iterator[Events]) -> Iterator[list[Events]]:
    """Read a packet when a frame is to be made."""
    for events in stream:
        yield [events]


def concurrent(stream: Iterator[Events]) -> Iterator[list[Events]]:
    """Read on a thread beside; a frame takes all that came since the last one."""
    arrived: deque[Events] = deque()
    something, ended = threading.Event(), threading.Event()

    def read() -> None:
        for events in stream:
            arrived.append(events)
            something.set()
        ended.set()
        something.set()

    threading.Thread(target=read, daemon=True).start()
    while not (ended.is_set() and not arrived):
        something.wait()
        something.clear()
        packets = [arrived.popleft() for _ in range(len(arrived))]
        if packets:
            yield packets
        if ended.is_set():
            something.set()


SETTINGS: dict[str, tuple[Callable[[Iterator[Events]], Iterator[list[Events]]], Callable[[torch.device], Frame]]] = {
    "synchronous, dense frames": (synchronous, lambda _: dense),
    "concurrent, dense frames": (concurrent, lambda _: dense),
    "synchronous, kernel": (synchronous, lambda _: paper_kernel),
    "concurrent, kernel": (concurrent, lambda _: paper_kernel),
    "ours": (concurrent, Own),
}


def run(name: str, device: torch.device, *, rate_hz: float, duration_s: float) -> tuple[Tally, float]:
    """Run one setting over the stream at the sensor's pace; give what it did and how long it took."""
    reading, make = SETTINGS[name]
    target, frame = Device(device), make(device)
    config = SimConfig(width=WIDTH, height=HEIGHT, rate_hz=rate_hz, duration_us=int(duration_s * 1e6), seed=1)
    expected = sum(len(events) for events in open_simulator(config, packet_us=1000))
    start_s = time.perf_counter()
    for packets in reading(open_simulator(config, packet_us=1000, speed=1.0)):
        target.see(frame(packets, target), sum(len(events) for events in packets))
    assert target.tally.events == expected, f"{name}: {target.tally.events} of {expected} events"
    return target.tally, time.perf_counter() - start_s


def check(device: torch.device) -> None:
    """See that every way makes the same frame."""
    packets = [next(open_simulator(SimConfig(width=WIDTH, height=HEIGHT), packet_events=5000))]
    frames = [make(device)(packets, Device(device)).reshape(-1).cpu() for _, make in SETTINGS.values()]
    assert all(torch.equal(frames[0], frame) for frame in frames)


def main(arguments: Sequence[str] = ()) -> None:
    """Run all settings, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench copies", description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--rate", type=float, default=5e6, help="events a second")
    parser.add_argument("--duration-s", type=float, default=5.0)
    options = parser.parse_args(list(arguments))
    torch.set_num_threads(1)
    device = resolve_device(options.device)
    check(device)
    print(
        f"\n{options.rate / 1e6:g} Mev/s for {options.duration_s:g} s, {WIDTH}x{HEIGHT}, packets of 1 ms, on {device}"
    )
    print("| Setting | Frames/s | Took, s | Copies a frame | Bytes an event | Time in copies |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name in SETTINGS:
        tally, took_s = run(name, device, rate_hz=options.rate, duration_s=options.duration_s)
        copies, size = tally.copies / tally.frames, tally.copied_bytes / tally.events
        share = f"{100 * tally.copy_s / took_s:.1f} %"
        print(f"| {name} | {tally.frames / took_s:.0f} | {took_s:.1f} | {copies:.1f} | {size:.1f} | {share} |")


if __name__ == "__main__":
    main()
