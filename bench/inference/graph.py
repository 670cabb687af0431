"""Launch camera_to_snn, listen to its predictions from outside, watch its memory."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

import numpy as np
from aestream_msgs.msg import Prediction, StreamStatus
from rclpy.node import Node

from aestream_ros.process import make_executor, ros_process, spin_until_shutdown
from aestream_ros.qos import STATUS_QOS
from aestream_ros.status import StageReading
from bench.soak.memory import family, resident_mb

START_S = 60
"""Host time in which the first prediction must have come."""

WARM_UP_S = 2.0
"""Sensor time after the first prediction in which a graph is still settling."""

STAGES = ("event_camera", "accumulator", "inference")


@dataclass(frozen=True)
class Said:
    """One prediction.

    Attributes:
        t_us: sensor time that it has seen.
        label: its best class.
        latency_ms: host time from the arrival of its last event to it.
    """

    t_us: int
    label: str
    latency_ms: float


@dataclass
class Seen:
    """What a run showed.

    Attributes:
        said: predictions, in order.
        rss_mb: memory of launch and container, sampled twice a second.
        status: last status of each stage.
        early: status of each stage when it had settled.
        seconds: host time from the first prediction to the last.
        gaps: predictions that were sent and did not arrive here.
    """

    said: list[Said] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)
    status: dict[str, StreamStatus] = field(default_factory=dict)
    early: dict[str, StreamStatus] = field(default_factory=dict)
    seconds: float = 0.0
    gaps: int = 0

    @property
    def settling(self) -> bool:
        """Whether the first seconds are not over."""
        return not self.said or self.said[-1].t_us < self.said[0].t_us + WARM_UP_S * 1e6

    def latency_ms(self, percent: float) -> float:
        """Give a percentile of the latencies."""
        return float(np.percentile([each.latency_ms for each in self.said], percent))


class Listener(Node):
    """Keeps predictions and status."""

    def __init__(self, seen: Seen) -> None:
        """Subscribe."""
        super().__init__("inference_listener", use_global_arguments=False)
        self._seen = seen
        self._next = -1
        self.create_subscription(Prediction, "/inference/prediction", self._on_prediction, 1000)
        for stage in STAGES:
            self.create_subscription(StreamStatus, f"/{stage}/status", self._keeper(stage), STATUS_QOS)

    def _on_prediction(self, message: Prediction) -> None:
        self._seen.gaps += int(message.seq) - self._next if self._next >= 0 else 0
        self._next = int(message.seq) + 1
        self._seen.said.append(Said(message.t_us, message.labels[message.best], message.latency_ms))

    def _keeper(self, stage: str):  # type: ignore[no-untyped-def]
        def keep(status: StreamStatus) -> None:
            self._seen.status[stage] = status
            if self._seen.settling:
                self._seen.early[stage] = status

        return keep


def watch(*arguments: str, seconds: float, name: str = "camera_to_snn") -> Seen:
    """Run the graph until so many seconds after the first prediction.

    Args:
        arguments: of the launch, as in `rate:=10e6`.
        seconds: host time.
        name: of the launch file.

    Raises:
        RuntimeError: it ended early, or no prediction came.
    """
    command = [sys.executable, "-m", "aestream", "launch", name, *arguments]
    graph = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL)
    seen = Seen()
    try:
        with ros_process([]):
            _listen(graph, seen, seconds)
    finally:
        graph.send_signal(signal.SIGINT)
        graph.wait(30)
    return seen


def _listen(graph: "subprocess.Popen[bytes]", seen: Seen, seconds: float) -> None:
    listener, executor = Listener(seen), make_executor()
    executor.add_node(listener)
    begun_s = time.monotonic()
    first_s: list[float] = []

    def sample() -> None:
        if seen.said:
            seen.rss_mb.append(sum(map(resident_mb, family(graph.pid))))

    def done() -> bool:
        now_s = time.monotonic()
        if seen.said and not first_s:
            first_s.append(now_s)
        late = not first_s and now_s - begun_s > START_S
        return graph.poll() is not None or late or (bool(first_s) and now_s - first_s[0] > seconds)

    listener.create_timer(0.5, sample)
    spin_until_shutdown(executor, done=done)
    seen.seconds = time.monotonic() - (first_s or [begun_s])[0]
    executor.remove_node(listener)
    listener.destroy_node()
    executor.shutdown()
    if graph.poll() is not None or not first_s:
        raise RuntimeError(f"the graph ended with status {graph.poll()}, {len(seen.said)} predictions came")


def events_per_s(seen: Seen, stage: str) -> float:
    """Give the rate of a stage over its last status period."""
    return float(seen.status[stage].event_rate) if stage in seen.status else StageReading().events
