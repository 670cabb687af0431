"""AccumulatorNode: events to tensors as a ROS 2 node."""

import time
from typing import Any

import torch
from aestream_msgs.msg import Tensor
from sensor_msgs.msg import Image

from aestream_core.exchange import EXCHANGE, Envelope
from aestream_gpu.config import AccumulatorConfig
from aestream_gpu.device import resolve_device
from aestream_gpu.pipeline import Pipeline
from aestream_gpu.ros.conversions import image_message, tensor_message
from aestream_gpu.windows import Window
from aestream_gpu.worker import Worker
from aestream_ros.conversions import header
from aestream_ros.event_inlet import EventInlet
from aestream_ros.latency import LatencyWindow
from aestream_ros.process import run_node
from aestream_ros.qos import product_qos
from aestream_ros.status import StageReading
from aestream_ros.stream_node import StreamNode


class AccumulatorNode(StreamNode[AccumulatorConfig]):
    """Accumulates `~/events` into a tensor a window: filters, then a surface; both may change while events flow.

    Events come by reference from a publisher in this process, over DDS where there is none. Tensors go out on
    `~/tensor`, by reference to subscribers in this process and as messages to those outside; pictures for people on
    `~/image`. Neither is made while nobody subscribes.

    Attributes:
        inlet: where events come in; None before the first activation.
    """

    stage = "accumulator"
    config_class = AccumulatorConfig

    def __init__(self, **kwargs: Any) -> None:
        """Prepare the device and listen, unless `autostart` is false."""
        self._worker: Worker | None = None
        self.inlet: EventInlet | None = None
        self._latency = LatencyWindow()
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
        self.get_logger().info(f"accumulating {self.resolve_topic_name('~/events')} on {self._device}")

    def start(self) -> None:
        """Listen and accumulate."""
        config = self.config
        simulated = bool(self.get_parameter("use_sim_time").value)
        self._latency = LatencyWindow(self.now_ns, self.now_ns if simulated else time.monotonic_ns)
        self.inlet = EventInlet(
            self,
            "~/events",
            queue_limit_bytes=config.queue_limit_bytes,
            reliability=config.reliability,
            transport=config.transport,
            on_failure=self.fail,
        )
        self._worker = Worker(
            self.inlet.queue,
            config=config,
            device=self._device,
            on_window=self._on_window,
            on_failure=self.fail,
            on_end=lambda: self._publication.end(self.now_ns()),
        )
        self._worker.start()

    def stop(self) -> None:
        """Stop listening; what waits is accumulated, and an open window finished."""
        assert self.inlet is not None
        assert self._worker is not None
        self.inlet.close()
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
        if self._worker is None or self.inlet is None:
            return StageReading()
        surface = self._worker.pipeline.counters()
        return StageReading(
            events=surface.events - surface.invalid_events,
            packets=self._worker.counters.packets,
            products=self._worker.counters.windows,
            dropped_events=self.inlet.dropped_events,
            dropped_packets=self.inlet.dropped_packets,
            invalid_events=surface.invalid_events + self.inlet.invalid_events,
            late_events=self._worker.pipeline.late_events(),
            queue_bytes=self.inlet.queue.queued_bytes,
            queue_limit_bytes=self.inlet.queue.limit_bytes,
            latency_ms=self._latency.take(),
            bytes_copied=surface.bytes_copied + self._sent_bytes,
            t_us=self._worker.counters.t_us,
            device=str(self._device),
            messages=self.inlet.messages,
            lost_messages=self.inlet.lost_messages,
            filtered_events=self._worker.pipeline.filtered_events(),
            hardware_id=str(self._device),
        )

    def _on_window(self, window: Window) -> bool:
        """Give a window out, on the worker's thread; True where somebody keeps it."""
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
