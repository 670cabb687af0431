"""The packets of a case: simulated once a rate, kept in a file, cut as the driver cuts them."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from aestream_core.events import Events
from aestream_core.files import create_file, open_file
from aestream_core.simulator import SimConfig, open_simulator
from bench.files.processes import ROOT
from bench.transport.case import WARM_UP_S, Case

FOLDER = ROOT / "out" / "bench_transport"
WIDTH, HEIGHT, SCENE = 1280, 720, "bar"
SPAN_US = 50_000


@dataclass(frozen=True)
class Schedule:
    """What is sent when. Packets are sent in turn, round after round.

    Attributes:
        packets: different packets.
        due_ns: (N,) int64 when each of the N sends is due after the start: when its last event has happened.
        warm: sends that do not count.
    """

    packets: list[Events]
    due_ns: npt.NDArray[np.int64]
    warm: int

    def packet(self, seq: int) -> Events:
        """Give the packet of one send."""
        return self.packets[seq % len(self.packets)]

    def event_counts(self) -> npt.NDArray[np.int64]:
        """Count the events of every send, (N,)."""
        counts = np.array([len(packet) for packet in self.packets])
        return counts[np.arange(len(self.due_ns)) % len(counts)]


def recording(rate_hz: float) -> Path:
    """Give the file with events at a rate; simulate it where it is not there yet."""
    path = FOLDER / f"{SCENE}_{rate_hz:.0f}.npy"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        config = SimConfig(width=WIDTH, height=HEIGHT, scene=SCENE, rate_hz=rate_hz, duration_us=SPAN_US)
        with contextlib.closing(create_file(path, width=WIDTH, height=HEIGHT)) as file:
            for packet in open_simulator(config):
                file.write(packet)
    return path


def schedule(case: Case) -> Schedule:
    """Cut a recording into the case's packets, and say when each is due."""
    with open_file(
        recording(case.rate_hz),
        packet_us=case.packet_us,
        packet_events=case.packet_events,
        width=WIDTH,
        height=HEIGHT,
    ) as stream:
        packets = list(stream)
    ends_ns = np.array([packet.last_us + 1 for packet in packets]) * 1000
    rounds = int(np.ceil((WARM_UP_S + case.seconds) * 1e6 / SPAN_US))
    due_ns = (np.arange(rounds)[:, None] * SPAN_US * 1000 + ends_ns).ravel()
    return Schedule(packets, due_ns, int(np.searchsorted(due_ns, WARM_UP_S * 1e9)))
