"""Messages on their way to the disk, bounded in bytes."""

import threading
from typing import Generic, TypeVar

Item = TypeVar("Item")


class ByteQueue(Generic[Item]):
    """A queue that one thread empties batch by batch. A batch counts against the bound until it is `done`."""

    def __init__(self, limit_bytes: int) -> None:
        """Bound the queue. An item larger than the bound is still accepted where nothing waits, an empty one always."""
        self.limit_bytes = limit_bytes
        self.queued_bytes = 0
        self._items: list[tuple[Item, int]] = []
        self._changed = threading.Condition()
        self._closed = False

    def put(self, item: Item, size_bytes: int, *, wait: bool = False) -> bool:
        """Append an item; where it does not fit, wait for room or refuse. False where it was refused."""
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._closed or self._fits(size_bytes))
            if self._closed or not self._fits(size_bytes):
                return False
            self._items.append((item, size_bytes))
            self.queued_bytes += size_bytes
            self._changed.notify_all()
            return True

    def take_all(self, timeout_s: float | None) -> list[tuple[Item, int]] | None:
        """Take what waits, with the sizes; an empty list where nothing came in time, None when closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._items), timeout_s)
            if self._closed and not self._items:
                return None
            items, self._items = self._items, []
            return items

    def done(self, size_bytes: int) -> None:
        """Give back the room of items that were taken."""
        with self._changed:
            self.queued_bytes -= size_bytes
            self._changed.notify_all()

    def close(self) -> None:
        """Accept nothing more; what waits can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _fits(self, size_bytes: int) -> bool:
        return 0 in (size_bytes, self.queued_bytes) or self.queued_bytes + size_bytes <= self.limit_bytes
