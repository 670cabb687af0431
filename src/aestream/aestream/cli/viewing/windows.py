"""Packets cut into windows of equal length, and painted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aestream.cli.viewing.styles import Pixels, Style
from aestream_core.events import Events

_CLOCK_JUMP_US = 1_000_000
"""Time that falls by more than this is a clock that started again, not an event that comes late."""


@dataclass(frozen=True)
class Painted:
    """A window, painted.

    Attributes:
        pixels: (H, W, 3) uint8 RGB.
        since_us: start of the window in µs since the first event.
        events: events in it.
    """

    pixels: Pixels
    since_us: int
    events: int


class WindowPainter:
    """Paints windows that follow each other from the first event on; those without events too, where asked to.

    Attributes:
        events: events that were taken.
    """

    def __init__(self, style: Style, *, window_us: int, empty: bool) -> None:
        """Prepare the first window. `empty`: whether windows without events are painted."""
        self.events = 0
        self._style = style
        self._window_us = window_us
        self._empty = empty
        self._start_us: int | None = None
        self._elapsed_us = 0
        self._count = 0

    def paint(self, packets: Iterable[Events]) -> Iterator[Painted]:
        """Paint every window that the packets fill, and the last one as far as it goes."""
        for events in packets:
            self.events += len(events)
            yield from self._take(events)
        if self._count:
            yield self._finish()

    def _take(self, events: Events) -> Iterator[Painted]:
        while len(events):
            if self._start_us is None:
                self._start_us = events.first_us
            if events.first_us + _CLOCK_JUMP_US < self._start_us:
                if self._count:
                    yield self._finish()
                self._start_us = events.first_us
            end_us = self._start_us + self._window_us
            inside, events = events.split_at(end_us)
            if len(inside):
                self._style.add(inside)
                self._count += len(inside)
            if len(events):
                yield from self._advance(events.first_us)

    def _advance(self, to_us: int) -> Iterator[Painted]:
        """Finish the open window, and go on to the one with `to_us` in it."""
        assert self._start_us is not None
        if self._count or self._empty:
            yield self._finish()
        else:
            self._skip(1)
        behind = (to_us - self._start_us) // self._window_us
        if not self._empty:
            self._skip(behind)
            return
        for _ in range(behind):
            yield self._finish()

    def _finish(self) -> Painted:
        assert self._start_us is not None
        painted = Painted(self._style.paint(self._start_us + self._window_us), self._elapsed_us, self._count)
        self._skip(1)
        self._count = 0
        return painted

    def _skip(self, windows: int) -> None:
        assert self._start_us is not None
        self._start_us += windows * self._window_us
        self._elapsed_us += windows * self._window_us


def measure(packets: Iterable[Events], enough_us: int) -> tuple[int, int]:
    """Measure how much sensor time packets span, in µs, and count their events; stop where the time is enough."""
    first_us, span_us, count = None, 0, 0
    for events in packets:
        if len(events):
            first_us = events.first_us if first_us is None else first_us
            span_us = max(span_us, events.last_us - first_us)
            count += len(events)
            if span_us >= enough_us:
                break
    return span_us, count
