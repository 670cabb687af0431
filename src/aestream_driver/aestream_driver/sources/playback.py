"""A recording as a source: paced by its own time, paused, moved to another place."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from aestream_core.errors import InvalidArgumentError
from aestream_driver.sources.base import Source, SourcePacket

JUMP_BACK_US = 1_000_000
"""Sensor time that falls by more than this began again; the pace begins again with it."""


@dataclass(eq=False)
class _Place:
    """Where in the recording the packets come from."""

    source: Source
    packets: Iterator[SourcePacket]


class Playback:
    """Plays a recording at a speed; `seek` and `set_paused` work from any thread while it is iterated.

    Attributes:
        on_jump: called by the iterating thread before the first packet of another place.
        on_resume: called before the first packet after a pause.
        paused: whether packets are held back.
        ended: whether an iteration has come to its end; iterate again after `seek`.
    """

    lossless = True

    def __init__(self, open_at: Callable[[int], Source], *, speed: float) -> None:
        """Open the recording at its beginning.

        Args:
            open_at: opens the recording, not paced, at a sensor time in µs; 0 is its beginning.
            speed: sensor time that passes in a unit of host time; 0 is as fast as possible.
        """
        first = open_at(0)
        self.width, self.height = first.width, first.height
        self.encoding = first.encoding
        self.description = first.description
        self.on_jump: Callable[[], None] = lambda: None
        self.on_resume: Callable[[], None] = lambda: None
        self.paused = False
        self.ended = False
        self._open_at = open_at
        self._speed = speed
        self._place = _Place(first, iter(first))
        self._invalid_before = 0
        self._closed = False
        self._changed = threading.Condition()
        self._pace: tuple[float, int] | None = None
        self._paused_at_s = 0.0
        self._last_us = 0

    def __iter__(self) -> Iterator[SourcePacket]:
        """Iterate over the packets from the place where the playback is, each when it is due."""
        self.ended = False
        place = self._place
        try:
            while True:
                for packet in place.packets:
                    if not self._wait_until_due(packet, place):
                        break
                    yield packet
                if self._ends_at(place):
                    return
                place = self._place
                self.on_jump()
        finally:
            self.ended = True

    dropped_packets = 0
    trouble = None

    @property
    def invalid_events(self) -> int:
        """Events outside the sensor, left out."""
        return self._invalid_before + self._place.source.invalid_events

    def seek(self, t_us: int) -> int:
        """Go on from another time.

        Args:
            t_us: sensor time in µs; events before it are skipped.

        Returns:
            Sensor time in µs at which the next packet begins.

        Raises:
            InvalidArgumentError: the recording has nothing at or after that time; it plays on where it is.
            AestreamError: the recording can no longer be read.
        """
        source = self._open_at(t_us)
        packets = iter(source)
        head = next(packets, None)
        if head is None:
            raise InvalidArgumentError(f"t_us is {t_us}; the recording has no events at or after that time")
        with self._changed:
            old, self._place = self._place, _Place(source, chain([head], packets))
            self._invalid_before += old.source.invalid_events
            self._pace = None
            self._changed.notify_all()
        old.source.close()
        return head.first_us

    def set_paused(self, paused: bool) -> None:
        """Hold the playback, or go on with the packet that was due next."""
        with self._changed:
            if paused and not self.paused:
                self._paused_at_s = time.monotonic()
            elif self.paused and not paused and self._pace is not None:
                begin_s, begin_us = self._pace
                self._pace = (begin_s + time.monotonic() - self._paused_at_s, begin_us)
            if self.paused and not paused:
                self.on_resume()
            self.paused = paused
            self._changed.notify_all()

    def close(self) -> None:
        """End the iteration."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._place.source.close()

    def _ends_at(self, place: _Place) -> bool:
        with self._changed:
            self.ended = self._closed or self._place is place
            return self.ended

    def _wait_until_due(self, packet: SourcePacket, place: _Place) -> bool:
        """Wait; False where the playback was closed or moved meanwhile."""
        with self._changed:
            while not self._closed and self._place is place:
                left_s = None if self.paused else self._due_s(packet) - time.monotonic()
                if left_s is not None and left_s <= 0:
                    self._last_us = packet.last_us
                    return True
                self._changed.wait(left_s)
        return False

    def _due_s(self, packet: SourcePacket) -> float:
        if not self._speed:
            return 0.0
        if self._pace is None or packet.last_us + JUMP_BACK_US < self._last_us:
            self._pace = (time.monotonic(), packet.first_us)
        begin_s, begin_us = self._pace
        return begin_s + (packet.last_us - begin_us) / 1e6 / self._speed
