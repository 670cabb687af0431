"""Frames for people: what came since the last one, thinned out to what a picture can show."""

import secrets
import threading
import time

import numpy as np
import numpy.typing as npt

from aestream_bridge.links.packet_header import PacketHeader
from aestream_core.events import RECORD_DTYPE, Events

_WAITING_EVENTS = 1 << 20
"""Events that wait for the next frame at most; what comes beyond is counted, not kept."""


class FrameMaker:
    """Collects packets by reference from one thread, gives frames to another. Neither ever waits for the other.

    Attributes:
        events: events that came.
        shown: events that went into frames.
    """

    def __init__(self, *, width: int, height: int, frame_events: int) -> None:
        """Begin with nothing."""
        self.events = self.shown = 0
        self.width, self.height = width, height
        self._frame_events = frame_events
        self._stream = secrets.randbits(63)
        self._frames = 0
        self._waiting: list[Events] = []
        self._waiting_events = self._events_framed = 0
        self._lock = threading.Lock()

    def add(self, events: Events) -> None:
        """Keep a packet for the next frame."""
        with self._lock:
            self.events += len(events)
            if len(events) and self._waiting_events + len(events) <= _WAITING_EVENTS:
                self._waiting.append(events)
                self._waiting_events += len(events)

    def make(self, *, flags: int = 0) -> bytes | None:
        """Make the next frame, a packet header and records; None where nothing came since the last one."""
        with self._lock:
            waiting, came = self._waiting, self.events
            self._waiting, self._waiting_events = [], 0
        if came == self._events_framed and not flags:
            return None
        records = self._thinned(waiting)
        t0_us = waiting[0].t0_us if waiting else 0
        # Counts every event that came, so that a page knows how many it does not show.
        counts = (self._stream, self._frames, self._events_framed, t0_us, time.time_ns(), len(records))
        header = PacketHeader(*counts, self.width, self.height, flags)
        self._frames += 1
        self._events_framed = came
        self.shown += len(records)
        return header.pack() + records.tobytes()

    def _thinned(self, waiting: list[Events]) -> npt.NDArray[np.void]:
        """Take every n-th event of all packets; times count from the first packet's `t0_us`."""
        step = -(-sum(map(len, waiting)) // self._frame_events) or 1
        parts = [_rebased(each.records()[::step], each.t0_us - waiting[0].t0_us) for each in waiting]
        return np.concatenate(parts)[: self._frame_events] if parts else np.empty(0, RECORD_DTYPE)


def _rebased(records: npt.NDArray[np.void], shift_us: int) -> npt.NDArray[np.void]:
    copied = records.copy()
    copied["t"] += np.uint32(shift_us & 0xFFFFFFFF)
    return copied
