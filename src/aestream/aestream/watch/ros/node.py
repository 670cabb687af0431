"""The node that listens."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from aestream_msgs.msg import StreamStatus
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image

from aestream.watch.model import History
from aestream.watch.options import WatchOptions
from aestream.watch.ros.conversions import to_frame, to_reading
from aestream_core.errors import AestreamError
from aestream_ros.qos import STATUS_QOS

DISCOVERY_PERIOD_S = 0.25
STATUS_TYPE = "aestream_msgs/msg/StreamStatus"
IMAGE_TYPE = "sensor_msgs/msg/Image"
# Only the newest image is of interest, and a slow watcher must not slow the pipeline down.
IMAGE_QOS = QoSProfile(depth=2, reliability=ReliabilityPolicy.BEST_EFFORT)


class WatchNode(Node):
    """Find the stages of the pipelines that run, and keep what they publish about themselves.

    Attributes:
        history: What was heard; times are seconds since the node was made.
    """

    def __init__(self, options: WatchOptions) -> None:
        """Begin to listen to the stages that `options` cover."""
        super().__init__("aestream_watch")
        self.history = History()
        self._options = options
        self._start_s = time.monotonic()
        self._heard: set[str] = set()
        self._timer = self.create_timer(DISCOVERY_PERIOD_S, self._discover)

    def now_s(self) -> float:
        """Return seconds since this node was made."""
        return time.monotonic() - self._start_s

    def _discover(self) -> None:
        """Subscribe to each status topic that is new, and to each image topic of a node that has a status."""
        types = dict(self.get_topic_names_and_types())
        nodes = {_owner(topic) for topic, names in types.items() if STATUS_TYPE in names}
        for topic, names in types.items():
            if topic in self._heard or _owner(topic) not in nodes or not self._options.covers(_owner(topic)):
                continue
            if STATUS_TYPE in names:
                self._listen(topic, StreamStatus, self._on_status, STATUS_QOS)
            elif IMAGE_TYPE in names:
                self._listen(topic, Image, self._on_image, IMAGE_QOS)

    def _listen(self, topic: str, message_type: type, callback: Callable[[str, Any], None], qos: QoSProfile) -> None:
        self.create_subscription(message_type, topic, partial(callback, topic), qos)
        self._heard.add(topic)

    def _on_status(self, topic: str, message: StreamStatus) -> None:
        self.history.add_reading(to_reading(message, node=_owner(topic), received_s=self.now_s()))

    def _on_image(self, topic: str, message: Image) -> None:
        try:
            self.history.add_frame(to_frame(message, topic=topic, received_s=self.now_s()))
        except AestreamError as error:
            self.get_logger().warning(f"{topic} is not shown: {error}", once=True)


def _owner(topic: str) -> str:
    """Return the node whose private topic this is: "/event_camera" of "/event_camera/status"."""
    return topic.rpartition("/")[0]
