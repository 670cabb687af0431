"""What is measured: one case is one publisher and one subscriber."""

from dataclasses import dataclass

WARM_UP_S = 0.5
"""Packets of this long are sent before those that count."""


@dataclass(frozen=True)
class Case:
    """One publisher, one subscriber.

    Attributes:
        path: how packets travel, a row of `bench.transport.paths.table.PATHS`.
        rate_hz: events/s.
        packet_us: time that one packet spans at most.
        packet_events: events that one packet holds at most.
        reliability: of publisher and subscriber, where the path has it.
        executor: of the subscriber: `events` or `single`.
        profile: `shipped`, `default` (of Fast DDS) or the name of a file.
        malloc: whether large blocks stay on the heap, as `env.sh` sets it.
        depth: messages that DDS keeps for a subscriber.
        stall_ms: twice a second the callback of the subscriber does something else for that long.
        pause_ms: twice a second the subscriber's whole process stands still for that long, as on a busy machine.
        seconds: time that counts.
    """

    path: str
    rate_hz: float
    packet_us: int = 1000
    packet_events: int = 24_576
    reliability: str = "reliable"
    executor: str = "events"
    profile: str = "shipped"
    malloc: bool = True
    depth: int = 1000
    stall_ms: int = 0
    pause_ms: int = 0
    seconds: float = 2.0
