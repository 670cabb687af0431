"""AccumulatorNode: events to tensors as a ROS 2 node."""

import threading
import time
from typing import Any

import torch
from aestream_msgs.msg import Tensor
from event_camera_msgs.msg import EventPacket
from sensor_msgs.msg import Image

from aestream_core.errors import AestreamError
from aestream_core.exchange import EXCHANGE, Envelope, Subscription
from aestream_core.transports.base import Arrival
from aestream_core.transports.feed import Feed
from aestream_gpu.config import AccumulatorConfig
from aestream_gpu.device import resolve_device
from aestream_gpu.pipeline import Pipeline
from aestream_gpu.ros.conversions import image_message, tensor_message
from aestream_gpu.windows import Window
from aestream_gpu.worker import Worker
from aestream_ros.conversions import EventPacketDecoder, header
from aestream_ros.latency import LatencyWindow
from aestream_ros.process import run_node
from aestream_ros.qos import event_qos, product_qos
from aestream_ros.serialized import EventPacketReader
from aestream_ros.status import StageReading
from aestream_ros.stream_node import StreamNode


class AccumulatorNode(StreamNode[AccumulatorConfig]):
    """Accumulates `~/events` into a tensor a window: filters, then a surface; both may change while events flow.

    Events come by reference from a publisher in this process, over DDS where there is none. Tensors go out on
    `~/tensor`, by reference to subscribers in this process and as messages to those outside; pictures for people on
    `~/image`. Neither is made while nobody subscribes.
    """

    stage = "accumulator"
    config_class = AccumulatorConfig

    def __init__(self, **kwargs: Any) -> None:
        """Prepare the device and listen, unless `autostart` is false."""
        self._worker: Worker | None = None
        self._queue: Subscription | None = None
        self._dds: Any = None
        self._feed: Feed | None = None
        self._latency = LatencyWindow()
        self._reader = EventPacketReader()
        self._decoder = EventPacketDecoder()
        self._next_image_s = 0.0
        self._sent_bytes = 0
        super().__init__("accumulator", **kwargs)

    def open(self) -> None:
        """Find the device and announce the topics."""
        self._device = resolve_device(self.config.device)
        Pipeline(self.config, self._device).check(self.config)
        if self.config.torch_threads:
            torch.set_num_threads(self.config.torch_threads)
        self._tensors = self.create_publisher(Tensor, "~/tensor", product_qos("reliable"))
        self._images = self.create_publisher(Image, "~/image", product_qos("best_effort"))
        self._publication = EXCHANGE.advertise(self._tensors.topic_name)
        self._topic = self.resolve_topic_name("~/events")
        self.get_logger().info(f"accumulating {self._topic} on {self._device}")

    def start(self) -> None:
        """Listen and accumulate."""
        config = self.config
        self._ros_thread = threading.get_ident()
        simulated = bool(self.get_parameter("use_sim_time").value)
        self._latency = LatencyWindow(self.now_ns, self.now_ns if simulated else time.monotonic_ns)
        self._decoder = EventPacketDecoder()
        self._feed = None
        if config.transport != "dds":
            self._feed = Feed(config.transport, self._topic, sink=self._on_arrival, on_failure=self.fail)
        self._queue = EXCHANGE.subscribe(
            self._topic, limit_bytes=config.queue_limit_bytes, on_publishers_changed=self._publishers_changed
        )
        self._worker = Worker(
            self._queue,
            config=config,
            device=self._device,
            on_window=self._on_window,
            on_failure=self.fail,
            on_end=lambda: self._publication.end(self.now_ns()),
        )
        self._worker.start()
        self._choose_input()

    def stop(self) -> None:
        """Stop listening; what waits is accumulated, and an open window finished."""
        assert self._queue is not None
        assert self._worker is not None
        EXCHANGE.unsubscribe(self._topic, self._queue, on_publishers_changed=self._publishers_changed, close=False)
        self._leave_outside()
        self._worker.stop()
        reading = self.reading()
        lost = f"{reading.dropped_events} dropped, {reading.invalid_events} outside the sensor"
        lost += f", {reading.filtered_events} filtered out"
        self.get_logger().info(f"accumulated {reading.events} events in {reading.products} windows; {lost}")

    def release(self) -> None:
        """Leave the topics."""
        self._publication.close()
        self.destroy_publisher(self._tensors)
        self.destroy_publisher(self._images)

    def reconfigure(self, config: AccumulatorConfig) -> None:
        """Take over filters, a surface, windows or an idle time from the next packet on."""
        if self._worker is not None:
            self._worker.set_config(config)

    def reading(self) -> StageReading:
        """Give the counters as they are now."""
        if self._worker is None or self._queue is None:
            return StageReading()
        surface = self._worker.pipeline.counters()
        lost_messages = self._decoder.lost_packets + self._decoder.refused_packets
        lost_packets, lost_events = self._feed.lost if self._feed else (0, 0)
        return StageReading(
            events=surface.events - surface.invalid_events,
            packets=self._worker.counters.packets,
            products=self._worker.counters.windows,
            dropped_events=self._queue.dropped_events + lost_events,
            dropped_packets=self._queue.dropped_packets + lost_messages + lost_packets,
            invalid_events=surface.invalid_events + self._decoder.invalid_events,
            late_events=self._worker.pipeline.late_events(),
            queue_bytes=self._queue.queued_bytes,
            queue_limit_bytes=self._queue.limit_bytes,
            latency_ms=self._latency.take(),
            bytes_copied=surface.bytes_copied + self._sent_bytes,
            t_us=self._worker.counters.t_us,
            device=str(self._device),
            messages=self._decoder.messages,
            lost_messages=lost_messages,
            filtered_events=self._worker.pipeline.filtered_events(),
            hardware_id=str(self._device),
        )

    # Input ----------------------------------------------------------------------------------------------------------

    def _publishers_changed(self) -> None:
        executor = self.executor
        if executor is None or threading.get_ident() == self._ros_thread:
            self._choose_input()
        else:
            executor.create_task(self._choose_input)

    def _choose_input(self) -> None:
        """Listen to other processes only while nobody in this one publishes the topic."""
        if EXCHANGE.has_publisher(self._topic):
            self._leave_outside()
        elif self._queue is None or self._queue.closed:
            return
        elif self._feed is not None:
            self._feed.open()
        elif self._dds is None:
            qos = event_qos(self.config.reliability)
            self._dds = self.create_subscription(EventPacket, self._topic, self._on_message, qos, raw=True)

    def _leave_outside(self) -> None:
        if self._feed is not None:
            self._feed.close()
        if self._dds is not None:
            self.destroy_subscription(self._dds)
            self._dds = None

    def _on_message(self, data: bytes) -> None:
        if self._queue is None or EXCHANGE.has_publisher(self._topic):
            return
        try:
            message = self._reader.read(data)
            packets = self._decoder.decode(message)
        except AestreamError as error:
            self.fail(str(error))
            return
        for events in packets:
            self._queue.offer(Envelope(events, message.stamp_ns, len(events)))

    def _on_arrival(self, arrival: Arrival) -> None:
        if self._queue is not None:
            self._queue.offer(Envelope(arrival.events, arrival.stamp_ns, len(arrival.events)))

    # Output, on the worker's thread -----------------------------------------------------------------------------------

    def _on_window(self, window: Window) -> bool:
        self._latency.since(window.arrived_ns)
        now_ns = self.now_ns()
        held = self._publication.subscribers > 0
        if held:
            self._publication.put(Envelope(window, now_ns, window.event_count))
        if self._tensors.get_subscription_count():
            seq = self._worker.counters.windows - 1 if self._worker else 0
            self._tensors.publish(tensor_message(window, seq=seq, header=header(now_ns, self.config.frame_id)))
            self._sent_bytes += window.nbytes
        if time.monotonic() >= self._next_image_s and self._images.get_subscription_count():
            self._next_image_s = time.monotonic() + 1 / self.config.image_rate_hz
            self._images.publish(self._image(window, now_ns))
        return held

    def _image(self, window: Window, now_ns: int) -> Image:
        stamped = header(now_ns, self.config.frame_id)
        return image_message(window, header=stamped, colour_map=self.config.colour_map)

    @property
    def finished(self) -> bool:
        """Whether the stream that this process publishes ended and everything of it was given out."""
        return self._worker is not None and self._worker.ended

    @finished.setter
    def finished(self, _: bool) -> None:
        """Ignore: the worker knows."""


def main() -> int:
    """Run the accumulator in a process of its own."""
    return run_node(AccumulatorNode)
