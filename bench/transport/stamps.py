"""What publisher and subscriber write down: times on the clock that processes share, by the packet's number."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.transport.packets import Schedule

Clock = Callable[[], float]

LATE_SLEEP_NS = 60_000
"""A sleep ends that much late; what is nearer than that is due now."""


@dataclass
class Sent:
    """The publisher's side.

    Attributes:
        begin_ns: when each packet was ready as events (CLOCK_MONOTONIC).
        publish_ns: when each was handed to the transport, encoded where it has to be.
        nbytes: payload bytes of all packets.
        cpu_s: processor time while the packets that count were sent.
        dropped: packets that the transport refused.
    """

    begin_ns: list[int] = field(default_factory=list)
    publish_ns: list[int] = field(default_factory=list)
    nbytes: int = 0
    cpu_s: float = 0.0
    dropped: int = 0

    def save(self, path: Path) -> None:
        """Write to a file."""
        np.savez(
            path,
            begin_ns=self.begin_ns,
            publish_ns=self.publish_ns,
            nbytes=self.nbytes,
            cpu_s=self.cpu_s,
            dropped=self.dropped,
        )


class Received:
    """The subscriber's side: calls itself done after the last packet."""

    def __init__(self, schedule: Schedule, cpu_clock: Clock = time.process_time) -> None:
        """Prepare for the packets of a schedule."""
        self._last, self._warm = len(schedule.due_ns) - 1, schedule.warm
        self._clock = cpu_clock
        self._seq: list[int] = []
        self._arrived_ns: list[int] = []
        self._viewable_ns: list[int] = []
        self._events: list[int] = []
        self._cpu_from_s: float | None = None
        self._cpu_to_s = 0.0
        self.done = False

    def note(self, seq: int, arrived_ns: int, events: int) -> None:
        """Write down a packet whose events can be looked at now."""
        self._viewable_ns.append(time.monotonic_ns())
        self._seq.append(seq)
        self._arrived_ns.append(arrived_ns)
        self._events.append(events)
        if seq >= self._warm:
            self._cpu_to_s = self._clock()
            if self._cpu_from_s is None:
                self._cpu_from_s = self._cpu_to_s
        self.done = seq >= self._last

    def save(self, path: Path) -> None:
        """Write to a file."""
        np.savez(
            path,
            seq=self._seq,
            arrived_ns=self._arrived_ns,
            viewable_ns=self._viewable_ns,
            events=self._events,
            cpu_s=self._cpu_to_s - (self._cpu_from_s or 0.0),
        )


def send_all(schedule: Schedule, send: Callable[[int, Sent], int]) -> Sent:
    """Send every packet when it is due.

    Args:
        schedule: what is due when.
        send: encodes a packet where it has to be, appends to `publish_ns`, publishes; gives the payload's bytes.
    """
    sent = Sent()
    for seq in paced(schedule, sent):
        sent.nbytes += send(seq, sent)
    return sent


def paced(schedule: Schedule, sent: Sent, cpu_clock: Clock = time.process_time) -> Iterator[int]:
    """Give the number of every packet when it is due, and at once where that was earlier; keep time and account."""
    start_ns = time.monotonic_ns()
    for seq, due_ns in enumerate((schedule.due_ns + start_ns).tolist()):
        if seq == schedule.warm:
            sent.cpu_s = cpu_clock()
        wait_until(due_ns)
        sent.begin_ns.append(time.monotonic_ns())
        yield seq
    sent.cpu_s = cpu_clock() - sent.cpu_s


def wait_until(due_ns: int) -> None:
    """Sleep until a time of CLOCK_MONOTONIC, or a little less."""
    left_ns = due_ns - time.monotonic_ns()
    if left_ns > LATE_SLEEP_NS:
        time.sleep((left_ns - LATE_SLEEP_NS) / 1e9)
