"""RecorderNode: topics into a bag."""

import time
from typing import Any

from aestream.bag.config import MB, RecorderConfig
from aestream.bag.recorder import Recorder
from aestream.bag.ros.topics import TopicFollower
from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_ros.process import run_node
from aestream_ros.status import StageReading
from aestream_ros.stream_node import StreamNode

DISCOVERY_PERIOD_S = 0.1


class RecorderNode(StreamNode[RecorderConfig]):
    """Records topics as they are sent: serialised messages, neither decoded nor copied but once.

    Publishers in the same process are heard over DDS as well. That keeps what is recorded equal to what others hear,
    and needs no second way to make a message.
    """

    stage = "recorder"
    config_class = RecorderConfig

    def __init__(self, **kwargs: Any) -> None:
        """Create the bag and record, unless `autostart` is false."""
        self.recorder: Recorder | None = None
        self.topics: TopicFollower | None = None
        super().__init__("recorder", **kwargs)
        self.finished = None  # a recorder is never done by itself

    def open(self) -> None:
        """Create the bag."""
        names = self.config.topics.split()
        if bool(names) == self.config.all:
            raise InvalidArgumentError("topics is empty; name topics to record, or set all" if not names else _BOTH)
        wanted = None if self.config.all else self._wanted(names)
        self.recorder = Recorder(self.config, on_failure=self._on_failure)
        self.topics = TopicFollower(self, wanted=wanted, add=self.recorder.add_topic, put=self._put)
        self._sim_time = self.get_parameter("use_sim_time").value is True
        self.get_logger().info(f"recording to {self.recorder.recording.path}")

    def start(self) -> None:
        """Listen to what is there, and to what appears."""
        assert self.topics is not None
        self.topics.look()
        self._timer = self.create_timer(DISCOVERY_PERIOD_S, self.topics.look)

    def stop(self) -> None:
        """Take what has arrived, then listen no more."""
        assert self.topics is not None
        self.destroy_timer(self._timer)
        self.topics.take_rest()
        self.topics.close()

    def release(self) -> None:
        """Finish the bag."""
        assert self.recorder is not None
        self.recorder.close()
        kept, dropped = self.recorder.recording.kept(), sum(each.dropped for each in self.recorder.counters)
        self.get_logger().info(f"recorded {kept} messages to {self.recorder.recording.path}; {dropped} dropped")

    def reading(self) -> StageReading:
        """Give the counters as they are now; `products` are messages in the bag."""
        if self.recorder is None:
            return StageReading()
        counters = self.recorder.counters
        received_bytes = sum(each.received_bytes for each in counters)
        return StageReading(
            packets=sum(each.received for each in counters),
            products=sum(each.kept for each in counters),
            dropped_packets=sum(each.dropped + each.lost for each in counters),
            queue_bytes=self.recorder.queue_bytes,
            queue_limit_bytes=round(self.config.max_cache_mb * MB),
            bytes_copied=received_bytes,
        )

    def _wanted(self, names: list[str]) -> dict[str, str]:
        """Give the types by full name of the topic, where they are named behind a colon."""
        parts = (name.partition(":") for name in names)
        return {self.resolve_topic_name(name): type_name for name, _, type_name in parts}

    def _put(self, number: int, data: bytes) -> None:
        assert self.recorder is not None
        time_ns = self.get_clock().now().nanoseconds if self._sim_time else time.time_ns()
        self.recorder.put(number, time_ns, data)

    def _on_failure(self, error: AestreamError) -> None:
        self.fail(str(error))


_BOTH = "topics are named, and all is set; choose one"


def main() -> int:
    """Run the recorder in a process of its own."""
    return run_node(RecorderNode)
