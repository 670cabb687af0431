"""The packets that every method gets: columns in a file, for processes of other Pythons, and records in memory."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from aestream_core import Events

SENSORS = ((128, 128), (640, 480), (1280, 720))
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
KINDS = ("uniform", "hot spot")
WINDOW_US = 10_000
MIN_EVENTS = 400_000
"""Packets are as many as make this many events, 3 to 40, so that events do not wait in the nearest cache."""


@dataclass(frozen=True)
class Group:
    """One sensor, spread of events and packet size; every method is measured on the same packets.

    Attributes:
        width: columns.
        height: rows.
        kind: uniform, or with half of all events in nine pixels.
        size: events a packet.
    """

    width: int
    height: int
    kind: str
    size: int

    @property
    def count(self) -> int:
        """Packets."""
        return max(1 if self.size > 1_000_000 else 3, min(40, MIN_EVENTS // self.size))

    def columns(self) -> dict[str, npt.NDArray[np.generic]]:
        """Make t, x, y, p of all packets one after the other; each packet's times are those of one window from 0."""
        rng = np.random.default_rng(self.size)
        total = self.size * self.count
        x, y = rng.integers(0, self.width, total), rng.integers(0, self.height, total)
        if self.kind == "hot spot":
            hot = rng.random(total) < 0.5
            x, y = np.where(hot, self.width // 2 + x % 3, x), np.where(hot, self.height // 2 + y % 3, y)
        t = np.sort(rng.integers(0, WINDOW_US, (self.count, self.size)), axis=1).reshape(-1)
        p = rng.integers(0, 2, total).astype(np.uint8)
        return {"t": t, "x": x.astype(np.uint16), "y": y.astype(np.uint16), "p": p}

    def save(self, path: Path) -> list[Events]:
        """Write the columns, and give the packets."""
        columns = self.columns()
        np.savez(path, width=self.width, height=self.height, count=self.count, **columns)
        parts = [
            {name: column[at * self.size : (at + 1) * self.size] for name, column in columns.items()}
            for at in range(self.count)
        ]
        return [Events.from_numpy(**part, width=self.width, height=self.height) for part in parts]
