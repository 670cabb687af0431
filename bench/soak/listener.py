"""The subscriber outside the container, which hears the counters as well."""

import time
from collections.abc import Callable

from aestream_msgs.msg import StreamStatus
from event_camera_msgs.msg import EventPacket
from rclpy.node import Node

from aestream_ros.conversions import EventPacketDecoder, stamp_ns
from aestream_ros.qos import STATUS_QOS, event_qos

TOPIC = "/event_camera/events"
STAGES = ("/event_camera", "/accumulator")


class Listener(Node):
    """Decodes every packet, and keeps the last status of both stages.

    Attributes:
        events: events decoded.
        packets: packets decoded.
        first_seq: number of the first packet that came; those before it were sent while DDS was still matching.
        next_seq: number after the last packet that came.
        latencies_ms: from the driver's stamp to decoded events, since `take_latencies`.
        status: last status by stage.
        stage_latencies_ms: p50 and p99 of the accumulator's status messages, since `take_stage_latencies`.
    """

    def __init__(self) -> None:
        """Subscribe."""
        super().__init__("soak_listener")
        self.events = self.packets = self.first_seq = self.next_seq = 0
        self.latencies_ms: list[float] = []
        self.stage_latencies_ms: list[tuple[float, float]] = []
        self.status: dict[str, StreamStatus] = {}
        self._decoder = EventPacketDecoder()
        self.create_subscription(EventPacket, TOPIC, self._on_events, event_qos("reliable"))
        for stage in STAGES:
            self.create_subscription(StreamStatus, f"{stage}/status", self._keeper(stage), STATUS_QOS)

    @property
    def finished(self) -> bool:
        """Whether both stages have nothing more to do."""
        states = [self.status[stage].state for stage in STAGES if stage in self.status]
        return states == ["finished"] * len(STAGES)

    @property
    def lost(self) -> int:
        """Count the packets that were sent to this listener and never came."""
        return int(self.next_seq) - int(self.first_seq) - self.packets

    def take_latencies(self) -> tuple[list[float], list[tuple[float, float]]]:
        """Give the latencies since the last call: of packets here, and of windows at the accumulator."""
        taken = self.latencies_ms, self.stage_latencies_ms
        self.latencies_ms, self.stage_latencies_ms = [], []
        return taken

    def _on_events(self, message: EventPacket) -> None:
        self.events += sum(map(len, self._decoder.decode(message)))
        if not self.packets:
            self.first_seq = message.seq
        self.packets += 1
        self.next_seq = message.seq + 1
        self.latencies_ms.append((time.time_ns() - stamp_ns(message.header.stamp)) / 1e6)

    def _keeper(self, stage: str) -> Callable[[StreamStatus], None]:
        def keep(status: StreamStatus) -> None:
            self.status[stage] = status
            if stage == STAGES[-1] and status.latency_p50_ms == status.latency_p50_ms:
                self.stage_latencies_ms.append((status.latency_p50_ms, status.latency_p99_ms))

        return keep
