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
from aestream_gpu.config import AccumulatorConfig
from aestream_gpu.pipeline import Pipeline
from aestream_gpu.windows import Window

WindowSink = Callable[[Window], bool]
"""Takes a finished window; says whether anybody may hold it from now on. Else its memory is used again."""

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
        pipeline: filters, surface and windows.
        ended: whether the stream ended and everything of it was given out.
    """

    def __init__(
        self,
        queue: Subscription,
        *,
        config: AccumulatorConfig,
        device: torch.device,
        on_window: WindowSink,
        on_failure: Callable[[str], None],
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; the surface is made when the first packet tells the sensor's size."""
        self.counters = WorkerCounters()
        self.pipeline = Pipeline(config, device)
        self.ended = False
        self._config = config
        self._queue = queue
        self._on_window = on_window
        self._on_failure = on_failure
        self._on_end = on_end
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

    def set_config(self, config: AccumulatorConfig) -> None:
        """Change what is done from the next packet on.

        Raises:
            AestreamError: a filter is not known or cannot have these settings; nothing changed.
        """
        self.pipeline.check(config)
        self._config = config

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
            envelope = self._queue.take(0 if stopping else min(_POLL_S, self._config.idle_flush_s))
            if stopping and envelope is None:
                break
            if envelope is not None:
                self._handle(envelope)
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > self._config.idle_flush_s:
                self._give(self.pipeline.flush())
                idle_since = time.monotonic()
        self._give(self.pipeline.flush())

    def _handle(self, envelope: Envelope) -> None:
        if envelope.payload is None:
            self._give(self.pipeline.flush())
            self._on_end()
            self.ended = True
            return
        events = envelope.payload
        assert isinstance(events, Events)
        self.ended = False
        self._give(self.pipeline.configure(self._config, events.width, events.height))
        self._give(self.pipeline.add(events, arrived_ns=envelope.stamp_ns))
        self.counters.packets += 1
        self.counters.t_us = max(self.counters.t_us, events.last_us) if len(events) else self.counters.t_us

    def _give(self, windows: list[Window]) -> None:
        for window in windows:
            self.counters.windows += 1
            if not self._on_window(window):
                self.pipeline.recycle(window)
