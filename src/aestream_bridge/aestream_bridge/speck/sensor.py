"""The chip's own event sensor as a stream of packets, through samna. **Not run with a chip**; see `samna_board`."""

import math
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from aestream_bridge.speck.backends.samna_board import SamnaBoard
from aestream_bridge.speck.backends.samna_config import sensor_configuration
from aestream_bridge.speck.backends.samna_library import load_samna
from aestream_bridge.speck.devices import device_named
from aestream_core.events import Events
from aestream_core.streams import PacketStream

SIDE = 128
_POLL_S = 0.002
_STAMP_RANGE = 2**32


class SpeckSensor(PacketStream):
    """Packets of the 128x128 sensor of a chip until it is closed; times count from the start in µs.

    Attributes:
        description: which chip it is, in one line.
        outside: events outside the sensor, left out.
    """

    def __init__(
        self,
        chip: str,
        *,
        serial: str = "",
        duration_us: float = math.inf,
        load: Callable[[], Any] = load_samna,
    ) -> None:
        """Open a board and let its sensor send.

        Args:
            chip: name in the table of devices.
            serial: serial number of the board; empty takes the first.
            duration_us: sensor time in µs; the stream ends with the packet that reaches it.
            load: gives samna's module.

        Raises:
            MissingDependencyError: samna is not installed, or only its stub is.
            SpeckError: no board is free.
        """
        self.width = self.height = SIDE
        self._board = SamnaBoard(load(), device_named(chip), serial=serial)
        self.description = f"sensor of {chip} {self._board.serial}"
        self.outside = 0
        self._duration_us = duration_us
        self._turns, self._last_stamp = 0, 0
        self._closing = threading.Event()
        self._closed = threading.Lock()
        self._board.start(sensor_configuration(self._board.module))

    def __next__(self) -> Events:
        """Wait for the next packet."""
        kind = self._board.module.event.DvsEvent
        while not self._closing.is_set():
            events = [each for each in self._board.read() if isinstance(each, kind)]
            if events:
                return self._last_or_not(self._packet(events))
            self._closing.wait(_POLL_S)
        self._give_back()
        raise StopIteration

    def close(self) -> None:
        """End the stream. Safe to call from any thread, and more than once."""
        self._closing.set()

    def _last_or_not(self, packet: Events) -> Events:
        if len(packet) and packet.last_us >= self._duration_us:
            self.close()
        return packet

    def _give_back(self) -> None:
        if self._closed.acquire(blocking=False):
            self._board.close()

    def _packet(self, events: list[Any]) -> Events:
        columns = np.array([(each.timestamp, each.x, each.y, each.p) for each in events], np.int64)
        columns[:, 0] = self._unwrapped(columns[:, 0])
        inside = (columns[:, 1] < SIDE) & (columns[:, 2] < SIDE)
        self.outside += int((~inside).sum())
        t, x, y, p = columns[inside].T
        return Events.from_numpy(t=t, x=x, y=y, p=p, width=SIDE, height=SIDE)

    def _unwrapped(self, stamps: Any) -> Any:
        """Give times that go on where the 32 bits of a timestamp end."""
        before = np.concatenate([[self._last_stamp], stamps[:-1]])
        turns = self._turns + np.cumsum(stamps < before - _STAMP_RANGE // 2)
        self._turns, self._last_stamp = int(turns[-1]), int(stamps[-1])
        return stamps + turns * _STAMP_RANGE
