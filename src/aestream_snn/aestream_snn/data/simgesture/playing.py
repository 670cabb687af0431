"""SimGesture as a camera would see it: one gesture after the other, for ever, at the pace of its own time."""

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_snn.data.recordings import records_of
from aestream_snn.data.simgesture.motions import CLASSES, SIDE_PX
from aestream_snn.data.simgesture.recording import GestureConfig, simulate_gesture

GESTURE_US = 3_000_000
"""Sensor time of one gesture."""

_LIVE = 1000
"""Sets the seeds of these gestures apart from those of the data set, whose second number is a split."""


def gesture_at(t_us: int) -> str:
    """Name the gesture that is shown at a sensor time."""
    return CLASSES[t_us // GESTURE_US % len(CLASSES)]


class GestureStream:
    """Packets of gestures in the order of `CLASSES`, each of `GESTURE_US`, of a sensor of 128 x 128 px.

    Shape, size, speed, contrast and noise differ from gesture to gesture; a seed gives the same events every time.

    Attributes:
        width: sensor width in pixels.
        height: sensor height in pixels.
    """

    width = SIDE_PX
    height = SIDE_PX

    def __init__(
        self,
        *,
        seed: int = 0,
        packet_us: int = 1000,
        packet_events: int = 24_576,
        speed: float = 1.0,
        duration_us: int | None = None,
    ) -> None:
        """Prepare.

        Args:
            seed: of everything that differs between gestures.
            packet_us: sensor time of one packet at most; packets begin at its multiples.
            packet_events: events of one packet at most.
            speed: sensor time that passes in a unit of host time; 0 is as fast as possible.
            duration_us: sensor time at which the stream ends; None for never.

        Raises:
            InvalidArgumentError: a number is not possible.
        """
        if packet_us < 1 or packet_events < 1 or not speed >= 0:
            numbers = f"packet_us is {packet_us}, packet_events {packet_events}, speed {speed}"
            raise InvalidArgumentError(f"{numbers}; the first two must be 1 or more, speed 0 or more")
        self._seed, self._packet_us, self._packet_events, self._speed = seed, packet_us, packet_events, speed
        self._duration_us = duration_us
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[Events]:
        """Iterate over the packets, each when it is due; the next gesture is simulated meanwhile."""
        begin_s = time.monotonic()
        for packet in self._packets():
            due_s = begin_s + packet.last_us / 1e6 / self._speed if self._speed else 0.0
            if self._closed.wait(max(due_s - time.monotonic(), 0)) or self._ends_before(packet):
                return
            yield packet

    def close(self) -> None:
        """End the iteration, from any thread."""
        self._closed.set()

    def _ends_before(self, packet: Events) -> bool:
        return self._duration_us is not None and packet.last_us >= self._duration_us

    def _packets(self) -> Iterator[Events]:
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(self._gesture, 0)
            for number in itertools.count(1):
                events, coming = coming.result(), pool.submit(self._gesture, number)
                yield from self._cut(events)

    def _gesture(self, number: int) -> Events:
        config = GestureConfig(duration_us=GESTURE_US)
        words = simulate_gesture(number % len(CLASSES), (self._seed, _LIVE, number), config)
        t0_us = number * GESTURE_US
        return Events.from_records(records_of(words), t0_us=t0_us, width=SIDE_PX, height=SIDE_PX)

    def _cut(self, events: Events) -> Iterator[Events]:
        while len(events):
            window, events = events.split_at((events.first_us // self._packet_us + 1) * self._packet_us)
            while len(window):
                packet, window = window.split_after(self._packet_events)
                yield packet
