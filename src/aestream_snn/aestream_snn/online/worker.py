"""The thread of inference: takes windows or packets from a queue, gives answers to a sink."""

import math
import threading
import time
from collections.abc import Callable

from aestream_core.errors import AestreamError
from aestream_core.exchange import Envelope, Subscription
from aestream_gpu.windows import Window
from aestream_snn.online.runner import Answer, Runner

DRAIN_S = 1.0
"""Longest time that `InferenceWorker.stop` works on what waits."""
_POLL_S = 0.05


class InferenceWorker:
    """Runs what comes through a subscription until it is stopped. The runner is used on this thread only.

    Attributes:
        ended: whether the stream ended and everything of it was given out.
    """

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
        self.ended = False
        self._queue, self._runner, self._now_ns = queue, runner, now_ns
        self._on_answer, self._on_failure = on_answer, on_failure
        self._stop_at_s = math.inf
        self._thread = threading.Thread(target=self._run, name="aestream_inference", daemon=True)

    def start(self) -> None:
        """Begin on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Run what waits and end the thread; no answer is given out after this returns.

        What a model too slow for it leaves in the queue after `DRAIN_S` counts as dropped there.
        """
        self._stop_at_s = time.monotonic() + DRAIN_S
        self._thread.join()

    def _run(self) -> None:
        try:
            self._work()
        except AestreamError as error:
            self._on_failure(str(error))
        except Exception as error:
            self._on_failure(f"inference stopped: {type(error).__name__}: {error}")
        finally:
            # Nobody takes from it any more: a recording must not wait for room, and what comes counts as dropped.
            self._queue.close()

    def _work(self) -> None:
        while time.monotonic() < self._stop_at_s:
            stopping = self._stop_at_s < math.inf
            envelope = self._queue.take(0 if stopping else _POLL_S)
            if stopping and envelope is None:
                break
            if envelope is not None:
                # What waits when it stops is run whatever its age: nothing newer is held up by it.
                self._handle(envelope, waited_ns=0 if stopping else self._now_ns() - envelope.stamp_ns)
        self._give(self._runner.flush())

    def _handle(self, envelope: Envelope, *, waited_ns: int) -> None:
        payload = envelope.payload
        if payload is None:
            self._give(self._runner.flush())
            self.ended = True
            return
        self.ended = False
        arrived_ns = payload.arrived_ns if isinstance(payload, Window) else envelope.stamp_ns
        self._give(self._runner.take(payload, arrived_ns=arrived_ns, waited_ns=waited_ns))

    def _give(self, answer: Answer | None) -> None:
        if answer is not None:
            self._on_answer(answer)
