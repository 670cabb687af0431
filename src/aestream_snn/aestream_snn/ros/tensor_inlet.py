"""Where tensors come into a node: by reference from a publisher in this process, from outside where there is none."""

import threading
from collections.abc import Callable
from typing import Any

from aestream_msgs.msg import Tensor
from rclpy.node import Node

from aestream_core.errors import AestreamError
from aestream_core.exchange import EXCHANGE, Envelope, Subscription
from aestream_ros.conversions import stamp_ns
from aestream_ros.qos import product_qos
from aestream_snn.ros.conversions import window_of


class TensorInlet:
    """Fills a queue with the windows of a tensor topic. Those of this process stay on the device where they are.

    Attributes:
        topic: the resolved topic.
        queue: where windows wait; bounded in bytes, counts what it drops.
        messages: tensors that came from outside and were understood.
        lost_messages: tensors that never came from outside.
    """

    def __init__(
        self,
        node: Node,
        topic: str,
        *,
        queue_limit_bytes: int,
        reliability: str,
        on_failure: Callable[[str], None],
    ) -> None:
        """Listen. Make and close it on the thread of the node's executor.

        Args:
            node: the node that listens.
            topic: topic, such as `~/tensor`.
            queue_limit_bytes: bytes of tensors that may wait.
            reliability: "reliable" or "best_effort", asked of publishers outside.
            on_failure: told where tensors cannot be understood any more.
        """
        self.topic = node.resolve_topic_name(topic)
        self.messages = self.lost_messages = 0
        self._node, self._reliability, self._on_failure = node, reliability, on_failure
        self._ros_thread = threading.get_ident()
        self._dds: Any = None
        self._seq: int | None = None
        self.queue: Subscription = EXCHANGE.subscribe(
            self.topic, limit_bytes=queue_limit_bytes, on_publishers_changed=self._publishers_changed
        )
        self._choose()

    def close(self) -> None:
        """Listen no more; what waits stays in the queue."""
        EXCHANGE.unsubscribe(self.topic, self.queue, on_publishers_changed=self._publishers_changed, close=False)
        self._leave_outside()

    @property
    def dropped_packets(self) -> int:
        """Tensors lost: a full queue, messages that never came."""
        return self.queue.dropped_packets + self.lost_messages

    @property
    def dropped_events(self) -> int:
        """Events in tensors that did not fit into the queue."""
        return self.queue.dropped_events

    @property
    def invalid_events(self) -> int:
        """Events outside the sensor: the accumulator left them out."""
        return 0

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
        elif self._dds is None and not self.queue.closed:
            qos = product_qos(self._reliability)
            self._dds = self._node.create_subscription(Tensor, self.topic, self._on_message, qos)

    def _leave_outside(self) -> None:
        if self._dds is not None:
            self._node.destroy_subscription(self._dds)
            self._dds = None

    def _on_message(self, message: Tensor) -> None:
        if EXCHANGE.has_publisher(self.topic):
            return
        try:
            window = window_of(message)
        except AestreamError as error:
            self._on_failure(str(error))
            return
        if self._seq is not None and message.seq > self._seq + 1:
            self.lost_messages += int(message.seq) - self._seq - 1
        self._seq = int(message.seq)
        self.messages += 1
        self.queue.offer(Envelope(window, stamp_ns(message.header.stamp), window.event_count))
