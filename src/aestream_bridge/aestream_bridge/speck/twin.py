"""The software twin of the chip: event-driven, in integers. Its slow twin is `reference.py`.

For each event at the input, in the order given: the layers that the input feeds integrate it; the spikes they fire wait
in one queue, first in first out, and are integrated in turn, until the queue is empty (breadth first). One event
reaches each neuron of a layer at most once: its state moves by the weight, saturating at 32767 and at the low
threshold; where it is then at or above the threshold the neuron fires one spike and loses the threshold (or goes to 0).
Spikes of one event leave in the order of rows, columns, features. The chip's cores run at the same time, so there the
order of spikes of different cores depends on their speed; the twin's is one of the possible orders, always the same.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestream_bridge import _speck
from aestream_bridge.speck.limits import POOLINGS
from aestream_bridge.speck.network import LOWEST, Array, Destination, Layer, Network
from aestream_bridge.speck.shapes import input_shapes, ordered, output_shape
from aestream_bridge.speck.spikes import SPIKE_DTYPE
from aestream_core.errors import InvalidArgumentError


@dataclass(frozen=True)
class LayerCounters:
    """What one layer did.

    Attributes:
        inputs: events that it integrated.
        outside: events left out because they lie outside its input, as at the rim of an uneven pooling.
        congested: events left out because its core was busy.
        synops: synaptic operations: weights added to states.
        spikes: spikes fired.
    """

    inputs: int
    outside: int
    congested: int
    synops: int
    spikes: int


class Twin:
    """A network of integers that events flow through.

    Attributes:
        layers: the layers in topological order; `layer` of a spike counts these from 0.
    """

    def __init__(self, network: Network, *, monitored: Collection[str] = ()) -> None:
        """Prepare.

        Args:
            network: in integers, as `plan(...).network` is.
            monitored: names of the layers whose spikes `take` gives; without one those that are read out.

        Raises:
            InvalidArgumentError: the network is not in integers, or there is no such layer.
            PlanError: the network is not connected as it must be.
        """
        self.layers = ordered(network)
        self._index = {layer.name: index for index, layer in enumerate(self.layers)}
        watched = set(monitored) or {layer.name for layer in network.outputs}
        if unknown := watched - set(self._index):
            raise InvalidArgumentError(f"no layer {min(unknown)!r} to monitor; layers are {', '.join(self._index)}")
        shapes = input_shapes(network)
        specs = [self._spec(layer, shapes[layer.name], layer.name in watched) for layer in self.layers]
        try:
            self._twin = _speck.Twin(specs, self._rows(network.inputs))
        except ValueError as error:
            raise InvalidArgumentError(f"network {network.name!r}, {error}; plan(network) says more") from None

    def feed(self, words: npt.NDArray[np.int64], t0_us: int, columns: Array, rows: Array, features: list[int]) -> int:
        """Integrate the events of a packet, through the tables of an `InputMap`; give how many were outside it."""
        return self._twin.feed(words, t0_us, columns, rows, features)

    def inject(self, spikes: Array) -> None:
        """Integrate events at the network's input, (N,) of `SPIKE_DTYPE`, in this order; `layer` is ignored."""
        self._twin.inject(np.ascontiguousarray(spikes, SPIKE_DTYPE))

    def take(self) -> Array:
        """Give the spikes of monitored layers since the last call, (N,) of `SPIKE_DTYPE`; x and y before pooling."""
        return self._twin.take().view(SPIKE_DTYPE)

    def reset(self) -> None:
        """Set all states to 0; counters stay."""
        self._twin.reset()

    def states(self, name: str) -> npt.NDArray[np.int16]:
        """Copy a layer's states, (features, rows, columns)."""
        return self._twin.states(self._index[name])

    def counters(self, name: str) -> LayerCounters:
        """Give what a layer did so far."""
        return LayerCounters(*self._twin.counters(self._index[name]))

    def total(self) -> LayerCounters:
        """Give the sums over all layers."""
        each = [self._twin.counters(index) for index in range(len(self.layers))]
        return LayerCounters(*map(sum, zip(*each, strict=True)))

    @property
    def lost_outputs(self) -> int:
        """Spikes that nobody took in time: more waited than `limit_outputs` allows."""
        return self._twin.lost_outputs

    @property
    def skipped_ticks(self) -> int:
        """Ticks of the slow clock left out, of gaps without events that were longer than 65,536 ticks."""
        return self._twin.skipped_ticks

    def limit_outputs(self, spikes: int) -> None:
        """Keep this many spikes for `take` at most; 4 Mi at first."""
        self._twin.set_output_limit(spikes)

    def set_slow_clock(self, period_us: int) -> None:
        """Add the biases every so many µs of sensor time; 0 stops the clock."""
        self._twin.set_slow_clock(period_us)

    def set_congestion(self, *, synops_per_us: float, queue_us: float = 1000.0) -> None:
        """Let every core do this many synaptic operations per µs at most; what would wait longer is left out.

        A model: makers of the chip publish no such figure. 0, the value at first, is a core that is never busy.
        """
        self._twin.set_congestion(synops_per_us, queue_us)

    def _rows(self, destinations: tuple[Destination, ...]) -> list[tuple[int, int, int]]:
        for to in destinations:
            if to.pooling not in POOLINGS:
                raise InvalidArgumentError(
                    f"pooling to layer {to.layer!r} is {to.pooling}; it must be one of {POOLINGS}"
                )
        return [(self._index[to.layer], to.pooling.bit_length() - 1, to.feature_shift) for to in destinations]

    def _spec(self, layer: Layer, shape: tuple[int, int, int], monitored: bool) -> "_speck.LayerSpec":
        if not layer.quantised or layer.kernel[0] != layer.kernel[1]:
            raise InvalidArgumentError(f"layer {layer.name!r} is not as a chip has it; give plan(network).network")
        try:
            return _speck.LayerSpec(
                input=shape,
                output=output_shape(layer, shape),
                kernel_stride_padding=(layer.kernel[0], layer.stride, layer.padding),
                threshold=int(layer.threshold),
                threshold_low=LOWEST if layer.threshold_low is None else int(layer.threshold_low),
                reset_to_zero=layer.reset == "zero",
                monitored=monitored,
                weights=np.ascontiguousarray(layer.weights.transpose(1, 2, 3, 0), np.int8),
                biases=np.zeros(0, np.int8) if layer.biases is None else layer.biases.astype(np.int8),
                destinations=self._rows(layer.destinations),
            )
        except TypeError:
            raise InvalidArgumentError(f"layer {layer.name!r} holds numbers no chip can; plan(network) says") from None
