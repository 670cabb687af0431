"""Where the time of a training run goes."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class PhaseClock:
    """Adds up the seconds of each phase.

    Attributes:
        seconds: by phase.
    """

    def __init__(self) -> None:
        """Begin at zero."""
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the time inside as that phase's."""
        start_s = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - start_s

    def shares(self) -> dict[str, float]:
        """Give each phase's share of all the time that was counted, the largest first."""
        total = sum(self.seconds.values()) or 1.0
        return {name: s / total for name, s in sorted(self.seconds.items(), key=lambda item: -item[1])}
