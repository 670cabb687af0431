"""What a camera library decodes: structured arrays of events, with inertial measurements, triggers and frames."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.events import Events
from aestream_core.evt3 import encode_evt3
from aestream_driver.sources.base import SourcePacket, WirePacket
from aestream_driver.sources.camera_side import records_of, side_data
from aestream_driver.sources.continued_clock import ContinuedClock
from aestream_driver.sources.side import NOTHING, SideData

PACKET_EVENTS = 24_576
"""Events of one packet at most: EVT3 takes up to 8 bytes for one."""


class CameraDecodedPacket:
    """Decoded events of a camera, encoded only where somebody outside the process listens. There may be none."""

    encoding = "evt3"

    def __init__(self, events: Events, side: SideData, *, last_us: int, lost_before: int, arrival_ns: int) -> None:
        """Wrap one packet.

        Args:
            events: the events.
            side: what came with them.
            last_us: latest sensor time in µs of both.
            lost_before: USB packets lost before it.
            arrival_ns: host time in ns since the epoch.
        """
        self._events = events
        self._side = side
        self.lost_before = lost_before
        self._wire: WirePacket | None = None
        self.first_us = events.first_us if len(events) else last_us
        self.last_us = last_us
        self.arrival_ns = arrival_ns

    @property
    def count(self) -> int:
        """Number of events."""
        return len(self._events)

    def events(self) -> list[Events]:
        """Give the events, as a packet where there are any."""
        return [self._events] if len(self._events) else []

    def side(self) -> SideData:
        """Give what came with them."""
        return self._side

    def wire(self) -> WirePacket:
        """Encode as EVT3."""
        if self._wire is None:
            some = len(self._events) > 0
            data = encode_evt3(self._events) if some else np.empty(0, np.uint8)
            base_us = self._events.first_us if some else self.last_us
            self._wire = WirePacket(data, base_us, encoded=True)
        return self._wire


class DecodedReader:
    """Turns what the library's iterator gives into packets.

    Attributes:
        dropped_packets: USB packets that the library lost.
        invalid_events: events outside the sensor, left out.
        skipped_bytes: 0: the library decodes.
    """

    skipped_bytes = 0

    def __init__(self, *, width: int, height: int) -> None:
        """Wait for the first reading of a sensor of that size."""
        self.dropped_packets = 0
        self.invalid_events = 0
        self._size = (width, height)
        self._clock = ContinuedClock()
        self._lost_before = 0

    def packets(self, status: Any, packet: Any) -> Iterator[SourcePacket]:
        """Give the packets of one reading: the library's status, and a packet with `polarity_events` and more."""
        ring = status.ring
        self._count_losses(ring.dropped_packets, packet)
        arrival_ns = int((ring.system_time if ring.raw_packets <= 1 else status.system_time) * 1e9)
        records = _ordered(self._within(records_of(packet.polarity_events)))
        times = next((part["t"] for part in (records, records_of(packet.imu_events)) if len(part)), None)
        if times is not None:
            self._clock.follow(int(times[0]), int(times[-1]), time.monotonic_ns())
        side = side_data(packet, self._clock.offset_us)
        for start in range(0, len(records), PACKET_EVENTS):
            yield self._packet(records[start : start + PACKET_EVENTS], side, arrival_ns)
            side = NOTHING
        if side is not NOTHING:
            yield self._packet(records[:0], side, arrival_ns)

    def restart(self) -> None:
        """Expect a camera that was opened anew, whose clock may begin anew."""
        self._clock.restart()

    def _packet(self, records: npt.NDArray[np.void], side: SideData, arrival_ns: int) -> SourcePacket:
        width, height = self._size
        times = records["t"].astype(np.int64) + self._clock.offset_us
        events = Events.from_numpy(t=times, x=records["x"], y=records["y"], p=records["on"], width=width, height=height)
        last_us = int(times[-1]) if len(times) else self._clock.last_us
        lost = self._lost_before if len(times) else 0
        self._lost_before -= lost
        return CameraDecodedPacket(events, side, last_us=last_us, lost_before=lost, arrival_ns=arrival_ns)

    def _count_losses(self, dropped: int, packet: Any) -> None:
        self.dropped_packets += dropped
        self._lost_before += dropped
        if len(records_of(packet.polarity_events_overflow_indices)) and self._lost_before == 0:
            self.dropped_packets += 1
            self._lost_before = 1

    def _within(self, records: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
        width, height = self._size
        inside = (records["x"] < width) & (records["y"] < height)
        if inside.all():
            return records
        self.invalid_events += int(len(records) - np.count_nonzero(inside))
        return records[inside]


def _ordered(records: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """Give the records in the order of their times, as the wire's encoding needs them; damaged times may step back."""
    times = records["t"]
    if len(times) < 2 or (times[1:] >= times[:-1]).all():
        return records
    return records[np.argsort(times, kind="stable")]
