"""What a picture of events shows: a new style is one class and one row."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from aestream_core.events import Events

Pixels = npt.NDArray[np.uint8]

_LEVELS = 128


class Style(Protocol):
    """Paints pictures of one sensor."""

    def add(self, events: Events) -> None:
        """Take events of the window that is open."""

    def paint(self, end_us: int) -> Pixels:
        """Paint the window, (H, W, 3) uint8 RGB, that ends at `end_us`, and begin the next one."""


class Counts:
    """How many events of each polarity each pixel fired in the window."""

    def __init__(self, *, width: int, height: int, tau_us: int) -> None:
        """Start with an empty window; counts have no use for `tau_us`."""
        # Here, not above: the command's help does not wait for torch.
        from aestream_gpu import make_surface, resolve_device

        self._surface = make_surface("count", width=width, height=height, device=resolve_device("cpu"))

    def add(self, events: Events) -> None:
        """Take events of the window that is open."""
        self._surface.add(events)

    def paint(self, end_us: int) -> Pixels:
        """Paint the window and begin the next one."""
        from aestream_gpu.render import render_counts

        picture = render_counts(self._surface.read())
        self._surface.reset()
        return picture


class Decay:
    """The last event of each pixel, fading with exp(-age / tau)."""

    def __init__(self, *, width: int, height: int, tau_us: int) -> None:
        """Start dark. An event has a third of its brightness left after about `tau_us` µs."""
        self._shape = (height, width)
        self._tau_us = tau_us
        self._last_us = np.full(width * height, -np.inf)
        self._on = np.zeros(width * height, np.uint8)
        self._palette = _fading_palette()

    def add(self, events: Events) -> None:
        """Take events; of several in one pixel the last one counts."""
        records = events.records()
        pixels = (records["yp"] & 0x7FFF).astype(np.int64) * self._shape[1] + records["x"]
        self._last_us[pixels] = records["t"] + float(events.t0_us)
        self._on[pixels] = records["yp"] >> 15

    def paint(self, end_us: int) -> Pixels:
        """Paint what the pixels look like at `end_us`."""
        weights = np.exp(np.minimum(0.0, (self._last_us - end_us) / self._tau_us))
        colours = np.rint(weights * (_LEVELS - 1)).astype(np.uint8) + self._on * np.uint8(_LEVELS)
        picture: Pixels = self._palette[colours].reshape(*self._shape, 3)
        return picture


STYLES: dict[str, Callable[..., Style]] = {"counts": Counts, "decay": Decay}


def _fading_palette() -> Pixels:
    """Give the colours from dark to full, (2 * _LEVELS, 3): those of off events, then those of on events."""
    from aestream_gpu.render import BACKGROUND, OFF_COLOUR, ON_COLOUR

    weights = np.linspace(0, 1, _LEVELS)[:, None]
    background, on, off = (np.array(colour, float) for colour in (BACKGROUND, ON_COLOUR, OFF_COLOUR))
    return np.concatenate([background + weights * (full - background) for full in (off, on)]).astype(np.uint8)
