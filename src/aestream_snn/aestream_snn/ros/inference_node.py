"""InferenceNode: tensors, or events, through a trained model to predictions, as a ROS 2 node."""

import time
from typing import Any

from aestream_msgs.msg import Prediction

from aestream_core.exchange import EXCHANGE, Envelope
from aestream_gpu.device import resolve_device
from aestream_ros.conversions import header
from aestream_ros.event_inlet import EventInlet
from aestream_ros.latency import LatencyWindow
from aestream_ros.process import run_node
from aestream_ros.qos import product_qos
from aestream_ros.status import StageReading
from aestream_ros.stream_node import StreamNode
from aestream_snn.online.base import OnlineModel
from aestream_snn.online.config import InferenceConfig
from aestream_snn.online.loading import load_online
from aestream_snn.online.runner import Answer, Runner, prepare_torch
from aestream_snn.online.worker import InferenceWorker
from aestream_snn.ros.activity_outlet import ActivityOutlet
from aestream_snn.ros.conversions import prediction_message
from aestream_snn.ros.tensor_inlet import TensorInlet

WHENCE = {
    "tensors": "an accumulator makes them, as in the launch file camera_to_snn",
    "events": "remap ~/events to those of a camera, as the launch file camera_to_ssm does",
}
"""Where what a model takes comes from."""

PATIENCE_S = 5.0
"""Time after which the log says that nobody publishes what the model takes."""


