"""The seam: everything that a chip, or what takes its place, does for the rest of the suite."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aestream_bridge.speck.input_map import InputMap
from aestream_bridge.speck.network import Array
from aestream_bridge.speck.planning import Plan
from aestream_core.events import Events


@dataclass(frozen=True)
class Written:
    """What became of a packet; the three add up to its events.

    Attributes:
        sent: events that reached the network's input.
        outside: events that the input map leaves out.
        dropped: events lost on the way, as where the link to a chip is full.
    """

    sent: int
    outside: int
    dropped: int = 0


@dataclass(frozen=True)
class BackendCounters:
    """What a backend did so far.

    Attributes:
        spikes: spikes of every layer by its name, of those that are known.
        synops: synaptic operations; None where it cannot be known.
        congested: events that cores left out because they were busy; None where it cannot be known.
        lost: spikes that were fired and not read in time.
    """

    spikes: dict[str, int]
    synops: int | None
    congested: int | None
    lost: int


SLOW_CLOCK_HZ = 1000
"""Rate of the slow clock, at whose ticks biases are added, for networks that have any."""


class SpeckBackend(Protocol):
    """Runs one network. Calls come from one thread, in the order open, configure, write and read, close.

    Attributes:
        device: name for people: "sim", or a chip with its serial number.
    """

    device: str

    def open(self) -> None:
        """Find and open the device; raise AestreamError where that fails."""

    def configure(self, plan: Plan) -> None:
        """Bring a planned network onto the device, states at 0."""

    def write(self, events: Events, input_map: InputMap) -> Written:
        """Send a packet to the network's input."""

    def read(self) -> Array:
        """Give the spikes of the layers that are read out since the last call, (N,) of `SPIKE_DTYPE`; never waits.

        `t` is in sensor time of the events written, `layer` is the index in `plan.network.layers`.
        """

    def clock_us(self) -> int:
        """Give the device's time now, on the clock of the events written."""

    def counters(self) -> BackendCounters:
        """Give what it did so far."""

    def close(self) -> None:
        """Give the device back; safe more than once."""


@dataclass(frozen=True)
class BackendOptions:
    """What a backend may be told; each uses what concerns it.

    Attributes:
        serial: serial number of the board; empty takes the first.
        synops_per_us: synaptic operations that a core of the twin does per µs at most; 0 is no limit.
    """

    serial: str = ""
    synops_per_us: float = 0.0


@dataclass(frozen=True)
class BackendRow:
    """One row of the table of backends.

    Attributes:
        description: what it is, in one line.
        chip: name in the table of devices that plans are made for.
        make: makes it; nothing is opened.
    """

    description: str
    chip: str
    make: Callable[[BackendOptions], SpeckBackend]
