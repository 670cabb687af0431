"""SpeckBridge: events through a Speck chip, or its software twin, to predictions, as a ROS 2 node."""

import time
from typing import Any

from aestream_msgs.msg import Prediction as PredictionMessage

from aestream_bridge.ros.predictions import prediction_message
from aestream_bridge.speck.bridge_config import SpeckBridgeConfig
from aestream_bridge.speck.readout import Prediction
from aestream_bridge.speck.session import SpeckSession
from aestream_bridge.speck.worker import SpeckWorker
from aestream_core.exchange import EXCHANGE, Envelope
from aestream_ros.conversions import header
from aestream_ros.event_inlet import EventInlet
from aestream_ros.latency import LatencyWindow
from aestream_ros.process import run_node
from aestream_ros.qos import product_qos
from aestream_ros.status import StageReading
from aestream_ros.stream_node import StreamNode


class SpeckBridge(StreamNode[SpeckBridgeConfig]):
    """Sends `~/events` to a network on Speck and publishes what it says on `~/prediction`.

    Events come by reference from a publisher in this process, over DDS where there is none. Parameter `device` names
    what runs the network: `sim`, the software twin, or a chip through samna.
    """

    stage = "speck"
    config_class = SpeckBridgeConfig

    def __init__(self, **kwargs: Any) -> None:
        """Plan the network, open the device and listen, unless `autostart` is false."""
        self._session: SpeckSession | None = None
        self._inlet: EventInlet | None = None
        self._worker: SpeckWorker | None = None
        self._latency = LatencyWindow()
        self._sent = 0
        super().__init__("speck", **kwargs)

    def open(self) -> None:
        """Plan the network and bring it onto the device."""
        self._session = SpeckSession(self.config)
        self._predictions = self.create_publisher(PredictionMessage, "~/prediction", product_qos("reliable"))
        self._publication = EXCHANGE.advertise(self._predictions.topic_name)
        self._sent = 0
        plan = self._session.plan
        cores = ", ".join(f"{name} on {core}" for name, core in plan.cores.items())
        self.get_logger().info(f"network {plan.network.name} on {self._session.device}; layers on cores: {cores}")
        for warning in plan.warnings:
            self.get_logger().warning(warning)

    def start(self) -> None:
        """Listen and predict."""
        assert self._session is not None
        config = self.config
        simulated = bool(self.get_parameter("use_sim_time").value)
        self._latency = LatencyWindow(self.now_ns, self.now_ns if simulated else time.monotonic_ns)
        self._inlet = EventInlet(
            self,
            "~/events",
            queue_limit_bytes=config.queue_limit_bytes,
            reliability=config.reliability,
            transport=config.transport,
            on_failure=self.fail,
        )
        self._worker = SpeckWorker(
            self._inlet.queue, self._session, on_prediction=self._on_prediction, on_failure=self.fail
        )
        self._worker.start()

    def stop(self) -> None:
        """Stop listening; what waits is run, and the open window given."""
        assert self._inlet is not None
        assert self._worker is not None
        self._inlet.close()
        self._worker.stop()
        reading = self.reading()
        lost = f"{reading.dropped_events} dropped, {reading.filtered_events} beside the input"
        self.get_logger().info(f"ran {reading.events} events, {reading.products} predictions; {lost}")

    def release(self) -> None:
        """Give the device back and leave the topics."""
        if self._session is not None:
            self._session.close()
        self._publication.close()
        self.destroy_publisher(self._predictions)

    def reading(self) -> StageReading:
        """Give the counters as they are now."""
        if self._session is None or self._inlet is None or self._worker is None:
            return StageReading()
        counters, queue, inlet = self._session.counters, self._inlet.queue, self._inlet
        return StageReading(
            events=counters.sent,
            packets=self._worker.progress.packets,
            products=self._sent,
            dropped_events=inlet.dropped_events + counters.dropped,
            dropped_packets=inlet.dropped_packets,
            invalid_events=inlet.invalid_events,
            filtered_events=counters.outside,
            queue_bytes=queue.queued_bytes,
            queue_limit_bytes=queue.limit_bytes,
            latency_ms=self._latency.take(),
            t_us=self._worker.progress.t_us,
            device=self._session.device,
            messages=inlet.messages,
            lost_messages=inlet.lost_messages,
            hardware_id=self._session.device,
        )

    def details(self) -> dict[str, object]:
        """Give what the chip did: rates, operations, congestion."""
        if self._session is None or self._worker is None:
            return {}
        progress = self._worker.progress
        known = {"synaptic operations": progress.synops, "congested events": progress.congested}
        return {
            "network": self._session.plan.network.name,
            **{name: "unknown" if value is None else value for name, value in known.items()},
            "windows without a spike": self._session.silent_windows,
            "lost spikes": progress.lost_spikes,
            **{f"spikes of {name}": count for name, count in progress.layer_spikes},
        }

    @property
    def finished(self) -> bool:
        """Whether the stream that this process publishes ended and everything of it was given out."""
        return self._worker is not None and self._worker.ended

    @finished.setter
    def finished(self, _: bool) -> None:
        """Ignore: the worker knows."""

    # Output, on the worker's thread -----------------------------------------------------------------------------------

    def _on_prediction(self, prediction: Prediction) -> None:
        assert self._session is not None
        assert self._worker is not None
        arrived_ns, now_ns = self._worker.progress.arrived_ns, self.now_ns()
        self._latency.since(arrived_ns)
        message = prediction_message(
            prediction,
            seq=self._sent,
            header=header(now_ns, self.config.frame_id),
            model=self._session.plan.network.name,
            labels=self._session.labels,
            event_count=self._session.counters.sent,
            latency_ms=(now_ns - arrived_ns) / 1e6,
        )
        self._sent += 1
        self._publication.put(Envelope(prediction, now_ns))
        self._predictions.publish(message)


def main() -> int:
    """Run the bridge in a process of its own."""
    return run_node(SpeckBridge)
