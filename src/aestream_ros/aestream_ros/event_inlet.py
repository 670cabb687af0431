"""Where events come into a node."""

from collections.abc import Callable
from typing import Any

from event_camera_msgs.msg import EventPacket
from rclpy.node import Node

from aestream_core.errors import AestreamError
from aestream_core.exchange import EXCHANGE, Envelope
from aestream_core.transports.base import Arrival
from aestream_core.transports.feed import Feed
from aestream_ros.conversions import EventPacketDecoder
from aestream_ros.inlet import Inlet
from aestream_ros.qos import event_qos
from aestream_ros.serialized import EventPacketReader


class EventInlet(Inlet):
    """Fills a queue with the packets of an event topic; the stamp of an envelope is its arrival in ns."""

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
        """Listen; see `Inlet`.

        Args:
            node: the node that listens.
            topic: topic, such as `~/events`.
            queue_limit_bytes: bytes of events that may wait.
            reliability: "reliable" or "best_effort", asked of publishers outside.
            transport: how events come from outside, "dds" or one of the table of transports.
            on_failure: told where events cannot be understood any more; called on any thread.
        """
        self._reliability = reliability
        self._reader = EventPacketReader()
        self._decoder = EventPacketDecoder()
        self._feed: Feed | None = None
        if transport != "dds":
            name = node.resolve_topic_name(topic)
            self._feed = Feed(transport, name, sink=self._on_arrival, on_failure=on_failure)
        super().__init__(node, topic, queue_limit_bytes=queue_limit_bytes, on_failure=on_failure)

    @property
    def messages(self) -> int:  # type: ignore[override]
        """Messages that came from outside and were understood."""
        return self._decoder.messages

    @property
    def lost_messages(self) -> int:  # type: ignore[override]
        """Messages that never came, or were not understood."""
        return self._decoder.lost_packets + self._decoder.refused_packets

    @property
    def invalid_events(self) -> int:  # type: ignore[override]
        """Events outside the sensor, left out."""
        return self._decoder.invalid_events

    @property
    def dropped_packets(self) -> int:
        """Packets lost: a full queue, messages that never came, places in shared memory written over."""
        return super().dropped_packets + (self._feed.lost[0] if self._feed else 0)

    @property
    def dropped_events(self) -> int:
        """Events lost, where they could be counted."""
        return super().dropped_events + (self._feed.lost[1] if self._feed else 0)

    def subscribe(self) -> Any:
        """Subscribe to the topic on DDS."""
        qos = event_qos(self._reliability)
        return self._node.create_subscription(EventPacket, self.topic, self._on_message, qos, raw=True)

    def listen_outside(self) -> None:
        """Listen to other processes, by the transport that was asked for."""
        if self._feed is None:
            super().listen_outside()
        else:
            self._feed.open()

    def leave_outside(self) -> None:
        """Listen to other processes no more."""
        if self._feed is not None:
            self._feed.close()
        super().leave_outside()

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
