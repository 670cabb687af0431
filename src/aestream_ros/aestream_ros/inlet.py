"""Where data comes into a node: by reference from a publisher in this process, from outside where there is none."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from rclpy.node import Node

from aestream_core.exchange import EXCHANGE, Subscription


class Inlet(ABC):
    """Fills a queue from a topic, as envelopes.

    Attributes:
        topic: the resolved topic.
        queue: where payloads wait; bounded in bytes, counts what it drops.
        messages: messages that came from outside and were understood.
        lost_messages: messages that never came from outside, or were not understood.
        invalid_events: events outside the sensor, left out here.
    """

    messages: int
    lost_messages: int
    invalid_events: int

    def __init__(self, node: Node, topic: str, *, queue_limit_bytes: int, on_failure: Callable[[str], None]) -> None:
        """Listen. Make and close it on the thread of the node's executor.

        Args:
            node: the node that listens.
            topic: topic, such as `~/events`.
            queue_limit_bytes: bytes that may wait.
            on_failure: told where what comes cannot be understood any more; called on any thread.
        """
        self.topic = node.resolve_topic_name(topic)
        self._node = node
        self._on_failure = on_failure
        self._ros_thread = threading.get_ident()
        self._dds: Any = None
        self.queue: Subscription = EXCHANGE.subscribe(
            self.topic, limit_bytes=queue_limit_bytes, on_publishers_changed=self._publishers_changed
        )
        self._choose()

    def close(self) -> None:
        """Listen no more; what waits stays in the queue."""
        EXCHANGE.unsubscribe(self.topic, self.queue, on_publishers_changed=self._publishers_changed, close=False)
        self.leave_outside()

    @property
    def has_publishers(self) -> bool:
        """Whether anybody publishes the topic, in this process or outside."""
        return EXCHANGE.has_publisher(self.topic) or self._node.count_publishers(self.topic) > 0

    @property
    def matched_publishers(self) -> int | None:
        """Publishers that DDS has matched it with; None while it does not listen there."""
        return None if self._dds is None else int(self._dds.handle.get_publisher_count())

    @property
    def dropped_packets(self) -> int:
        """Payloads lost: a full queue, messages that never came."""
        return self.queue.dropped_packets + self.lost_messages

    @property
    def dropped_events(self) -> int:
        """Events lost, where they could be counted."""
        return self.queue.dropped_events

    @abstractmethod
    def subscribe(self) -> Any:
        """Subscribe to the topic on DDS."""

    def listen_outside(self) -> None:
        """Listen to other processes, where it does not yet."""
        if self._dds is None:
            self._dds = self.subscribe()

    def leave_outside(self) -> None:
        """Listen to other processes no more."""
        if self._dds is not None:
            self._node.destroy_subscription(self._dds)
            self._dds = None

    def _publishers_changed(self) -> None:
        executor = self._node.executor
        if executor is None or threading.get_ident() == self._ros_thread:
            self._choose()
        else:
            executor.create_task(self._choose)

    def _choose(self) -> None:
        """Listen to other processes only while nobody in this one publishes the topic."""
        if EXCHANGE.has_publisher(self.topic):
            self.leave_outside()
        elif not self.queue.closed:
            self.listen_outside()
