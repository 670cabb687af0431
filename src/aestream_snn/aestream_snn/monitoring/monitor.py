"""A network that is watched while it runs: `step` as the network's, `reading()` whenever somebody asks."""

import torch
from torch import Tensor

from aestream_core.errors import InvalidArgumentError
from aestream_snn.models.activity import cancelled_share, currents, fan_outs
from aestream_snn.models.base import State
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.models.quantise import LARGEST_STATE, scale_of
from aestream_snn.monitoring.reading import SATURATED, LayerReading, Reading
from aestream_snn.monitoring.tally import LayerTally, Tally


class Monitor:
    """Counts what a network does. A step costs some passes over what it hands on, and no copy to the host.

    `monitor.step(x, state)` stands in for `network.step(x, state)`; it gives the same.
    """

    def __init__(self, network: SpikingNetwork, *, every: int = 1, fields: bool = False) -> None:
        """Begin at nothing.

        Args:
            network: what is watched; its weights may change, its layers not.
            every: one of how many steps is counted; one that is costs a small network as much again, or more.
            fields: whether to follow what cancels inside of receptive fields, which doubles the work of a step.

        Raises:
            InvalidArgumentError: `every` is less than 1.
        """
        if every < 1:
            raise InvalidArgumentError(f"every is {every}; it must be 1 or more")
        self._network, self._every, self._fields, self._passed = network, every, fields, 0
        self._fans = [fan.cpu() for fan in fan_outs(network)]
        self.reset()

    @property
    def steps(self) -> int:
        """Steps that were counted since the beginning or the last reset."""
        return self._tally.steps

    def reset(self) -> None:
        """Forget all that was counted."""
        self._tally = Tally(self._network.neurons)
        self._moved: Tensor | None = None

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
        self._tally.add(x, outputs, [v for v in after if v is not None])
        if self._fields:
            moved = currents(self._network, [x, *outputs[:-1]])
            self._moved = moved if self._moved is None else self._moved + moved

    def layers(self) -> tuple[LayerReading, ...]:
        """Give the numbers of every layer since the beginning or the last reset; none where nothing was counted."""
        shares = cancelled_share(self._moved).tolist() if self._moved is not None else [0.0] * len(self._fans)
        rows = enumerate(zip(self._tally.layers(), shares, strict=False))
        return tuple(self._layer(number, tally, cancelled=share) for number, (tally, share) in rows)

    def reading(self) -> Reading:
        """Give the numbers and the distributions behind them; no layers where nothing was counted."""
        seen, rows = self._tally.seen, list(zip(self._tally.layers(), self._network.parts(), strict=False))
        return Reading(
            self.layers(),
            self._tally.steps,
            self._tally.batch,
            tuple(tally.spikes / (seen * part[0].pool ** 2) for tally, part in rows),
            tuple(tally.busy / seen for tally, _ in rows),
            tuple((w.weight.detach() * neuron.gain / neuron.threshold).cpu() for _, (_, w, neuron) in rows),
        )

    def _layer(self, number: int, tally: LayerTally, *, cancelled: float) -> LayerReading:
        seen, neuron, layer = self._tally.seen, self._network.neurons[number], self._network.layers[number]
        density, lowest, highest = tally.busy / seen, float(tally.lowest.min()), float(tally.highest.max())
        scale = scale_of(list(self._network.parts())[number][1].weight * neuron.gain, neuron.threshold)
        return LayerReading(
            rate=float(tally.spikes.mean()) / (seen * layer.pool**2),
            density=float(density.mean()),
            most=float(tally.most.max()),
            dead=float((tally.busy == 0).float().mean()),
            saturated=float((density >= SATURATED).float().mean()),
            synops=float((tally.inputs.double() * self._fans[number]).sum()) / seen,
            lowest=lowest / neuron.threshold,
            highest=highest / neuron.threshold,
            at_bound=float(tally.at_bound.double().mean()) / seen,
            int16=max(abs(lowest), abs(highest)) * scale / LARGEST_STATE,
            cancelled=cancelled,
        )
