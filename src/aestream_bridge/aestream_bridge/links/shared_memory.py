"""Packets through shared memory of one machine: the transport of the nodes (ADR 10) as a link of its own."""

import math
import re
import time
from dataclasses import asdict

from aestream_bridge.links.arrivals import LinkCounters, events_inside
from aestream_bridge.links.link_stream import LinkStream
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.transports.base import EventReceiver, EventSender
from aestream_core.transports.iceoryx import IceoryxReceiver, IceoryxSender

PACKET_EVENTS = 16_384
"""Events of one packet; longer ones are cut, so that those that wait for a receiver take at most 32 MB."""

LINGER_S = 0.5
"""How long the end waits: a receiver finds what a sender left behind only if it looked once while that was there."""

_POLL_S = 0.02
_DEAD_S = 1.0
"""Silence after which a receiver looks whether its sender was killed."""

_NAME = re.compile(r"/?\w[\w.-]*(/\w[\w.-]*)*")


def topic_of(name: str) -> str:
    """Give the topic of a name: with a slash in front, as ROS writes it.

    Raises:
        InvalidArgumentError: the name is none.
    """
    if not _NAME.fullmatch(name) or len(name) > 128:
        raise InvalidArgumentError(
            f"name is {name!r}; it must be words of letters, digits, _, . and - with slashes between, such as camera "
            "or /event_camera/events"
        )
    return name if name.startswith("/") else f"/{name}"


class ShmSender:
    """Sends packets to every receiver of this machine; never waits for one.

    Attributes:
        packets: packets sent.
        events: events in them.
        unheard_events: events sent while nobody listened.
    """

    def __init__(self, name: str, *, receivers: int = 0) -> None:
        """Open the link; wait for that many receivers.

        Raises:
            AestreamError: the name is none, iceoryx2 is not installed, or it refuses.
        """
        self.packets = self.events = self.unheard_events = 0
        self._sender: EventSender | None = IceoryxSender(topic_of(name))
        while self._sender.subscribers < receivers:
            time.sleep(_POLL_S)

    def write(self, events: Events) -> None:
        """Copy a packet into shared memory, in several parts where it is long."""
        assert self._sender is not None
        rest = events
        while len(rest):
            part, rest = rest.split_after(PACKET_EVENTS)
            self.unheard_events += 0 if self._sender.subscribers else len(part)
            self._sender.send(part, time.time_ns())
            self.packets += 1
            self.events += len(part)

    def close(self) -> None:
        """Leave the link, which ends it for its receivers. Safe to call more than once."""
        if self._sender is not None:
            if self._sender.subscribers:
                time.sleep(LINGER_S)
            self._sender.close()
            self._sender = None


class ShmReceiver:
    """Takes packets of a sender, or of a DriverNode with `transport: iceoryx2`."""

    def __init__(self, name: str) -> None:
        """Open the link.

        Raises:
            AestreamError: the name is none, iceoryx2 is not installed, or it refuses.
        """
        self._receiver: EventReceiver = IceoryxReceiver(topic_of(name))
        self._counters = LinkCounters()
        self.size: tuple[int, int] | None = None
        self.ended = False
        self._look_at_s = time.monotonic() + _DEAD_S

    def take(self, timeout_s: float) -> list[Events]:
        """Give what has come, oldest first; waits for the first."""
        if time.monotonic() > self._look_at_s:
            self._look_at_s = time.monotonic() + _DEAD_S
            self._receiver.forget_dead()
        left = self._receiver.publishers == 0  # looked at first: what was sent before it left is still there
        arrived = [self._accepted(arrival.events) for arrival in self._receiver.take(timeout_s)]
        self.ended = left and not arrived and self._counters.packets > 0
        if arrived:
            self._look_at_s = time.monotonic() + _DEAD_S
        return [events for events in arrived if events is not None]

    def counters(self) -> dict[str, int]:
        """Count what came and what did not: the fields of `LinkCounters`."""
        self._counters.lost_packets, self._counters.lost_events = (
            self._receiver.lost_packets,
            self._receiver.lost_events,
        )
        return asdict(self._counters)

    def close(self) -> None:
        """Leave the link."""
        self.counters()
        self._receiver.close()

    def _accepted(self, events: Events) -> Events | None:
        size = (events.width, events.height)
        self.size = self.size or size
        if size != self.size:
            self._counters.refused_packets += 1
            return None
        inside = events_inside(events)
        self._counters.packets += 1
        self._counters.events += len(inside)
        self._counters.outside_sensor += len(events) - len(inside)
        return inside


def open_shm(name: str, *, idle_s: float = math.inf, wait_s: float = math.inf) -> LinkStream:
    """Open shared memory as a stream of packets, and wait for the first.

    Args:
        name: as the sender has it, or a ROS topic of a driver with `transport: iceoryx2`.
        idle_s: host time in s without a packet after which the stream ends.
        wait_s: longest wait for the first packet in s.

    Raises:
        AestreamError: the link cannot be opened, or nothing came in time.
    """
    return LinkStream(ShmReceiver(name), description=f"shared memory {name}", idle_s=idle_s, wait_s=wait_s)
