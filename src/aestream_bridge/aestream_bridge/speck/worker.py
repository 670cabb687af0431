"""The bridge's thread: takes packets from a queue, runs them through a session, gives predictions to a sink."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from aestream_bridge.speck.readout import Prediction
from aestream_bridge.speck.session import SpeckSession
from aestream_core.errors import AestreamError
from aestream_core.events import Events
from aestream_core.exchange import Envelope, Subscription

DRAIN_S = 1.0
"""Longest time that `SpeckWorker.stop` works on what waits."""
_POLL_S = 0.02


@dataclass(frozen=True)
class Progress:
    """How far the worker is.

    Attributes:
        packets: packets sent to the device.
        t_us: sensor time in µs of the newest event.
        arrived_ns: stamp of the newest packet.
        synops: synaptic operations; None where the device does not say.
        congested: events that busy cores left out; None where the device does not say.
        layer_spikes: spikes of every layer that is known.
        lost_spikes: spikes that were fired and not read in time.
    """

    packets: int = 0
    t_us: int = 0
    arrived_ns: int = 0
    synops: int | None = None
    congested: int | None = None
    layer_spikes: tuple[tuple[str, int], ...] = ()
    lost_spikes: int = 0


class SpeckWorker:
    """Runs what comes through a subscription until it is stopped. The session is used on this thread only.

    Attributes:
        progress: how far it is; replaced as a whole, so any thread may read it.
        ended: whether the stream ended and everything of it was given out.
    """

    def __init__(
        self,
        queue: Subscription,
        session: SpeckSession,
        *,
        on_prediction: Callable[[Prediction], None],
        on_failure: Callable[[str], None],
    ) -> None:
        """Prepare; the sinks are called on the worker's thread."""
        self.progress = Progress()
        self.ended = False
        self._queue = queue
        self._session = session
        self._on_prediction = on_prediction
        self._on_failure = on_failure
        self._stop_at_s = math.inf
        self._thread = threading.Thread(target=self._run, name="aestream_speck", daemon=True)

    def start(self) -> None:
        """Begin on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Run what waits, give the open window and end the thread; no prediction is given out after this returns.

        What a device too slow for it leaves in the queue after `DRAIN_S` counts as dropped there.
        """
        self._stop_at_s = time.monotonic() + DRAIN_S
        self._thread.join()

    def _run(self) -> None:
        try:
            self._work()
        except AestreamError as error:
            self._on_failure(str(error))
        except Exception as error:
            self._on_failure(f"the bridge stopped: {type(error).__name__}: {error}")
        finally:
            # Nobody takes from it any more: a recording must not wait for room, and what comes counts as dropped.
            self._queue.close()

    def _work(self) -> None:
        while time.monotonic() < self._stop_at_s:
            stopping = self._stop_at_s < math.inf
            envelope = self._queue.take(0 if stopping else _POLL_S)
            if stopping and envelope is None:
                break
            if envelope is None:
                self._give(self._session.poll().predictions)
            else:
                self._handle(envelope)
        self._give(self._session.flush())

    def _handle(self, envelope: Envelope) -> None:
        if envelope.payload is None:
            self._give(self._session.flush())
            self.ended = True
            return
        events = envelope.payload
        assert isinstance(events, Events)
        self.ended = False
        self.progress = replace(self.progress, arrived_ns=envelope.stamp_ns)
        step = self._session.add(events)
        chip = self._session.chip()
        self.progress = replace(
            self.progress,
            packets=self.progress.packets + 1,
            t_us=events.last_us,
            synops=chip.synops,
            congested=chip.congested,
            layer_spikes=tuple(chip.spikes.items()),
            lost_spikes=chip.lost,
        )
        self._give(step.predictions)

    def _give(self, predictions: list[Prediction]) -> None:
        for prediction in predictions:
            self._on_prediction(prediction)
