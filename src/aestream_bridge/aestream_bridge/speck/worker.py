"""The bridge's thread: takes packets from a queue, runs them through a session, gives predictions to a sink."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from aestream_bridge.speck.readout import Prediction
from aestream_bridge.speck.session import SpeckSession
from aestream_core.events import Events
from aestream_core.exchange import Envelope, Subscription
from aestream_core.queue_worker import QueueWorker

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


class SpeckWorker(QueueWorker):
    """Runs what comes through a subscription until it is stopped. The session is used on this thread only.

    Attributes:
        progress: how far it is; replaced as a whole, so any thread may read it.
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
        super().__init__(queue, task="speck", on_failure=on_failure, poll_s=_POLL_S)
        self.progress = Progress()
        self._session = session
        self._on_prediction = on_prediction

    def handle(self, envelope: Envelope) -> None:
        """Run a packet through the device."""
        events = envelope.payload
        assert isinstance(events, Events)
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

    def idle(self) -> None:
        """Take what the device says by itself."""
        self._give(self._session.poll().predictions)

    def finish(self) -> None:
        """Give the open window."""
        self._give(self._session.flush())

    def _give(self, predictions: list[Prediction]) -> None:
        for prediction in predictions:
            self._on_prediction(prediction)
