"""A chip in the place of the twin, through samna. **Not run with a chip**; see `samna_board`.

Events go to the first core as spikes, in bulk. Their sensor times become times of the chip's stop watch, in which the
chip replays them: the first event is due `LEAD_US` after it is written, the others as far behind it as they were.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from aestream_bridge.speck.backends.base import SLOW_CLOCK_HZ, BackendCounters, Written
from aestream_bridge.speck.backends.samna_board import SamnaBoard
from aestream_bridge.speck.backends.samna_config import chip_configuration
from aestream_bridge.speck.backends.samna_library import load_samna
from aestream_bridge.speck.devices import device_named
from aestream_bridge.speck.events_out import as_objects
from aestream_bridge.speck.input_map import InputMap
from aestream_bridge.speck.network import Array
from aestream_bridge.speck.planning import Plan
from aestream_bridge.speck.spikes import make_spikes
from aestream_core.errors import AestreamError
from aestream_core.events import Events

LEAD_US = 10_000
_STAMP_RANGE = 2**32


class SamnaBackend:
    """Runs the network on a chip.

    Attributes:
        device: chip and serial number, once open.
    """

    def __init__(self, chip: str, *, serial: str = "", load: Callable[[], Any] = load_samna) -> None:
        """Prepare; samna is imported by `open`.

        Args:
            chip: name in the table of devices.
            serial: serial number of the board; empty takes the first.
            load: gives samna's module.
        """
        self.device = chip
        self._chip = device_named(chip)
        self._serial = serial
        self._load = load
        self._board: SamnaBoard | None = None
        self._started_ns = 0
        self._offset_us: int | None = None
        self._last_us = 0
        self._spikes: dict[str, int] = {}

    def open(self) -> None:
        """Import samna and open the board.

        Raises:
            MissingDependencyError: samna is not installed, or only its stub is.
            SpeckError: no board is free.
        """
        self._board = SamnaBoard(self._load(), self._chip, serial=self._serial)
        self.device = f"{self._chip.name} {self._board.serial}"

    def configure(self, plan: Plan) -> None:
        """Bring a network onto the chip.

        Raises:
            SpeckError: samna does not accept it.
        """
        board = self._opened()
        self._plan = plan
        self._layers = {planned.core: index for index, planned in enumerate(plan.layers)}
        self._spikes = {layer.name: 0 for layer in plan.network.outputs}
        biased = any(planned.layer.biases is not None for planned in plan.layers)
        board.start(chip_configuration(board.module, plan), slow_clock_hz=SLOW_CLOCK_HZ if biased else 0)
        self._started_ns = time.monotonic_ns()
        self._offset_us = None

    def write(self, events: Events, input_map: InputMap) -> Written:
        """Send a packet to the cores that the input feeds."""
        board = self._opened()
        spikes = input_map.spikes(events)
        if len(spikes):
            self._follow(int(spikes["t"][0]))
            for to in self._plan.network.inputs:
                board.write(self._objects(spikes, to.pooling, to.feature_shift, self._plan.cores[to.layer]))
            self._last_us = int(spikes["t"][-1])
        return Written(len(spikes), len(events) - len(spikes))

    def read(self) -> Array:
        """Give the monitored spikes since the last call, in sensor time."""
        board = self._opened()
        kind = board.module.event.Spike
        events = [each for each in board.read() if isinstance(each, kind) and each.layer in self._layers]
        chip_us = np.array([each.timestamp for each in events], np.int64)
        spikes = make_spikes(
            self._unwrapped(chip_us) + (self._offset_us or 0),
            [each.feature for each in events],
            [each.y for each in events],
            [each.x for each in events],
            [self._layers[each.layer] for each in events],
        )
        for planned in self._plan.layers:
            if planned.layer.name in self._spikes:
                self._spikes[planned.layer.name] += int((spikes["layer"] == self._layers[planned.core]).sum())
        return spikes

    def clock_us(self) -> int:
        """Give the chip's time, estimated from the host's clock since the stop watch was started."""
        return self._elapsed_us() + (self._offset_us or 0)

    def counters(self) -> BackendCounters:
        """Give the spikes read; a chip does not say how many operations it made or what it left out."""
        return BackendCounters(dict(self._spikes), None, None, 0)

    def close(self) -> None:
        """Give the board back."""
        if self._board is not None:
            self._board.close()
        self._board = None

    def _opened(self) -> SamnaBoard:
        if self._board is None:
            raise AestreamError(f"device {self.device} is not open; call open first")
        return self._board

    def _elapsed_us(self) -> int:
        return (time.monotonic_ns() - self._started_ns) // 1000

    def _follow(self, first_us: int) -> None:
        """Fix which sensor time the stop watch's 0 is, at the first event and where the sensor's clock jumped back."""
        if self._offset_us is None or first_us < self._last_us:
            self._offset_us = first_us - self._elapsed_us() - LEAD_US

    def _objects(self, spikes: Array, pooling: int, shift: int, core: int) -> list[Any]:
        moved = spikes.copy()
        moved["x"] //= pooling
        moved["y"] //= pooling
        moved["feature"] += shift
        return as_objects(moved, self._opened().module.event.Spike, layer=core, t0_us=self._offset_us or 0)

    def _unwrapped(self, chip_us: Array) -> Array:
        """Give times of 32 bits as the ones nearest to the stop watch's time now."""
        now = self._elapsed_us()
        ages = (now - chip_us + _STAMP_RANGE // 2) % _STAMP_RANGE - _STAMP_RANGE // 2
        return now - ages
