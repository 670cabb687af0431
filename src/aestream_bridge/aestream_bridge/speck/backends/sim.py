"""The software twin in the place of a chip."""

from aestream_bridge.speck.backends.base import SLOW_CLOCK_HZ, BackendCounters, Written
from aestream_bridge.speck.input_map import InputMap
from aestream_bridge.speck.network import Array
from aestream_bridge.speck.planning import Plan
from aestream_bridge.speck.twin import Twin
from aestream_core.errors import AestreamError
from aestream_core.events import Events


class SimBackend:
    """Runs the network in integers on the processor, as fast as events come.

    Attributes:
        device: "sim".
    """

    device = "sim"

    def __init__(self, *, synops_per_us: float = 0.0) -> None:
        """Prepare; `synops_per_us` limits every core, 0 does not."""
        self._synops_per_us = synops_per_us
        self._twin: Twin | None = None
        self._now_us = 0

    def open(self) -> None:
        """Have nothing to open."""

    def configure(self, plan: Plan) -> None:
        """Make the twin of a network, states at 0."""
        self._twin = Twin(plan.network)
        self._twin.set_congestion(synops_per_us=self._synops_per_us)
        self._twin.set_slow_clock(1_000_000 // SLOW_CLOCK_HZ)

    def write(self, events: Events, input_map: InputMap) -> Written:
        """Run a packet through the network; its spikes can be read when this returns."""
        twin = self._configured()
        features = list(input_map.features)
        outside = twin.feed(events.words(), events.t0_us, input_map.columns, input_map.rows, features)
        self._now_us = events.last_us
        return Written(len(events) - outside, outside)

    def read(self) -> Array:
        """Give the spikes since the last call."""
        return self._configured().take()

    def clock_us(self) -> int:
        """Give the sensor time of the newest event written."""
        return self._now_us

    def counters(self) -> BackendCounters:
        """Give what the twin did so far."""
        twin = self._configured()
        total = twin.total()
        spikes = {layer.name: twin.counters(layer.name).spikes for layer in twin.layers}
        return BackendCounters(spikes, total.synops, total.congested, twin.lost_outputs)

    def close(self) -> None:
        """Forget the twin."""
        self._twin = None

    def _configured(self) -> Twin:
        if self._twin is None:
            raise AestreamError("the sim device has no network yet; call configure first")
        return self._twin
