"""Where a node tells what its network does inside."""

from aestream_msgs.msg import NetworkActivity
from rclpy.node import Node

from aestream_ros.conversions import header
from aestream_ros.qos import product_qos
from aestream_snn.online.inside import Inside
from aestream_snn.ros.conversions import activity_message


class ActivityOutlet:
    """Publishes every new reading once, on `~/activity`."""

    def __init__(self, node: Node, *, model: str, frame_id: str) -> None:
        """Announce the topic."""
        self._node, self._model, self._frame_id = node, model, frame_id
        self._publisher = node.create_publisher(NetworkActivity, "~/activity", product_qos("reliable"))
        self._said: Inside | None = None
        self._seq = 0

    def tell(self, inside: Inside | None, *, t_us: int) -> None:
        """Publish a reading, unless there is none or it was published.

        Args:
            inside: the last reading.
            t_us: sensor time in µs up to which events were seen.
        """
        if inside is None or inside is self._said:
            return
        stamp = header(self._node.get_clock().now().nanoseconds, self._frame_id)
        message = activity_message(inside, seq=self._seq, header=stamp, model=self._model, t_us=t_us)
        self._publisher.publish(message)
        self._said, self._seq = inside, self._seq + 1

    def close(self) -> None:
        """Leave the topic."""
        self._node.destroy_publisher(self._publisher)
