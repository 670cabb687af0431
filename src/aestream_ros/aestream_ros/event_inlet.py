"""Where events come into a node: by reference from a publisher in this process, from outside where there is none."""

import threading
from collections.abc import Callable
from typing import Any

from event_camera_msgs.msg import EventPacket
from rclpy.node import Node

from aestream_core.errors import AestreamError
from aestream_core.exchange import EXCHANGE, Envelope, Subscription
from aestream_core.transports.base import Arrival
from aestream_core.transports.feed import Feed
from aestream_ros.conversions import EventPacketDecoder
from aestream_ros.qos import event_qos
from aestream_ros.serialized import EventPacketReader


class EventInlet:
    """Fills a queue with the packets of an event topic, as envelopes whose stamp is their arrival in ns.

    Attributes:
        topic: the resolved topic.
        queue: where packets wait; bounded in bytes, counts what it drops.
    """

    def __init__(
        self,
        node: Node,
        topic: str,
        *,
        queue_limit_bytes: int,
        reliability: str,
        transport: str,
        on_failure: Callable[[str], None],
    ) -> None:
        """Listen. Make and close it on the thread of the node's executor.

        Args:
            node: the node that listens.
            topic: topic, such as `~/events`.
            queue_limit_bytes: bytes of events that may wait.
            reliability: "reliable" or "best_effort", asked of publishers outside.
            transport: how events come from outside, "dds" or one of the table of transports.
            on_failure: told where events cannot be understood any more; called on any thread.
        """
        self.topic = node.resolve_topic_name(topic)
        self._node = node
        self._reliability = reliability
        self._on_failure = on_failure
        self._ros_thread = threading.get_ident()
        self._dds: Any = None
        self._reader = EventPacketReader()
        self._decoder = EventPacketDecoder()
        self._feed: Feed | None = None
        if transport != "dds":
            self._feed = Feed(transport, self.topic, sink=self._on_arrival, on_failure=on_failure)
        self.queue: Subscription = EXCHANGE.subscribe(
            self.topic, limit_bytes=queue_limit_bytes, on_publishers_changed=self._publishers_changed
        )
        self._choose()

    def close(self) -> None:
        """Listen no more; what waits stays in the queue."""
        EXCHANGE.unsubscribe(self.topic, self.queue, on_publishers_changed=self._publishers_changed, close=False)
        self._leave_outside()

    @property
    def matched_publishers(self) -> int | None:
        """Publishers that DDS has matched it with; None while it does not listen there."""
        return None if self._dds is None else int(self._dds.handle.get_publisher_count())

    @property
    def messages(self) -> int:
        """Messages that came from outside and were understood."""
        return self._decoder.messages

    @property
    def lost_messages(self) -> int:
        """Messages that never came, or were not understood."""
        return self._decoder.lost_packets + self._decoder.refused_packets

    @property
    def dropped_packets(self) -> int:
        """Packets lost: a full queue, messages that never came, places in shared memory written over."""
        return self.queue.dropped_packets + self.lost_messages + (self._feed.lost[0] if self._feed else 0)

    @property
    def dropped_events(self) -> int:
        """Events lost, where they could be counted."""
        return self.queue.dropped_events + (self._feed.lost[1] if self._feed else 0)

    @property
    def invalid_events(self) -> int:
        """Events outside the sensor, left out."""
        return self._decoder.invalid_events

    def _publishers_changed(self) -> None:
        executor = self._node.executor
        if executor is None or threading.get_ident() == self._ros_thread:
            self._choose()
        else:
            executor.create_task(self._choose)

    def _choose(self) -> None:
        """Listen to other processes only while nobody in this one publishes the topic."""
        if EXCHANGE.has_publisher(self.topic):
            self._leave_outside()
        elif self.queue.closed:
            return
        elif self._feed is not None:
            self._feed.open()
        elif self._dds is None:
            qos = event_qos(self._reliability)
            self._dds = self._node.create_subscription(EventPacket, self.topic, self._on_message, qos, raw=True)

    def _leave_outside(self) -> None:
        if self._feed is not None:
            self._feed.close()
        if self._dds is not None:
            self._node.destroy_subscription(self._dds)
            self._dds = None

    def _on_message(self, data: bytes) -> None:
        if EXCHANGE.has_publisher(self.topic):
            return
        try:
            message = self._reader.read(data)
            packets = self._decoder.decode(message)
        except AestreamError as error:
            self._on_failure(str(error))
            return
        for events in packets:
            self.queue.offer(Envelope(events, message.stamp_ns, len(events)))

    def _on_arrival(self, arrival: Arrival) -> None:
        self.queue.offer(Envelope(arrival.events, arrival.stamp_ns, len(arrival.events)))
