"""The accumulator's thread: takes packets from a queue, gives finished windows to a sink."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from aestream_core.events import Events
from aestream_core.exchange import Envelope, Subscription
from aestream_core.queue_worker import QueueWorker
from aestream_gpu.config import AccumulatorConfig
from aestream_gpu.pipeline import Pipeline
from aestream_gpu.windows import Window

WindowSink = Callable[[Window], bool]
"""Takes a finished window; says whether anybody may hold it from now on. Else its memory is used again."""

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


class Worker(QueueWorker):
    """Accumulates what comes through a subscription until it is stopped.

    Attributes:
        counters: what went through.
        pipeline: filters, surface and windows.
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
        super().__init__(queue, task="accumulation", on_failure=on_failure, poll_s=min(_POLL_S, config.idle_flush_s))
        self.counters = WorkerCounters()
        self.pipeline = Pipeline(config, device)
        self._config = config
        self._on_window = on_window
        self._on_end = on_end
        self._worked_s = time.monotonic()

    def set_config(self, config: AccumulatorConfig) -> None:
        """Change what is done from the next packet on.

        Raises:
            AestreamError: a filter is not known or cannot have these settings; nothing changed.
        """
        self.pipeline.check(config)
        self._config = config
        self.poll_s = min(_POLL_S, config.idle_flush_s)

    def handle(self, envelope: Envelope) -> None:
        """Accumulate a packet."""
        events = envelope.payload
        assert isinstance(events, Events)
        self._give(self.pipeline.configure(self._config, events.width, events.height))
        self._give(self.pipeline.add(events, arrived_ns=envelope.stamp_ns))
        self.counters.packets += 1
        self.counters.t_us = max(self.counters.t_us, events.last_us) if len(events) else self.counters.t_us
        self._worked_s = time.monotonic()

    def idle(self) -> None:
        """Finish a window that waited long enough for more."""
        if time.monotonic() - self._worked_s > self._config.idle_flush_s:
            self.finish()
            self._worked_s = time.monotonic()

    def finish(self) -> None:
        """Finish the open window."""
        self._give(self.pipeline.flush())

    def end(self) -> None:
        """Tell whoever takes windows that no more come for now."""
        self._on_end()

    def _give(self, windows: list[Window]) -> None:
        for window in windows:
            self.counters.windows += 1
            if not self._on_window(window):
                self.pipeline.recycle(window)
