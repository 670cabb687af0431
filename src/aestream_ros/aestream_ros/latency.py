"""Latencies of one status period."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable

from aestream_core.clock_steps import StepDetector

MOST_SAMPLES = 100_000
"""Samples kept at most, the newest, where nobody reads them."""


class LatencyWindow:
    """Collects latencies until they are read; safe to fill from one thread and read from another.

    Where the host's clock is set, a stamp from before is compared as if it had been made after.
    """

    def __init__(
        self, now_ns: Callable[[], int] = time.time_ns, monotonic_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        """Start empty.

        Args:
            now_ns: the clock that stamps are made with, in ns since the epoch.
            monotonic_ns: a clock that cannot be set.
        """
        self._now_ns = now_ns
        self._steps = StepDetector(now_ns, monotonic_ns)
        self._step_ns = 0
        self._step_is_new = False
        self._samples_ms: deque[float] = deque(maxlen=MOST_SAMPLES)
        self._lock = threading.Lock()

    def since(self, stamp_ns: int) -> None:
        """Add the host time that has passed since `stamp_ns` (nanoseconds since the epoch)."""
        passed_ns = self._now_ns() - stamp_ns
        with self._lock:
            if step_ns := self._steps.step_ns():
                self._step_ns, self._step_is_new = self._step_ns + step_ns, True
            if self._step_ns:
                # Of the two ways to read the stamp, the one in which it is not from the future and not older.
                passed_ns = min(passed_ns, passed_ns - self._step_ns, key=lambda each: (each < 0, abs(each)))
            self._samples_ms.append(passed_ns / 1e6)

    def take(self) -> tuple[float, float]:
        """Give median and 99th percentile in ms, and start again; NaN where nothing was added."""
        with self._lock:
            samples = sorted(self._samples_ms)
            self._samples_ms.clear()
            # Stamps from before a step have all come by the time that a period without one has passed.
            self._step_ns = self._step_ns if self._step_is_new else 0
            self._step_is_new = False
        if not samples:
            return math.nan, math.nan
        return samples[(len(samples) - 1) // 2], samples[math.ceil(0.99 * len(samples)) - 1]
