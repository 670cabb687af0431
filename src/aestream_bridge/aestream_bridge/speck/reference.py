"""The slow twin of the twin: the same rules in a few lines of NumPy, to compare with."""

from collections import deque

import numpy as np

from aestream_bridge.speck.network import LOWEST, Array, Destination, Network
from aestream_bridge.speck.shapes import input_shapes, ordered, output_shape
from aestream_bridge.speck.spikes import SPIKE_DTYPE


class TwinRef:
    """What `Twin` must equal, spike for spike; every layer is monitored. No slow clock, no congestion.

    Attributes:
        spikes: what was fired, as (t, layer, feature, x, y).
        synops: synaptic operations of every layer.
    """

    def __init__(self, network: Network) -> None:
        """Prepare a network of integers."""
        self.layers = ordered(network)
        shapes = input_shapes(network)
        self._shapes = [shapes[layer.name] for layer in self.layers]
        self._states = [np.zeros(output_shape(layer, shapes[layer.name]), np.int64) for layer in self.layers]
        self._index = {layer.name: index for index, layer in enumerate(self.layers)}
        self._inputs = network.inputs
        self.spikes: list[tuple[int, int, int, int, int]] = []
        self.synops = [0] * len(self.layers)

    def inject(self, events: Array) -> None:
        """Integrate events, one after the other."""
        for event in events:
            self._event(int(event["t"]), int(event["feature"]), int(event["y"]), int(event["x"]))

    def taken(self) -> Array:
        """Give all spikes so far as an array of `SPIKE_DTYPE`."""
        return np.array(self.spikes, SPIKE_DTYPE)

    def states(self, name: str) -> Array:
        """Give a layer's states."""
        return self._states[self._index[name]]

    def _event(self, t: int, feature: int, y: int, x: int) -> None:
        queue = deque(self._sent(self._inputs, feature, y, x))
        while queue:
            index, feature, y, x = queue.popleft()
            for fired in self._integrate(index, feature, y, x):
                self.spikes.append((t, index, fired[0], fired[2], fired[1]))
                queue.extend(self._sent(self.layers[index].destinations, *fired))

    def _sent(self, to: tuple[Destination, ...], feature: int, y: int, x: int) -> list[tuple[int, int, int, int]]:
        return [(self._index[d.layer], feature + d.feature_shift, y // d.pooling, x // d.pooling) for d in to]

    def _integrate(self, index: int, channel: int, y: int, x: int) -> list[tuple[int, int, int]]:
        layer, states = self.layers[index], self._states[index]
        channels, height, width = self._shapes[index]
        if channel >= channels or y >= height or x >= width:
            return []
        low = LOWEST if layer.threshold_low is None else layer.threshold_low
        fired = []
        for out_y in range(states.shape[1]):
            for out_x in range(states.shape[2]):
                row = y + layer.padding - out_y * layer.stride
                column = x + layer.padding - out_x * layer.stride
                if not (0 <= row < layer.kernel[0] and 0 <= column < layer.kernel[1]):
                    continue
                self.synops[index] += layer.features
                neurons = states[:, out_y, out_x]
                neurons[:] = np.clip(neurons + layer.weights[:, channel, row, column], low, 32767)
                for feature in np.flatnonzero(neurons >= layer.threshold):
                    neurons[feature] = 0 if layer.reset == "zero" else neurons[feature] - layer.threshold
                    fired.append((int(feature), out_y, out_x))
        return fired
