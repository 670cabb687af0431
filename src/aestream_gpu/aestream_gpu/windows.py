"""Windows of sensor time: which events go into which tensor."""

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
    """

    tensor: torch.Tensor
    channels: tuple[str, ...]
    start_us: int
    end_us: int
    event_count: int

    @property
    def nbytes(self) -> int:
        """Bytes of the tensor."""
        return self.tensor.nbytes


class WindowAccumulator:
    """Feeds a surface, window [k * window_us, (k + 1) * window_us) by window.

    A window is finished by the first event at or after its end, or by `flush`. Windows without events are skipped. An
    event of an earlier window that comes late goes into the open one and is counted.

    Attributes:
        window_us: length of the windows to come; the open one keeps the length that it began with.
        late_events: events that came after their window was finished.
    """

    def __init__(self, surface: Surface, *, window_us: int) -> None:
        """Start with no window open.

        Raises:
            InvalidArgumentError: window_us is less than 1.
        """
        if window_us < 1:
            raise InvalidArgumentError(f"window_us is {window_us}; it must be 1 or more")
        self.window_us = window_us
        self.late_events = 0
        self._surface = surface
        self._start_us: int | None = None
        self._end_us = 0
        self._count = 0

    def add(self, events: Events) -> list[Window]:
        """Accumulate a packet; give the windows that it finished, oldest first."""
        finished: list[Window] = []
        while len(events):
            if self._start_us is not None and events.first_us + CLOCK_JUMP_US < self._start_us:
                finished += self.flush()
            if self._start_us is None:
                self._start_us = events.first_us // self.window_us * self.window_us
                self._end_us = self._start_us + self.window_us
            current, events = events.split_at(self._end_us)
            self._take(current, self._start_us)
            if len(events):
                finished += self.flush()
        return finished

    def flush(self) -> list[Window]:
        """Finish the open window early, if there is one."""
        if self._start_us is None:
            return []
        start_us, count = self._start_us, self._count
        self._start_us, self._count = None, 0
        if not count:
            return []
        tensor = self._surface.read()
        self._surface.reset()
        return [Window(tensor, self._surface.channels, start_us, self._end_us, count)]

    def _take(self, events: Events, start_us: int) -> None:
        if not len(events):
            return
        if events.first_us < start_us or not events.is_time_ordered():
            self.late_events += int((events.records()["t"].astype("i8") < start_us - events.t0_us).sum())
        self._surface.add(events)
        self._count += len(events)
