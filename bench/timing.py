"""Fair timing: candidates take turns, and the median of each counts."""

import platform
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path


def machine() -> str:
    """Say what this runs on, in one line."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"


def compare(candidates: Mapping[str, Callable[[], object]], *, events: int, rounds: int = 7) -> dict[str, float]:
    """Time candidates in turn.

    Args:
        candidates: functions by name; the first is the baseline.
        events: events that one call handles.
        rounds: counted rounds after one that warms up.

    Returns:
        Median Mev/s by name.
    """
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(rounds + 1):
        for name, run in candidates.items():
            start_s = time.perf_counter()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - start_s)
    return {name: events / statistics.median(times) / 1e6 for name, times in seconds.items()}


def show(title: str, rates: Mapping[str, float]) -> None:
    """Print rates and their ratio to the baseline, which is the first."""
    baseline = next(iter(rates.values()))
    print(f"\n{title}")
    for name, rate in rates.items():
        print(f"  {name:<44} {rate:10.1f} Mev/s   x{rate / baseline:.2f}")
