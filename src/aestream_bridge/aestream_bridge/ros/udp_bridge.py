"""UdpBridge: events of a topic to another machine, as UDP datagrams."""

import time
from dataclasses import asdict
from typing import Any

from aestream_bridge.outflow import Outflow
from aestream_bridge.udp_config import UdpBridgeConfig
from aestream_core.exchange import Envelope
from aestream_core.net import UdpSender
from aestream_ros.event_inlet import EventInlet
from aestream_ros.latency import LatencyWindow
from aestream_ros.process import run_node
from aestream_ros.status import StageReading
from aestream_ros.stream_node import StreamNode


class UdpBridge(StreamNode[UdpBridgeConfig]):
    """Sends `~/events` as datagrams: by reference from a publisher in this process, over DDS where there is none.

    Its status counts events that left; `products` are datagrams. The latency is from a packet's stamp to its last
    datagram.
    """

    stage = "udp"
    config_class = UdpBridgeConfig

    def __init__(self, **kwargs: Any) -> None:
        """Look the address up and send, unless `autostart` is false."""
        self._sender: UdpSender | None = None
        self._inlet: EventInlet | None = None
        self._outflow: Outflow | None = None
        self._latency = LatencyWindow()
        super().__init__("udp_bridge", **kwargs)

    def open(self) -> None:
        """Check that there is a way to the address."""
        sender = self._make_sender()
        self.get_logger().info(f"sending {self.resolve_topic_name('~/events')} to {sender.place}")
        sender.close()

    def start(self) -> None:
        """Listen and send."""
        config = self.config
        simulated = bool(self.get_parameter("use_sim_time").value)
        self._latency = LatencyWindow(self.now_ns, self.now_ns if simulated else time.monotonic_ns)
        self._sender = self._make_sender()
        self._inlet = EventInlet(
            self,
            "~/events",
            queue_limit_bytes=config.queue_limit_bytes,
            reliability=config.reliability,
            transport=config.transport,
            on_failure=self.fail,
        )
        self._outflow = Outflow(self._inlet.queue, self._sender, on_written=self._on_written, on_failure=self.fail)
        self._outflow.start()

    def stop(self) -> None:
        """Stop listening; send what waits, and tell framed receivers that the stream is over."""
        assert self._inlet is not None
        assert self._outflow is not None
        assert self._sender is not None
        self._inlet.close()
        self._outflow.stop()
        self._sender.close()
        reading = self.reading()
        self.get_logger().info(
            f"sent {reading.events} events in {reading.products} datagrams; {reading.dropped_events} dropped"
        )

    def release(self) -> None:
        """Have nothing to give back."""

    def reading(self) -> StageReading:
        """Give the counters as they are now."""
        if self._sender is None or self._inlet is None or self._outflow is None:
            return StageReading()
        sent, inlet = self._sender.counters(), self._inlet
        return StageReading(
            events=sent["events"],
            packets=self._outflow.packets,
            products=sent["datagrams"],
            dropped_events=inlet.dropped_events + sent["dropped_events"],
            dropped_packets=inlet.dropped_packets + sent["dropped"],
            invalid_events=inlet.invalid_events + sent["not_encodable"],
            queue_bytes=inlet.queue.queued_bytes,
            queue_limit_bytes=inlet.queue.limit_bytes,
            latency_ms=self._latency.take(),
            bytes_copied=sent["bytes"],
            t_us=self._outflow.t_us,
            messages=inlet.messages,
            lost_messages=inlet.lost_messages,
            hardware_id=self._sender.place,
        )

    def details(self) -> dict[str, object]:
        """Say what the network answered."""
        return {} if self._sender is None else {"place": self._sender.place, **self._sender.counters()}

    @property
    def finished(self) -> bool:
        """Whether the stream that this process publishes ended and everything of it was sent."""
        return self._outflow is not None and self._outflow.ended

    @finished.setter
    def finished(self, _: bool) -> None:
        """Ignore: the outflow knows."""

    def _make_sender(self) -> UdpSender:
        return UdpSender(**asdict(self.config.sender()))

    def _on_written(self, envelope: Envelope) -> None:
        self._latency.since(envelope.stamp_ns)


def main() -> int:
    """Run the bridge in a process of its own."""
    return run_node(UdpBridge)
