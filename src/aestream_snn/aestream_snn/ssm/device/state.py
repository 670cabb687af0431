"""What the device engine remembers between packets: one row of numbers on the device, counters on the host."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import torch


@dataclass(eq=False)
class DeviceState:
    """State of a `DeviceEngine`; of the same size for ever.

    Attributes:
        numbers: (N,) float32 of all layers, laid out by `Memory`.
        readout: (features + 1,) float64, weighted sum of outputs and its weight.
        events: events that were taken in.
        outputs: outputs of the last layer.
        resets: times that it began anew, as time went backwards.
        outside: events outside the cells.
        begun: whether there was an event since the start.
        last_ticks: time of the last event.
        pending: token that waits for the next event, with `upstream_time`.
        taken: events that went through the layers since the start.
    """

    numbers: torch.Tensor
    readout: torch.Tensor
    events: int = 0
    outputs: int = 0
    resets: int = 0
    outside: int = 0
    begun: bool = False
    last_ticks: int = 0
    pending: int | None = None
    taken: int = 0

    def copy(self) -> "DeviceState":
        """Give an independent state that is the same."""
        return replace(self, numbers=self.numbers.clone(), readout=self.readout.clone())

    def begin_anew(self) -> None:
        """Forget what was seen; what was counted stays."""
        self.numbers.zero_()
        self.readout.zero_()
        self.begun, self.pending, self.taken = False, None, 0
        self.resets += 1


@dataclass(frozen=True, eq=False)
class Memory:
    """One layer's part of the numbers, as views: writing to them changes the state.

    Attributes:
        h: (P, 2) state after the last event.
        first: (P, 2) state after the first event of the window that is not full yet.
        sums: (2 + 2 into,) of that window: shares, gaps in ms, inputs times shares, normalised inputs times shares.
        phase: () events in that window.
    """

    h: torch.Tensor
    first: torch.Tensor
    sums: torch.Tensor
    phase: torch.Tensor

    @staticmethod
    def size(states: int, into: int) -> int:
        """Give the numbers that a layer needs, rounded up so that complex ones lie at whole addresses."""
        return -(-(4 * states + 2 + 2 * into + 1) // 4) * 4


def memories(numbers: torch.Tensor, shapes: Iterable[tuple[int, int]]) -> Iterator[Memory]:
    """Cut the numbers up for layers of (states, into)."""
    for states, into in shapes:
        part, numbers = numbers[: Memory.size(states, into)], numbers[Memory.size(states, into) :]
        h, first, rest = part[: 2 * states], part[2 * states : 4 * states], part[4 * states :]
        yield Memory(h.view(states, 2), first.view(states, 2), rest[: 2 + 2 * into], rest[2 + 2 * into])
