"""The in-process exchange: payloads handed from node to node by reference.

Nodes that share a process meet here by topic name. A payload (events, a tensor) is never copied or serialised: the
subscriber gets the very object that the publisher put in. Every subscription has a queue that is bounded in bytes; what
does not fit is dropped and counted, or holds the publisher back, as the publisher asks.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aestream_core.errors import InvalidArgumentError


class Payload(Protocol):
    """What can be handed over: anything that knows its size in bytes."""

    @property
    def nbytes(self) -> int:
        """Bytes that waiting for the subscriber keeps alive."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One payload on its way.

    Attributes:
        payload: the object itself, or None for the end of the stream.
        stamp_ns: host time (ROS clock) of the payload, as its message's `header.stamp` would have it.
        events: number of events in it, to count what is lost.
    """

    payload: Payload | None
    stamp_ns: int
    events: int = 0

    @property
    def nbytes(self) -> int:
        """Bytes that this envelope keeps alive."""
        return 0 if self.payload is None else self.payload.nbytes


class Subscription:
    """A queue of envelopes, bounded in bytes. One thread takes, any thread offers."""

    def __init__(self, limit_bytes: int) -> None:
        """Bound the queue. One envelope larger than the bound is still accepted into an empty queue."""
        if limit_bytes < 1:
            raise InvalidArgumentError(f"limit_bytes is {limit_bytes}; it must be 1 or more")
        self.limit_bytes = limit_bytes
        self.dropped_packets = 0
        self.dropped_events = 0
        self.queued_bytes = 0
        self._queue: deque[Envelope] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def offer(self, envelope: Envelope, *, wait: bool = False) -> bool:
        """Append an envelope; where it does not fit, wait for room or drop and count it. False where it was dropped."""
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._closed or self._fits(envelope))
            if self._closed or not self._fits(envelope):
                self._count_dropped(envelope)
                return False
            self._queue.append(envelope)
            self.queued_bytes += envelope.nbytes
            self._changed.notify_all()
            return True

    def take(self, timeout_s: float) -> Envelope | None:
        """Take the oldest envelope; None where none came in time or the subscription was closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._queue), timeout_s)
            if not self._queue:
                return None
            envelope = self._queue.popleft()
            self.queued_bytes -= envelope.nbytes
            self._changed.notify_all()
            return envelope

    def close(self) -> None:
        """Empty the queue, counting what was in it as dropped, and release whoever waits on it."""
        with self._changed:
            self._closed = True
            for envelope in self._queue:
                self._count_dropped(envelope)
            self._queue.clear()
            self.queued_bytes = 0
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def _count_dropped(self, envelope: Envelope) -> None:
        if envelope.payload is not None:
            self.dropped_packets += 1
            self.dropped_events += envelope.events

    def _fits(self, envelope: Envelope) -> bool:
        return not self._queue or self.queued_bytes + envelope.nbytes <= self.limit_bytes


class _Topic:
    """Who meets under one name."""

    def __init__(self) -> None:
        self.publishers = 0
        self.subscriptions: tuple[Subscription, ...] = ()
        self.watchers: list[Callable[[], None]] = []


class Exchange:
    """Topics of one process. Use `EXCHANGE`, the one that all nodes of a process share."""

    def __init__(self) -> None:
        """Start with no topics."""
        self._lock = threading.Lock()
        self._topics: dict[str, _Topic] = {}

    def advertise(self, topic: str) -> "Publication":
        """Announce a publisher; subscribers are told through their `on_publishers_changed`."""
        with self._lock:
            entry = self._topics.setdefault(topic, _Topic())
            entry.publishers += 1
        self._tell(entry)
        return Publication(self, topic, entry)

    def subscribe(
        self, topic: str, *, limit_bytes: int, on_publishers_changed: Callable[[], None] | None = None
    ) -> Subscription:
        """Join a topic with a queue of `limit_bytes`; the callback runs whenever a publisher comes or goes."""
        subscription = Subscription(limit_bytes)
        with self._lock:
            entry = self._topics.setdefault(topic, _Topic())
            entry.subscriptions = (*entry.subscriptions, subscription)
            if on_publishers_changed:
                entry.watchers.append(on_publishers_changed)
        return subscription

    def unsubscribe(
        self,
        topic: str,
        subscription: Subscription,
        *,
        on_publishers_changed: Callable[[], None] | None = None,
        close: bool = True,
    ) -> None:
        """Leave a topic and close the queue, unless what is in it is still wanted."""
        with self._lock:
            entry = self._topics[topic]
            entry.subscriptions = tuple(each for each in entry.subscriptions if each is not subscription)
            if on_publishers_changed in entry.watchers:
                entry.watchers.remove(on_publishers_changed)  # type: ignore[arg-type]
        if close:
            subscription.close()

    def has_publisher(self, topic: str) -> bool:
        """Say whether somebody in this process publishes the topic."""
        with self._lock:
            return topic in self._topics and self._topics[topic].publishers > 0

    def _retire(self, entry: _Topic) -> None:
        with self._lock:
            entry.publishers -= 1
        self._tell(entry)

    def _tell(self, entry: _Topic) -> None:
        for watcher in list(entry.watchers):
            watcher()


class Publication:
    """A publisher's end of a topic."""

    def __init__(self, exchange: Exchange, topic: str, entry: _Topic) -> None:
        """Called by `Exchange.advertise`."""
        self._exchange = exchange
        self._entry = entry
        self._closed = False
        self.topic = topic

    @property
    def subscribers(self) -> int:
        """Count the subscriptions in this process."""
        return len(self._entry.subscriptions)

    def put(self, envelope: Envelope, *, wait: bool = False) -> int:
        """Hand an envelope to every subscription by reference; give the number that dropped it."""
        return sum(not subscription.offer(envelope, wait=wait) for subscription in self._entry.subscriptions)

    def end(self, stamp_ns: int) -> None:
        """Tell every subscription that nothing more comes for now."""
        self.put(Envelope(None, stamp_ns), wait=True)

    def close(self) -> None:
        """Leave the topic. Safe to call more than once."""
        if not self._closed:
            self._closed = True
            self._exchange._retire(self._entry)


EXCHANGE = Exchange()
"""The exchange of this process."""
