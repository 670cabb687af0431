"""Windows of sensor time or of events: which events go into which tensor."""

from dataclasses import dataclass

import torch

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_gpu.surfaces.base import Surface

CLOCK_JUMP_US = 1_000_000
"""Time that falls by more than this is a stream that started again, not an event that comes late."""


@dataclass(frozen=True)
class Window:
    """A finished window.

    Attributes:
        tensor: (C, H, W) float32, on the surface's device.
        channels: names of the channels, in order.
        start_us: sensor time in µs at which the window starts, inclusive.
        end_us: sensor time in µs at which it ends, exclusive.
        event_count: events that were added.
        arrived_ns: host time in ns since the epoch at which the packet with its last event arrived; 0 where unknown.
        values: what the numbers are: "counts", or "shares" from 0 to 1.
    """

    tensor: torch.Tensor
    channels: tuple[str, ...]
    start_us: int
    end_us: int
    event_count: int
    arrived_ns: int = 0
    values: str = "counts"

    @property
    def nbytes(self) -> int:
        """Bytes of the tensor."""
        return self.tensor.nbytes


class WindowAccumulator:
    """Feeds a surface, window by window: of sensor time [k * window_us, (k + 1) * window_us), or of so many events.

    A window of time is finished by the first event at or after its end, or by `flush`. Windows without events are
    skipped. An event of an earlier window that comes late goes into the open one and is counted. The events of a window
    of events wait, by reference, until they are complete, for only then are its start and end known.

    Attributes:
        window_us: length of the windows to come; the open one keeps the length that it began with.
        window_events: events of each window to come; 0 for windows of time.
        late_events: events that came after their window was finished.
    """

    def __init__(self, surface: Surface, *, window_us: int, window_events: int = 0) -> None:
        """Start with no window open.

        Raises:
            InvalidArgumentError: window_us is less than 1, or window_events less than 0.
        """
        if window_us < 1:
            raise InvalidArgumentError(f"window_us is {window_us}; it must be 1 or more")
        if window_events < 0:
            raise InvalidArgumentError(f"window_events is {window_events}; it must be 0 (windows of time) or more")
        self.window_us = window_us
        self.window_events = window_events
        self.late_events = 0
        self._surface = surface
        self._start_us: int | None = None
        self._end_us = 0
        self._count = 0
        self._waiting: list[Events] = []
        self._newest_us = 0
        self._arrived_ns = 0

    def add(self, events: Events, *, arrived_ns: int = 0) -> list[Window]:
        """Accumulate a packet that arrived at a host time; give the windows that it finished, oldest first."""
        finished: list[Window] = []
        while len(events):
            if events.first_us + CLOCK_JUMP_US < self._begun_us():
                finished += self.flush()
                self._surface.reset()
                self._newest_us = 0
            windows, events = self._add_some(events, arrived_ns)
            finished += windows
        return finished

    def flush(self) -> list[Window]:
        """Finish the open window early, if there is one."""
        return self._finish_time() if self._start_us is not None else self._finish_events()

    def recycle(self, window: Window) -> None:
        """Take back a window's tensor, for its memory. Only for who did not change it and knows nobody who holds it."""
        self._surface.recycle(window.tensor)

    def _begun_us(self) -> int:
        return self._start_us if self._start_us is not None else self._newest_us

    def _add_some(self, events: Events, arrived_ns: int) -> tuple[list[Window], Events]:
        """Add as many events as one window takes; give the window where that finished it, and the other events."""
        if self.window_events and self._start_us is None:
            return self._add_by_count(events, arrived_ns)
        if self.window_events or self._waiting:
            return self.flush(), events  # the other kind of windows begins
        return self._add_by_time(events, arrived_ns)

    def _add_by_time(self, events: Events, arrived_ns: int) -> tuple[list[Window], Events]:
        if self._start_us is None:
            self._start_us = events.first_us // self.window_us * self.window_us
            self._end_us = self._start_us + self.window_us
            self._surface.begin(self._start_us, self._end_us)
        current, rest = events.split_at(self._end_us)
        self._take(current, self._start_us)
        self._arrived_ns = arrived_ns if len(current) else self._arrived_ns
        return (self.flush() if len(rest) else []), rest

    def _add_by_count(self, events: Events, arrived_ns: int) -> tuple[list[Window], Events]:
        current, rest = events.split_after(self.window_events - self._count)
        if len(current):
            self._waiting.append(current)
            self._count += len(current)
            self._newest_us, self._arrived_ns = current.last_us, arrived_ns
        return (self.flush() if self._count >= self.window_events else []), rest

    def _take(self, events: Events, start_us: int) -> None:
        if not len(events):
            return
        if events.first_us < start_us or not events.is_time_ordered():
            self.late_events += int((events.records()["t"].astype("i8") < start_us - events.t0_us).sum())
        self._surface.add(events)
        self._count += len(events)
        self._newest_us = events.last_us

    def _finish_time(self) -> list[Window]:
        assert self._start_us is not None
        start_us, self._start_us = self._start_us, None
        return self._window(start_us, self._end_us) if self._count else []

    def _finish_events(self) -> list[Window]:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return []
        start_us = min(_earliest_us(events) for events in waiting)
        end_us = max(_latest_us(events) for events in waiting) + 1
        self._surface.begin(start_us, end_us)
        for events in waiting:
            self._surface.add(events)
        return self._window(start_us, end_us)

    def _window(self, start_us: int, end_us: int) -> list[Window]:
        count, self._count = self._count, 0
        surface = self._surface
        tensor = surface.read()
        return [Window(tensor, surface.channels, start_us, end_us, count, self._arrived_ns, surface.values)]


def _earliest_us(events: Events) -> int:
    return events.first_us if events.is_time_ordered() else events.t0_us + int(events.records()["t"].min())


def _latest_us(events: Events) -> int:
    return events.last_us if events.is_time_ordered() else events.t0_us + int(events.records()["t"].max())
