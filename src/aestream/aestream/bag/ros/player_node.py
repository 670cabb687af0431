"""PlayerNode: a bag into topics."""

import time
from typing import Any

from aestream_msgs.srv import Seek
from builtin_interfaces.msg import Time
from rclpy.duration import Duration
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile
from rosgraph_msgs.msg import Clock
from std_srvs.srv import SetBool

from aestream.bag.config import PlayerConfig
from aestream.bag.errors import NotPlayableError
from aestream.bag.player import Player
from aestream.bag.ros.definitions import message_class
from aestream.bag.ros.qos import playing_qos
from aestream.bag.sensor_time import find_sensor_time
from aestream.bag.stored import StoredBag
from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_core.formats.bags.storage import Topic
from aestream_ros.process import run_node
from aestream_ros.status import StageReading
from aestream_ros.stream_node import StreamNode

ACKNOWLEDGE_S = 5.0
"""Longest wait at the end until reliable subscribers have everything."""

_LOOK_PERIOD_S = 0.02


class PlayerNode(StreamNode[PlayerConfig]):
    """Publishes the messages of a bag as they were recorded, byte for byte, each when it is due."""

    stage = "player"
    config_class = PlayerConfig

    def __init__(self, **kwargs: Any) -> None:
        """Open the bag and play, unless `autostart` is false."""
        self.player: Player | None = None
        self.skipped: dict[str, str] = {}
        self._bag: StoredBag | None = None
        self._topic_publishers: dict[str, Publisher] = {}
        self._end: tuple[AestreamError | None] | None = None
        super().__init__("player", **kwargs)
        self.create_service(SetBool, "~/set_paused", self._on_set_paused)
        self.create_service(Seek, "~/seek", self._on_seek)

    def open(self) -> None:
        """Open the bag and announce its topics."""
        self._bag = StoredBag(self.config.path)
        for topic in self._chosen(self._bag):
            self._announce(topic)
        if not self._topic_publishers:
            reasons = "; ".join(self.skipped.values()) or "it has no topics"
            raise NotPlayableError(f"'{self.config.path}' has nothing to play: {reasons}")
        if self.config.clock_hz:
            self._clock_publisher = self.create_publisher(Clock, "/clock", QoSProfile(depth=10))
            self._clock_timer = self.create_timer(1 / self.config.clock_hz, self._publish_clock)
        self.get_logger().info(f"playing {self.config.path}: {' '.join(self._topic_publishers)}")

    def start(self) -> None:
        """Play from the beginning once each topic is heard, or `wait_s` has passed."""
        assert self._bag is not None
        self.finished, self._end = False, None
        self.player = Player(
            self._bag, self.config, topics=self._topic_publishers, publish=self._publish, on_end=self._on_end
        )
        self._start_timer = self.create_timer(_LOOK_PERIOD_S, self._start_when_heard)
        self._start_by_s = time.monotonic() + self.config.wait_s

    def stop(self) -> None:
        """Stop; playing begins from the beginning when the node is activated again."""
        self._start_timer.cancel()
        if self.player is not None:
            self.player.stop()

    def release(self) -> None:
        """Leave the topics and close the bag."""
        for publisher in self._topic_publishers.values():
            self.destroy_publisher(publisher)
        self._topic_publishers, self._bag = {}, None
        if self.config.clock_hz:
            self.destroy_timer(self._clock_timer)
            self.destroy_publisher(self._clock_publisher)

    def reconfigure(self, config: PlayerConfig) -> None:
        """Take over another rate, and whether to loop."""
        if self.player is not None:
            self.player.reconfigure(config)

    def reading(self) -> StageReading:
        """Give the counters as they are now; `late_events` are messages that came late."""
        if self.player is None:
            return StageReading()
        counters = self.player.counters
        return StageReading(
            packets=counters.messages,
            products=counters.messages,
            late_events=counters.late,
            bytes_copied=counters.bytes,
            t_us=self.player.position_ns() // 1000,
        )

    def _chosen(self, bag: StoredBag) -> list[Topic]:
        topics, names = bag.topics(), self.config.topics.split()
        unknown = [name for name in names if name not in {topic.name for topic in topics}]
        if unknown:
            known = ", ".join(topic.name for topic in topics) or "none"
            raise InvalidArgumentError(f"'{self.config.path}' has no topic {unknown[0]!r}; its topics: {known}")
        return [topic for topic in topics if not names or topic.name in names]

    def _announce(self, topic: Topic) -> None:
        if topic.name in self._topic_publishers:
            return
        try:
            kind = message_class(topic.type)
        except NotPlayableError as error:
            self.skipped[topic.name] = f"{topic.name} is not played: {error}"
            self.get_logger().warning(self.skipped[topic.name])
            return
        self._topic_publishers[topic.name] = self.create_publisher(kind, topic.name, playing_qos(topic.qos))

    def _start_when_heard(self) -> None:
        heard = all(each.get_subscription_count() for each in self._topic_publishers.values())
        if self.player is not None and (heard or time.monotonic() >= self._start_by_s):
            self._start_timer.cancel()
            self.player.start()

    def _publish(self, topic: Topic, data: bytes) -> None:
        self._topic_publishers[topic.name].publish(data)

    def _on_end(self, error: AestreamError | None) -> None:
        deadline_s = time.monotonic() + ACKNOWLEDGE_S
        for publisher in self._topic_publishers.values():
            left_s = max(0.0, deadline_s - time.monotonic())
            if not publisher.wait_for_all_acked(Duration(seconds=left_s)):
                self.get_logger().warning(f"a subscriber of {publisher.topic_name} did not take everything in time")
        if error is not None:
            self.fail(str(error))
        self.finished = error is None

    def _publish_clock(self) -> None:
        position_ns = 0 if self.player is None else self.player.position_ns()
        if position_ns:
            self._clock_publisher.publish(Clock(clock=Time(sec=position_ns // 10**9, nanosec=position_ns % 10**9)))

    def _on_set_paused(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        response.success = self.player is not None
        response.message = "" if response.success else "nothing is being played"
        if self.player is not None:
            self.player.set_paused(request.data)
        return response

    def _on_seek(self, request: Seek.Request, response: Seek.Response) -> Seek.Response:
        response.message = "nothing is being played"
        if self.player is None or self._bag is None or self.finished:
            return response
        try:
            place = find_sensor_time(self._bag, request.t_us)
        except AestreamError as error:
            response.message = str(error)
            return response
        self.player.seek(place.time_ns)
        response.success, response.message, response.t_us = True, "", place.t_us
        return response


def main() -> int:
    """Run the player in a process of its own."""
    return run_node(PlayerNode)
