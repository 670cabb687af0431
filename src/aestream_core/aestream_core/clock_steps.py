"""Steps of the host's clock: somebody set it, or a daemon that keeps it in time did."""

import time
from collections.abc import Callable

STEP_NS = 100_000_000
"""Smaller changes are slewing, or a thread that was held up between two readings."""

Clock = Callable[[], int]


class StepDetector:
    """Compares the host's clock with one that cannot be set."""

    def __init__(self, now_ns: Clock, monotonic_ns: Clock = time.monotonic_ns) -> None:
        """Read both clocks for the first time."""
        self._now_ns = now_ns
        self._monotonic_ns = monotonic_ns
        self._difference_ns = self._read()

    def step_ns(self) -> int:
        """Give by how much the clock was set since the last call; 0 where it was not."""
        difference_ns = self._read()
        step_ns = difference_ns - self._difference_ns
        self._difference_ns = difference_ns
        return step_ns if abs(step_ns) > STEP_NS else 0

    def _read(self) -> int:
        return self._now_ns() - self._monotonic_ns()
