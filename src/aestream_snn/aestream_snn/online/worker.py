"""The thread of inference: takes windows or packets from a queue, gives answers to a sink."""

from collections.abc import Callable

from aestream_core.exchange import Envelope, Subscription
from aestream_core.queue_worker import QueueWorker
from aestream_gpu.windows import Window
from aestream_snn.online.runner import Answer, Runner

_POLL_S = 0.05


class InferenceWorker(QueueWorker):
    """Runs what comes through a subscription until it is stopped. The runner is used on this thread only."""

    def __init__(
        self,
        queue: Subscription,
        runner: Runner,
        *,
        now_ns: Callable[[], int],
        on_answer: Callable[[Answer], None],
        on_failure: Callable[[str], None],
    ) -> None:
        """Prepare; the sinks are called on the worker's thread."""
        super().__init__(queue, task="inference", on_failure=on_failure, poll_s=_POLL_S)
        self._runner, self._now_ns, self._on_answer = runner, now_ns, on_answer

    def handle(self, envelope: Envelope) -> None:
        """Run a window or a packet; while stopping whatever its age, for nothing newer is held up by it."""
        payload = envelope.payload
        assert payload is not None
        waited_ns = 0 if self.stopping else self._now_ns() - envelope.stamp_ns
        arrived_ns = payload.arrived_ns if isinstance(payload, Window) else envelope.stamp_ns
        self._give(self._runner.take(payload, arrived_ns=arrived_ns, waited_ns=waited_ns))

    def finish(self) -> None:
        """Give what the end of the stream completes."""
        self._give(self._runner.flush())

    def _give(self, answer: Answer | None) -> None:
        if answer is not None:
            self._on_answer(answer)
