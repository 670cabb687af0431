"""A network that is watched while it runs: `step` as the network's, `reading()` whenever somebody asks."""

from dataclasses import dataclass

import torch
from torch import Tensor

from aestream_core.errors import InvalidArgumentError
from aestream_snn.models.activity import cancelled_share, currents, fan_outs
from aestream_snn.models.base import State
from aestream_snn.models.layers import Layer
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.models.quantise import LARGEST_STATE, scale_of
from aestream_snn.monitoring.reading import SATURATED, LayerReading, Reading
from aestream_snn.neurons.config import NeuronConfig


@dataclass
class _Tally:
    """What one layer did so far; tensors are (C, H, W) or (N,) sums over the batch."""

    spikes: Tensor
    busy: Tensor
    most: Tensor
    synops: Tensor
    lowest: Tensor
    highest: Tensor
    at_bound: Tensor


class Monitor:
    """Counts what a network does. A step costs some passes over what it hands on, and no copy to the host.

    `monitor.step(x, state)` stands in for `network.step(x, state)`; it gives the same.
    """

    def __init__(self, network: SpikingNetwork, *, every: int = 1, fields: bool = False) -> None:
        """Begin at nothing.

        Args:
            network: what is watched; its weights may change, its layers not.
            every: one of how many steps is counted: small networks take three times as long in one that is.
            fields: whether to follow what cancels inside of receptive fields, which doubles the work of a step.

        Raises:
            InvalidArgumentError: `every` is less than 1.
        """
        if every < 1:
            raise InvalidArgumentError(f"every is {every}; it must be 1 or more")
        self._network, self._every, self._fields, self._passed = network, every, fields, 0
        self._fans = fan_outs(network)
        self.reset()

    def reset(self) -> None:
        """Forget all that was counted."""
        self._tallies: list[_Tally] = []
        self._moved: Tensor | None = None
        self._steps, self._seen, self._batch = 0, 0, 0

    @torch.no_grad()
    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Do a step as the network does, and count where it is its turn."""
        self._passed += 1
        if self._passed % self._every:
            return self._network.step(x, state)
        outputs, after = self._network.step_layers(x, state)
        self.observe(x, outputs, after)
        return outputs[-1], after

    @torch.no_grad()
    def run(self, sequence: Tensor) -> Tensor:
        """Take (T, B, C, H, W) from a state that has seen nothing; give (T, B, classes)."""
        state, outputs = self._network.initial_state(), []
        for x in sequence.unbind(0):
            y, state = self.step(x, state)
            outputs.append(y)
        return torch.stack(outputs)

    @torch.no_grad()
    def observe(self, x: Tensor, outputs: list[Tensor], after: State) -> None:
        """Count one step.

        Args:
            x: (B, C, H, W), the frame.
            outputs: what each layer handed on.
            after: the state after it.
        """
        inputs = [x, *outputs[:-1]]
        parts = zip(inputs, outputs, after, self._fans, self._network.neurons, strict=True)
        tallies = [_tally(*part) for part in parts]
        joined = [_joined(before, tally) for before, tally in zip(self._tallies, tallies, strict=False)]
        self._tallies = joined or tallies
        if self._fields:
            moved = currents(self._network, inputs)
            self._moved = moved if self._moved is None else self._moved + moved
        self._steps, self._seen, self._batch = self._steps + 1, self._seen + len(x), len(x)

    def reading(self) -> Reading:
        """Give what was counted since the beginning or the last reset; no layers where that is nothing."""
        if not self._steps:
            return Reading((), 0, 0)
        rows = list(zip(self._tallies, self._network.parts(), strict=True))
        layers = tuple(self._layer(number, tally, part[0], part[2]) for number, (tally, part) in enumerate(rows))
        return Reading(
            layers,
            self._steps,
            self._batch,
            tuple((tally.spikes / (self._seen * part[0].pool ** 2)).cpu() for tally, part in rows),
            tuple((tally.busy / self._seen).cpu() for tally, _ in rows),
            tuple((w.weight.detach() * neuron.gain / neuron.threshold).cpu() for _, (_, w, neuron) in rows),
        )

    def _layer(self, number: int, tally: _Tally, layer: Layer, neuron: NeuronConfig) -> LayerReading:
        density = tally.busy / self._seen
        lowest, highest = float(tally.lowest), float(tally.highest)
        weight = list(self._network.parts())[number][1].weight
        scale = scale_of(weight * neuron.gain, neuron.threshold)
        return LayerReading(
            rate=float(tally.spikes.mean()) / (self._seen * layer.pool**2),
            density=float(density.mean()),
            most=float(tally.most),
            dead=float((tally.spikes == 0).float().mean()),
            saturated=float((density >= SATURATED).float().mean()),
            synops=float(tally.synops) / self._seen,
            lowest=lowest / neuron.threshold,
            highest=highest / neuron.threshold,
            at_bound=float(tally.at_bound) / self._steps,
            int16=max(abs(lowest), abs(highest)) * scale / LARGEST_STATE,
            cancelled=0.0 if self._moved is None else float(cancelled_share(self._moved)[number]),
        )


def _tally(x: Tensor, spikes: Tensor, v: Tensor | None, fan: Tensor, neuron: NeuronConfig) -> _Tally:
    assert v is not None
    bound = v.new_zeros(()) if neuron.min_v is None else (v <= neuron.min_v).float().mean()
    busy = (spikes > 0).to(torch.float32).sum(0)
    lowest, highest = v.aminmax()
    return _Tally(spikes.sum(0), busy, spikes.amax(), (x * fan).sum(), lowest, highest, bound)


def _joined(a: _Tally, b: _Tally) -> _Tally:
    return _Tally(
        a.spikes + b.spikes,
        a.busy + b.busy,
        torch.maximum(a.most, b.most),
        a.synops + b.synops,
        torch.minimum(a.lowest, b.lowest),
        torch.maximum(a.highest, b.highest),
        a.at_bound + b.at_bound,
    )
