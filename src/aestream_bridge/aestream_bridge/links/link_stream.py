"""Packets that arrive over a link, as a stream."""

import math
import threading
import time
from collections import deque
from typing import Protocol

from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.streams import PacketStream

_POLL_S = 0.05
"""Longest wait between two looks at whether the stream was closed."""


class Receiver(Protocol):
    """A receiving end of a link. One thread takes."""

    @property
    def ended(self) -> bool:
        """Whether the sender ended its stream and everything of it was taken."""

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the sensor in pixels; None while nothing has come."""

    def take(self, timeout_s: float) -> list[Events]:
        """Give what has come, oldest first; waits for the first. Raises AestreamError where the link fails."""

    def counters(self) -> dict[str, int]:
        """Count what came and what did not: the fields of `LinkCounters`."""

    def close(self) -> None:
        """Leave the link."""


class LinkStream(PacketStream):
    """Packets of a link until its sender ends the stream, nothing came for `idle_s`, or it is closed.

    Attributes:
        width: sensor width in pixels, as the first packet says it.
        height: sensor height in pixels.
        description: which link it is, in one line.
    """

    def __init__(self, receiver: Receiver, *, description: str, idle_s: float = math.inf, wait_s: float = math.inf):
        """Wait for the first packet, which says how large the sensor is.

        Args:
            receiver: an open end, which the stream owns from here on.
            description: one line for people.
            idle_s: host time in s without a packet after which the stream ends.
            wait_s: longest wait for the first packet in s.

        Raises:
            InvalidArgumentError: a time is not above 0.
            AestreamError: the link failed, or nothing came in time.
        """
        self.description = description
        self._receiver = receiver
        self._idle_s = idle_s
        self._ready: deque[Events] = deque()
        self._closing = threading.Event()
        self._closed = False
        self._lock = threading.Lock()
        try:
            _check_times(idle_s=idle_s, wait_s=wait_s)
            self.width, self.height = self._wait_for_size(wait_s)
        except BaseException:
            self.close()
            raise

    def __next__(self) -> Events:
        """Wait for the next packet.

        Raises:
            AestreamError: the link failed.
        """
        idle_at_s = time.monotonic() + self._idle_s
        while not self._ready:
            if self._closing.is_set() or self._receiver.ended or time.monotonic() >= idle_at_s:
                raise StopIteration
            self._fill()
        return self._ready.popleft()

    def counters(self) -> dict[str, int]:
        """Count what came and what did not: the fields of `LinkCounters`."""
        return self._receiver.counters()

    def close(self) -> None:
        """End the stream. Safe to call from any thread, and more than once."""
        self._closing.set()
        with self._lock:
            if not self._closed:
                self._closed = True
                self._receiver.close()

    def _fill(self) -> None:
        with self._lock:
            if not self._closed:
                self._ready.extend(events for events in self._receiver.take(_POLL_S) if len(events))

    def _wait_for_size(self, wait_s: float) -> tuple[int, int]:
        give_up_s = time.monotonic() + wait_s
        while self._receiver.size is None:
            if time.monotonic() >= give_up_s:
                raise AestreamError(f"nothing came from {self.description} in {wait_s:g} s")
            self._fill()
        return self._receiver.size


def _check_times(**times_s: float) -> None:
    for name, seconds in times_s.items():
        if not seconds > 0:
            raise InvalidArgumentError(f"{name} is {seconds!r}; it must be above 0, or inf")