class InferenceNode(StreamNode[InferenceConfig]):
    """Runs a trained model and publishes what it says on `~/prediction`, and what its neurons do on `~/activity`.

    A model of frames takes `~/tensor` from an accumulator, a model of events takes `~/events`: by reference from a
    publisher in this process, over DDS where there is none. Parameter `model` names the checkpoint.
    """

    stage = "inference"
    config_class = InferenceConfig

    def __init__(self, **kwargs: Any) -> None:
        """Load the model, warm it up and listen, unless `autostart` is false."""
        self._model: OnlineModel | None = None
        self._runner: Runner | None = None
        self._inlet: TensorInlet | EventInlet | None = None
        self._worker: InferenceWorker | None = None
        self._activity: ActivityOutlet | None = None
        self._latency = LatencyWindow()
        self._said = -1
        super().__init__("inference", **kwargs)

    def open(self) -> None:
        """Load the model onto its device, run it on made-up input, and announce the topic."""
        config = self.config
        prepare_torch(config.torch_threads)
        began_s = time.monotonic()
        device = resolve_device(config.device)
        model = load_online(config.model, device=device, memory_ms=config.memory_ms, engine=config.engine)
        watched = model.watch(config.monitor_every)
        model.warm_up()
        if model.remark:
            self.get_logger().warning(model.remark)
        self._model = model
        self._predictions = self.create_publisher(Prediction, "~/prediction", product_qos("reliable"))
        self._publication = EXCHANGE.advertise(self._predictions.topic_name)
        self._activity = ActivityOutlet(self, model=model.name, frame_id=config.frame_id) if watched else None
        took = f"loaded and warmed up in {time.monotonic() - began_s:.2f} s"
        self.get_logger().info(f"model {model.name} of {len(model.labels)} classes on {model.device}, {took}")

    def start(self) -> None:
        """Listen and predict, from a state that has seen nothing."""
        assert self._model is not None
        simulated = bool(self.get_parameter("use_sim_time").value)
        self._latency = LatencyWindow(self.now_ns, self.now_ns if simulated else time.monotonic_ns)
        self._model.reset()
        self._said = -1
        self._started_s = time.monotonic()
        self._runner = Runner(self._model, self.config)
        self._inlet = self._listen(self._model)
        self._worker = InferenceWorker(
            self._inlet.queue, self._runner, now_ns=self.now_ns, on_answer=self._on_answer, on_failure=self.fail
        )
        self._worker.start()

    def stop(self) -> None:
        """Stop listening; what waits is run."""
        assert self._inlet is not None
        assert self._worker is not None
        if text := self._missing():
            self.get_logger().warning(text)
        self._inlet.close()
        self._worker.stop()
        reading = self.reading()
        lost = f"{reading.dropped_packets} inputs dropped with {reading.dropped_events} events"
        resets = f"{self._runner.counters.resets if self._runner else 0} resets"
        self.get_logger().info(f"ran {reading.events} events, {reading.products} predictions; {lost}; {resets}")

    def release(self) -> None:
        """Leave the topics."""
        self._publication.close()
        self.destroy_publisher(self._predictions)
        if self._activity is not None:
            self._activity.close()
        self._model = self._activity = None

    def reconfigure(self, config: InferenceConfig) -> None:
        """Take over deadline, rate, gap and memory from the next input on."""
        if self._runner is not None:
            self._runner.config = config
            self._runner.model.remember(config.memory_ms)

    def report(self) -> None:
        """Publish status, diagnostics, and what the network did inside where that is new."""
        super().report()
        if self._activity is not None and self._model is not None and self._runner is not None:
            self._activity.tell(self._model.inside(), t_us=self._runner.counters.t_us)

    def reading(self) -> StageReading:
        """Give the counters as they are now."""
        if self._runner is None or self._inlet is None or self._model is None:
            return StageReading()
        counters, inlet, device = self._runner.counters, self._inlet, str(self._model.device)
        return StageReading(
            events=counters.events,
            packets=counters.inputs,
            products=counters.answers,
            dropped_events=inlet.dropped_events + counters.late_events,
            dropped_packets=inlet.dropped_packets + counters.late_inputs,
            invalid_events=inlet.invalid_events,
            queue_bytes=inlet.queue.queued_bytes,
            queue_limit_bytes=inlet.queue.limit_bytes,
            latency_ms=self._latency.take(),
            bytes_copied=counters.bytes_copied,
            t_us=counters.t_us,
            device=device,
            messages=inlet.messages,
            lost_messages=inlet.lost_messages,
            hardware_id=device,
        )

    def details(self) -> dict[str, object]:
        """Give what the model is and does inside."""
        if self._runner is None or self._model is None:
            return {}
        counters = self._runner.counters
        return {
            "model": self._model.name,
            "resets": counters.resets,
            "inputs past the deadline": counters.late_inputs,
            "remark": self._runner.remark,
            **self._model.activity(),
        }

    @property
    def finished(self) -> bool | None:
        """Whether the stream that this process publishes ended and everything of it was given out; None without one."""
        if self._missing():
            return None
        return self._worker is not None and self._worker.ended

    @finished.setter
    def finished(self, _: bool | None) -> None:
        """Ignore: the worker knows."""

    def trouble(self) -> tuple[str, str] | None:
        """Say where nothing comes because nobody publishes what this model takes."""
        text = self._missing()
        if text and time.monotonic() - self._started_s > PATIENCE_S:
            self.get_logger().warning(text, once=True)
        return ("waiting", text) if text else None

    def _missing(self) -> str:
        """Say what nobody publishes; nothing where somebody does, or something came."""
        if self._inlet is None or self._model is None or self._runner is None:
            return ""
        if self._runner.counters.inputs or self._inlet.has_publishers:
            return ""
        takes = self._model.takes
        return f"nobody publishes {self._inlet.topic}, where model {self._model.name} takes {takes}: {WHENCE[takes]}"

    def _listen(self, model: OnlineModel) -> TensorInlet | EventInlet:
        config = self.config
        limits: dict[str, Any] = {"queue_limit_bytes": config.queue_limit_bytes, "reliability": config.reliability}
        if model.takes == "tensors":
            return TensorInlet(self, "~/tensor", on_failure=self.fail, **limits)
        return EventInlet(self, "~/events", transport=config.transport, on_failure=self.fail, **limits)

    # Output, on the worker's thread -----------------------------------------------------------------------------------

    def _on_answer(self, answer: Answer) -> None:
        assert self._model is not None
        now_ns = self.now_ns()
        if self._said < 0 and self._runner is not None and self._runner.remark:
            self.get_logger().warning(self._runner.remark, once=True)
        if answer.arrived_ns:
            self._latency.since(answer.arrived_ns)
        message = prediction_message(
            answer,
            seq=self._runner.counters.answers - 1 if self._runner else 0,
            header=header(now_ns, self.config.frame_id),
            model=self._model.name,
            labels=self._model.labels,
            latency_ms=(now_ns - answer.arrived_ns) / 1e6 if answer.arrived_ns else 0.0,
        )
        self._publication.put(Envelope(answer, now_ns))
        self._predictions.publish(message)
        self._tell(answer)

    def _tell(self, answer: Answer) -> None:
        share = float(answer.scores[answer.best])
        if answer.best == self._said or share < self.config.confidence:
            return
        self._said = answer.best
        if self.config.log_answers and self._model is not None:
            label = self._model.labels[answer.best]
            self.get_logger().info(f"sees {label} ({share:.0%}) at {answer.t_us / 1e6:.2f} s")


def main() -> int:
    """Run inference in a process of its own."""
    return run_node(InferenceNode)
