"""What a monitor adds up, step by step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aestream_snn.neurons.config import NeuronConfig


@dataclass(frozen=True, eq=False)
class LayerTally:
    """One layer, on the CPU: tensors by place (C, H, W) or (N,), those of membranes (neurons,).

    Attributes:
        inputs: sum of what was handed to the layer.
        spikes: sum of what it handed on.
        busy: frames with a spike.
        most: most spikes in one frame.
        lowest: smallest membrane after a step.
        highest: largest one.
        at_bound: frames after which it lay at the lower bound.
    """

    inputs: Tensor
    spikes: Tensor
    busy: Tensor
    most: Tensor
    lowest: Tensor
    highest: Tensor
    at_bound: Tensor


class Tally:
    """Sums and extremes over steps and recordings, for all layers at once.

    Layers lie side by side in one vector, so that a step costs a dozen operations, however many layers there are: in
    small networks the number of operations is what counts.

    Attributes:
        steps: steps that were added.
        seen: frames in them.
        batch: frames of the last step.
    """

    def __init__(self, neurons: Sequence[NeuronConfig]) -> None:
        """Begin at nothing."""
        self.steps = self.seen = self.batch = 0
        self._lower = [float("-inf") if neuron.min_v is None else neuron.min_v for neuron in neurons]

    def _begin(self, x: Tensor, outputs: Sequence[Tensor], membranes: Sequence[Tensor]) -> None:
        self._places = [each.shape[1:] for each in outputs]
        self._neurons = [each.shape[1:].numel() for each in membranes]
        places, neurons = sum(each.numel() for each in self._places), sum(self._neurons)
        self._given = x.new_zeros(x.shape[1:])
        self._spikes, self._busy, self._most = x.new_zeros(3, places).unbind(0)
        self._at_bound = x.new_zeros(neurons)
        self._lowest = x.new_full((neurons,), torch.inf)
        self._highest = -self._lowest
        counts = torch.tensor(self._neurons, device=x.device)
        self._bounds = x.new_tensor(self._lower).repeat_interleave(counts)

    def add(self, x: Tensor, outputs: Sequence[Tensor], membranes: Sequence[Tensor]) -> None:
        """Add one step.

        Args:
            x: (B, C, H, W), the frame.
            outputs: (B, ...) spikes that each layer handed on.
            membranes: (B, ...) of each layer after the step.
        """
        spikes, v = _side_by_side(outputs), _side_by_side(membranes)
        if not self.steps:
            self._begin(x, outputs, membranes)
        self._given += _over_frames(x, torch.sum)
        self._spikes += _over_frames(spikes, torch.sum)
        self._busy += _over_frames(spikes.sign(), torch.sum)
        self._at_bound += _over_frames(v <= self._bounds, torch.sum)
        self._most = torch.maximum(self._most, _over_frames(spikes, torch.amax))
        self._lowest = torch.minimum(self._lowest, _over_frames(v, torch.amin))
        self._highest = torch.maximum(self._highest, _over_frames(v, torch.amax))
        self.steps, self.seen, self.batch = self.steps + 1, self.seen + len(x), len(x)

    def layers(self) -> tuple[LayerTally, ...]:
        """Give every layer's part; none where nothing was added."""
        if not self.steps:
            return ()
        spikes, busy, most = (self._by_place(each) for each in (self._spikes, self._busy, self._most))
        of_neurons = (_split(each, self._neurons) for each in (self._lowest, self._highest, self._at_bound))
        columns = ((self._given.cpu(), *spikes[:-1]), spikes, busy, most, *of_neurons)
        return tuple(LayerTally(*row) for row in zip(*columns, strict=True))

    def _by_place(self, vector: Tensor) -> tuple[Tensor, ...]:
        parts = _split(vector, [shape.numel() for shape in self._places])
        return tuple(map(_unflat, parts, self._places))


def _split(vector: Tensor, sizes: list[int]) -> tuple[Tensor, ...]:
    """Give the layers' parts of a vector, on the CPU."""
    parts: tuple[Tensor, ...] = vector.cpu().split(sizes)  # type: ignore[no-untyped-call]
    return parts


def _side_by_side(layers: Sequence[Tensor]) -> Tensor:
    """Give (B, places, or neurons, of all layers), maps by pixels: channels last, as they lie in memory."""
    return torch.cat([(each.movedim(1, -1) if each.dim() == 4 else each).flatten(1) for each in layers], 1)


def _unflat(part: Tensor, shape: torch.Size) -> Tensor:
    """Give one layer's part of a vector its shape (C, H, W) or (N,) again."""
    return part.reshape(*shape[1:], shape[0]).movedim(-1, 0) if len(shape) == 3 else part


def _over_frames(tensor: Tensor, reduce: Callable[[Tensor, int], Tensor]) -> Tensor:
    """Reduce (B, ...) over the frames of a batch; one frame, as in a node, is looked at where it lies."""
    return tensor[0] if len(tensor) == 1 else reduce(tensor, 0)
