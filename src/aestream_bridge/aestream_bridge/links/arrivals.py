"""What arrives over a link: checked, counted, and what never came counted as lost."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np

from aestream_bridge.links.packet_header import PacketHeader, parse_header
from aestream_core.errors import AestreamError, FormatError
from aestream_core.events import Events

MAX_STREAMS = 64
"""Senders that are told apart at a time; the one that was silent longest is forgotten first."""


@dataclass
class LinkCounters:
    """What came and what did not.

    Attributes:
        packets: packets that arrived and were taken.
        events: events in them that were taken.
        lost_packets: packets that were sent while this end listened and never came.
        lost_events: events in them.
        reordered_packets: packets that came behind a later one, or twice; they are left out.
        refused_packets: messages that are no packets of this sensor's events.
        outside_sensor: events that lie outside the sensor, left out.
    """

    packets: int = 0
    events: int = 0
    lost_packets: int = 0
    lost_events: int = 0
    reordered_packets: int = 0
    refused_packets: int = 0
    outside_sensor: int = 0


class Arrivals:
    """Turns messages into events and keeps the books of one link.

    Attributes:
        counters: what came and what did not.
        ended: whether every sender that was heard has ended its stream.
    """

    def __init__(self, *, count_gaps: bool = True) -> None:
        """Wait for the first message; without `count_gaps`, packets may go to other receivers too."""
        self.counters = LinkCounters()
        self.ended = False
        self._count_gaps = count_gaps
        self._size: tuple[int, int] | None = None
        self._next: OrderedDict[int, tuple[int, int]] = OrderedDict()
        self._open: set[int] = set()

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the sensor in pixels; None while nothing has come."""
        return self._size

    def take(self, header_bytes: bytes | memoryview, records: Any) -> Events | None:
        """Take one message; None where it holds no events of this sensor.

        Args:
            header_bytes: what stands before the records.
            records: the records, any contiguous buffer. Copied.
        """
        try:
            header = parse_header(header_bytes)
            return self._accept(header, records)
        except AestreamError:
            self.counters.refused_packets += 1
            return None

    def _accept(self, header: PacketHeader, records: Any) -> Events | None:
        size_bytes = memoryview(records).nbytes
        if size_bytes != header.record_bytes:
            raise FormatError(f"a packet of {header.count} records has {size_bytes} bytes of them")
        if self._size is not None and self._size != (header.width, header.height):
            raise FormatError("the packet is another sensor's")
        self._size = (header.width, header.height)
        if not self._follow(header) or header.ends:
            return None
        events = Events.from_records(records, t0_us=header.t0_us, width=header.width, height=header.height)
        inside = events_inside(events)
        self.counters.packets += 1
        self.counters.events += len(inside)
        self.counters.outside_sensor += len(events) - len(inside)
        return inside

    def _follow(self, header: PacketHeader) -> bool:
        """Count what is missing before a packet; False where it comes too late to be used."""
        expected = self._next.get(header.stream)
        if expected is not None and header.seq < expected[0]:
            self.counters.reordered_packets += 1
            return False
        if expected is not None and self._count_gaps:
            self.counters.lost_packets += header.seq - expected[0]
            self.counters.lost_events += max(0, header.events_before - expected[1])
        self._remember(header)
        return True

    def _remember(self, header: PacketHeader) -> None:
        self._next[header.stream] = (header.seq + (not header.ends), header.events_before + header.count)
        self._next.move_to_end(header.stream)
        if len(self._next) > MAX_STREAMS:
            self._open.discard(self._next.popitem(last=False)[0])
        if header.ends:
            self._open.discard(header.stream)
        else:
            self._open.add(header.stream)
        self.ended = not self._open


def events_inside(events: Events) -> Events:
    """Leave out what lies outside the sensor: what comes from outside the process may say anything."""
    records = events.records()
    if not len(events):
        return events
    if records["x"].max() < events.width and (records["yp"] & np.uint16(0x7FFF)).max() < events.height:
        return events
    return events.slice_region(0, 0, events.width, events.height)
