"""What a transport beside DDS implements: packets of events to other processes of the same machine."""

from dataclasses import dataclass
from typing import Protocol

from aestream_core.events import Events


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came through a transport.

    Attributes:
        events: the packet; its memory is this process's own.
        stamp_ns: host time in ns since the epoch at which the publisher got it.
    """

    events: Events
    stamp_ns: int


class EventSender(Protocol):
    """A publisher's end of a topic. One thread sends."""

    @property
    def subscribers(self) -> int:
        """Count those who listen now."""

    def send(self, events: Events, stamp_ns: int) -> None:
        """Hand a packet to every subscriber; never waits. Raises `AestreamError` where the transport fails."""

    def close(self) -> None:
        """Leave the topic."""


class EventReceiver(Protocol):
    """A subscriber's end of a topic. One thread takes.

    Attributes:
        lost_packets: packets that were sent while this end listened and never came.
        lost_events: events in them.
    """

    lost_packets: int
    lost_events: int

    @property
    def publishers(self) -> int:
        """Count those who may send now."""

    def forget_dead(self) -> None:
        """Count publishers out whose processes were killed."""

    def take(self, timeout_s: float) -> list[Arrival]:
        """Give what has come, oldest first; waits for the first. Raises `AestreamError` where the transport fails."""

    def close(self) -> None:
        """Leave the topic."""
