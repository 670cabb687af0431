"""The accumulator's thread: takes packets from a queue, gives finished windows to a sink."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from aestream_core.errors import AestreamError
from aestream_core.events import Events
from aestream_core.exchange import Envelope, Subscription
from aestream_gpu.surfaces.base import SurfaceCounters
from aestream_gpu.surfaces.table import make_surface
from aestream_gpu.windows import Window, WindowAccumulator

WindowSink = Callable[[Window, int], None]
"""Takes a window and the host time in ns since the epoch at which its newest packet arrived."""

DRAIN_S = 1.0
"""Longest time that `Worker.stop` works on what waits."""
_POLL_S = 0.05


@dataclass
class WorkerCounters:
    """What went through; written by the worker's thread, read by any.

    Attributes:
        packets: packets accumulated.
        windows: windows finished.
        t_us: sensor time in µs of the newest event.
    """

    packets: int = 0
    windows: int = 0
    t_us: int = 0


class Worker:
    """Accumulates what comes through a subscription until it is stopped.

    Attributes:
        counters: what went through.
        ended: whether the stream ended and everything of it was given out.
        idle_flush_s: host time without packets after which the open window is finished.
    """

    def __init__(
        self,
        queue: Subscription,
        *,
        surface: str,
        device: torch.device,
        window_us: int,
        idle_flush_s: float,
        on_window: WindowSink,
        on_failure: Callable[[str], None],
    ) -> None:
        """Prepare; the surface is made when the first packet tells the sensor's size."""
        self.counters = WorkerCounters()
        self.ended = False
        self.idle_flush_s = idle_flush_s
        self._queue = queue
        self._surface_name = surface
        self._device = device
        self._window_us = window_us
        self._on_window = on_window
        self._on_failure = on_failure
        self._sensor = (0, 0)
        self._past = SurfaceCounters()
        self._late_before = 0
        self._windows: WindowAccumulator | None = None
        self._last_stamp_ns = 0
        self._stop_at_s = math.inf
        self._thread = threading.Thread(target=self._run, name="aestream_accumulator", daemon=True)

    def start(self) -> None:
        """Begin on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Accumulate what waits, finish the open window and end the thread; no window is given out after this returns.

        What a device too slow for it leaves in the queue after `DRAIN_S` counts as dropped there.
        """
        self._stop_at_s = time.monotonic() + DRAIN_S
        self._thread.join()

    def set_window_us(self, window_us: int) -> None:
        """Change the window length; the window that is open now keeps the old one."""
        self._window_us = window_us

    @property
    def late_events(self) -> int:
        """Events that came after their window was finished."""
        return self._late_before + (self._windows.late_events if self._windows else 0)

    def surface_counters(self) -> SurfaceCounters:
        """Give the counters of all surfaces so far."""
        if self._windows is None:
            return self._past
        now = self._surface.counters()
        return SurfaceCounters(
            self._past.events + now.events,
            self._past.invalid_events + now.invalid_events,
            self._past.bytes_copied + now.bytes_copied,
        )

    def _run(self) -> None:
        try:
            self._work()
        except AestreamError as error:
            self._on_failure(str(error))
        except Exception as error:
            self._on_failure(f"accumulation stopped: {type(error).__name__}: {error}")
        finally:
            # Nobody takes from it any more: a recording must not wait for room, and what comes counts as dropped.
            self._queue.close()

    def _work(self) -> None:
        idle_since = time.monotonic()
        while time.monotonic() < self._stop_at_s:
            stopping = self._stop_at_s < math.inf
            envelope = self._queue.take(0 if stopping else min(_POLL_S, self.idle_flush_s))
            if stopping and envelope is None:
                break
            if envelope is not None:
                self._handle(envelope)
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > self.idle_flush_s:
                self._flush()
                idle_since = time.monotonic()
        self._flush()

    def _handle(self, envelope: Envelope) -> None:
        if envelope.payload is None:
            self._flush()
            self.ended = True
            return
        events = envelope.payload
        assert isinstance(events, Events)
        self.ended = False
        windows = self._windows_for(events)
        for window in windows.add(events):
            self._give(window)
        self._last_stamp_ns = envelope.stamp_ns
        self.counters.packets += 1
        self.counters.t_us = max(self.counters.t_us, events.last_us) if len(events) else self.counters.t_us

    def _windows_for(self, events: Events) -> WindowAccumulator:
        sensor = (events.width, events.height)
        if self._windows is None or sensor != self._sensor:
            self._flush()
            self._past, self._late_before = self.surface_counters(), self.late_events
            width, height = sensor
            self._surface = make_surface(self._surface_name, width=width, height=height, device=self._device)
            self._windows = WindowAccumulator(self._surface, window_us=self._window_us)
            self._sensor = sensor
        self._windows.window_us = self._window_us
        return self._windows

    def _flush(self) -> None:
        if self._windows is not None:
            for window in self._windows.flush():
                self._give(window)

    def _give(self, window: Window) -> None:
        self.counters.windows += 1
        self._on_window(window, self._last_stamp_ns)
