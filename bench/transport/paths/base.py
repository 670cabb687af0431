"""What a path implements."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.transport.case import Case
from bench.transport.packets import Schedule
from bench.transport.stamps import Received, Sent

Publish = Callable[[Case, Schedule], Sent]
Receive = Callable[[Case, Schedule, Received], None]
Both = Callable[[Case, Schedule], tuple[Sent, Received]]


@dataclass(frozen=True)
class Path:
    """One way for packets to travel.

    Attributes:
        label: for people.
        publish: waits for a subscriber, sends a schedule.
        receive: notes every packet until the last or until the process is told to end.
        both: does both in one process; in place of `publish` and `receive`.
        latency: what the latency holds, from the publish call to events that can be looked at.
    """

    label: str
    latency: str
    publish: Publish | None = None
    receive: Receive | None = None
    both: Both | None = None
