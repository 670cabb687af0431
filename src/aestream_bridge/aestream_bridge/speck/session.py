"""One network on one device: packets in, predictions out, everything counted. What the node and the command share."""

from dataclasses import dataclass

import numpy as np

from aestream_bridge.speck.backends.base import BackendCounters, BackendOptions, SpeckBackend
from aestream_bridge.speck.backends.table import BACKENDS, make_backend
from aestream_bridge.speck.config import SpeckConfig
from aestream_bridge.speck.input_map import InputMap, make_input_map
from aestream_bridge.speck.loading.table import load_network
from aestream_bridge.speck.network import Array, Layer, Network
from aestream_bridge.speck.planning import Plan, plan
from aestream_bridge.speck.readout import Prediction, Readout
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events


@dataclass
class SessionCounters:
    """What went through; events in = sent + outside + dropped.

    Attributes:
        events: events of all packets.
        sent: events that reached the network's input.
        outside: events that the input map leaves out.
        dropped: events over the rate limit, or lost on the way to a chip.
        spikes: spikes that were read.
        predictions: predictions given.
    """

    events: int = 0
    sent: int = 0
    outside: int = 0
    dropped: int = 0
    spikes: int = 0
    predictions: int = 0


@dataclass(frozen=True, eq=False)
class Step:
    """What a packet brought.

    Attributes:
        spikes: spikes read, (N,) of `SPIKE_DTYPE`.
        predictions: windows that ended.
    """

    spikes: Array
    predictions: list[Prediction]


class SpeckSession:
    """Plans a network, brings it onto a device, and streams.

    Attributes:
        plan: the network on its cores.
        device: the device, for people.
        counters: what went through.
    """

    def __init__(self, config: SpeckConfig, *, backend: SpeckBackend | None = None) -> None:
        """Open the device and configure it.

        Args:
            config: what runs where.
            backend: the device, instead of the one that the configuration names.

        Raises:
            AestreamError: the network cannot be read or does not fit, or the device is not there.
        """
        self._config = config
        self.plan: Plan = plan(load_network(config.network), device=BACKENDS[config.device].chip)
        self.counters = SessionCounters()
        self._map: InputMap | None = None
        self._size = (0, 0)
        # Before the device is opened: settings that cannot be are said first.
        self._mapped(*reversed(self.plan.network.input_shape[1:]))
        self._last = _read_out(self.plan.network)
        index = self.plan.network.layers.index(self._last)
        self._readout = Readout(self._last.features, layer=index, window_us=config.window_us)
        self._allowance = _Allowance(config.max_rate_hz)
        self._backend = backend or make_backend(config.device, _options(config))
        self._backend.open()
        self._configure()
        self.device = self._backend.device

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes; numbers where the network has none."""
        return self.plan.network.labels or tuple(map(str, range(self._last.features)))

    @property
    def silent_windows(self) -> int:
        """Windows in which no class spiked."""
        return self._readout.silent

    def add(self, events: Events) -> Step:
        """Send a packet, and give what the device said since the last one."""
        input_map = self._mapped(events.width, events.height)
        kept = self._allowance.take(events)
        written = self._backend.write(kept, input_map)
        self.counters.events += len(events)
        self.counters.sent += written.sent
        self.counters.outside += written.outside
        self.counters.dropped += written.dropped + len(events) - len(kept)
        return self._read(events.last_us)

    def poll(self) -> Step:
        """Give what the device said since the last packet."""
        return self._read(self._backend.clock_us())

    def flush(self) -> list[Prediction]:
        """Give the window that is open."""
        predictions = self._readout.flush()
        self.counters.predictions += len(predictions)
        return predictions

    def chip(self) -> BackendCounters:
        """Give what the device counted."""
        return self._backend.counters()

    def close(self) -> None:
        """Give the device back; safe more than once."""
        self._backend.close()

    def _configure(self) -> None:
        try:
            self._backend.configure(self.plan)
        except Exception:
            self._backend.close()
            raise

    def _read(self, now_us: int) -> Step:
        spikes = self._backend.read()
        predictions = self._readout.add(spikes, now_us)
        self.counters.spikes += len(spikes)
        self.counters.predictions += len(predictions)
        return Step(spikes, predictions)

    def _mapped(self, width: int, height: int) -> InputMap:
        if self._map is None or self._size != (width, height):
            config = self._config
            self._map = make_input_map(
                width,
                height,
                shape=self.plan.network.input_shape,
                fit=config.fit,
                polarity=config.polarity,
                flip_x=config.flip_x,
            )
            self._size = (width, height)
        return self._map


def _options(config: SpeckConfig) -> BackendOptions:
    return BackendOptions(config.serial, config.core_synops_hz / 1e6)


def _read_out(network: Network) -> Layer:
    """Give the layer whose features are the classes."""
    layers = network.outputs
    if len(layers) != 1 or len(network.labels) not in (0, layers[0].features):
        names = ", ".join(repr(layer.name) for layer in layers)
        raise InvalidArgumentError(
            f"network {network.name!r} is read out at {names} and has {len(network.labels)} labels; predictions need "
            "one such layer, and a label for each of its features or none"
        )
    return layers[0]


_BURST_S = 0.01
"""What was not used of the rate is kept for this long."""


class _Allowance:
    """Thins packets evenly to a rate in sensor time."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._last_us: int | None = None
        self._credit = 0.0

    def take(self, events: Events) -> Events:
        if not self._rate_hz or not len(events):
            return events
        begin_us = events.first_us if self._last_us is None else min(self._last_us, events.first_us)
        self._last_us = events.last_us
        earned = (events.last_us - begin_us) * 1e-6 * self._rate_hz
        self._credit = min(self._credit, self._rate_hz * _BURST_S) + earned
        room = min(int(self._credit), len(events))
        self._credit -= room
        if room == len(events):
            return events
        chosen = np.linspace(0, len(events), room, endpoint=False).astype(np.int64)
        records = np.ascontiguousarray(events.records()[chosen])
        return Events.from_records(records, t0_us=events.t0_us, width=events.width, height=events.height)
