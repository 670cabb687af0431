"""A bounded memory of an endless sequence."""

from __future__ import annotations

from typing import Generic, TypeVar

from aestream_core.errors import InvalidArgumentError

T = TypeVar("T")


class ThinnedList(Generic[T]):
    """Keep evenly spaced items of a sequence of any length in at most `capacity` places.

    Each time the places are full, every second item is let go and the spacing doubles, so what is kept always covers
    the sequence from its first item on.
    """

    def __init__(self, capacity: int) -> None:
        """Reserve `capacity` places.

        Raises:
            InvalidArgumentError: `capacity` is odd or smaller than 2.
        """
        if capacity < 2 or capacity % 2:
            raise InvalidArgumentError(f"capacity must be even and at least 2, got {capacity}")
        self._capacity = capacity
        self._spacing = 1
        self._items: list[T] = []
        self.total = 0

    def add(self, item: T) -> None:
        """Take the next item of the sequence; whether it is kept depends on its position."""
        if self.total % self._spacing == 0:
            self._items.append(item)
        self.total += 1
        if len(self._items) == self._capacity:
            self._items = self._items[::2]
            self._spacing *= 2

    def kept(self) -> tuple[T, ...]:
        """Return the kept items, oldest first."""
        return tuple(self._items)
