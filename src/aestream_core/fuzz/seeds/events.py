"""Events for the seeds."""

from collections.abc import Iterator

Seeds = Iterator[tuple[str, bytes]]
Event = tuple[int, int, int, int]  # t µs, x, y, p


def some_events(
    count: int, *, start_us: int = 1000, step_us: int = 37, width: int = 64, height: int = 48
) -> list[Event]:
    """Spread events over a sensor, times ascending."""
    return [(start_us + i * step_us, i * 7 % width, i * 5 % height, i & 1) for i in range(count)]
