"""Latencies of one status period."""

import math
import threading
import time


class LatencyWindow:
    """Collects latencies until they are read; safe to fill from one thread and read from another."""

    def __init__(self) -> None:
        """Start empty."""
        self._samples_ms: list[float] = []
        self._lock = threading.Lock()

    def since(self, stamp_ns: int) -> None:
        """Add the host time that has passed since `stamp_ns` (nanoseconds since the epoch)."""
        sample_ms = (time.time_ns() - stamp_ns) / 1e6
        with self._lock:
            self._samples_ms.append(sample_ms)

    def take(self) -> tuple[float, float]:
        """Give median and 99th percentile in ms, and start again; NaN where nothing was added."""
        with self._lock:
            samples, self._samples_ms = sorted(self._samples_ms), []
        if not samples:
            return math.nan, math.nan
        return samples[(len(samples) - 1) // 2], samples[math.ceil(0.99 * len(samples)) - 1]
