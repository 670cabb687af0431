"""Where tensors come into a node."""

from collections.abc import Callable
from typing import Any

from aestream_msgs.msg import Tensor
from rclpy.node import Node

from aestream_core.errors import AestreamError
from aestream_core.exchange import EXCHANGE, Envelope
from aestream_ros.conversions import stamp_ns
from aestream_ros.inlet import Inlet
from aestream_ros.qos import product_qos
from aestream_snn.ros.conversions import window_of


class TensorInlet(Inlet):
    """Fills a queue with the windows of a tensor topic. Those of this process stay on the device where they are."""

    def __init__(
        self,
        node: Node,
        topic: str,
        *,
        queue_limit_bytes: int,
        reliability: str,
        on_failure: Callable[[str], None],
    ) -> None:
        """Listen; see `Inlet`.

        Args:
            node: the node that listens.
            topic: topic, such as `~/tensor`.
            queue_limit_bytes: bytes of tensors that may wait.
            reliability: "reliable" or "best_effort", asked of publishers outside.
            on_failure: told where tensors cannot be understood any more.
        """
        # The accumulator left out the events outside its sensor.
        self.messages = self.lost_messages = self.invalid_events = 0
        self._reliability = reliability
        self._seq: int | None = None
        super().__init__(node, topic, queue_limit_bytes=queue_limit_bytes, on_failure=on_failure)

    def subscribe(self) -> Any:
        """Subscribe to the topic on DDS."""
        return self._node.create_subscription(Tensor, self.topic, self._on_message, product_qos(self._reliability))

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
