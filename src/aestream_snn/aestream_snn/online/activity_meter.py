"""How busy a network is while it runs."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from aestream_snn.models.activity import fan_outs
from aestream_snn.models.network import SpikingNetwork

EVERY = 8
"""Windows of which one is looked at."""

_KEPT = 0.9


class ActivityMeter:
    """Means of spikes and synaptic operations over about the last ten windows that were looked at, layer by layer."""

    def __init__(self, network: SpikingNetwork) -> None:
        """Prepare on the network's device."""
        self._fans = fan_outs(network)
        self._neurons: list[int] = []
        self._mean: Tensor | None = None
        self._layers = network.layers

    def add(self, given: Tensor, outputs: Sequence[Tensor]) -> None:
        """Look at a window.

        Args:
            given: (1, C, H, W) input.
            outputs: what every layer handed on.
        """
        self._neurons = [y.numel() * layer.pool**2 for y, layer in zip(outputs, self._layers, strict=True)]
        reached = [(x * fan).sum() for x, fan in zip((given, *outputs), self._fans, strict=False)]
        now = torch.stack([torch.stack([y.sum(), ops]) for y, ops in zip(outputs, reached, strict=True)])
        self._mean = now if self._mean is None else self._mean * _KEPT + now * (1 - _KEPT)

    def shown(self, window_us: int) -> Mapping[str, object]:
        """Give firing rates in Hz and operations a second, for diagnostics. Waits for the device."""
        if self._mean is None:
            return {}
        per_s = 1e6 / window_us
        said: dict[str, object] = {}
        rows = self._mean.tolist()
        for number, ((spikes, operations), neurons) in enumerate(zip(rows, self._neurons, strict=True)):
            said[f"layer {number} firing rate [Hz]"] = f"{spikes / neurons * per_s:.3g}"
            said[f"layer {number} synaptic operations [1/s]"] = f"{operations * per_s:.3g}"
        return said
