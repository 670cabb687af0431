"""Filters between a source and everyone who listens."""

from collections.abc import Callable, Sequence

from aestream_core.events import Events
from aestream_core.evt3 import encode_evt3
from aestream_core.filters import FilterChain, parse_filters
from aestream_driver.sources.base import SourcePacket, WirePacket
from aestream_driver.sources.side import SideData


class FilteredPacket:
    """What filters left of a packet. It keeps the packet's times, for they say when the sensor sent it."""

    encoding = ""
    """None: the source's own bytes hold the events that were held back, so that others are made."""

    def __init__(self, packet: SourcePacket, kept: list[Events], *, width: int, height: int) -> None:
        """Stand in for a packet with the events that were kept of it, of a sensor of that size."""
        self._packet, self._kept = packet, [events for events in kept if len(events)]
        self._size = {"width": width, "height": height}
        self.first_us, self.last_us = packet.first_us, packet.last_us
        self.lost_before, self.arrival_ns = packet.lost_before, packet.arrival_ns
        self.count = sum(len(events) for events in kept)

    def events(self) -> list[Events]:
        """Give the events that were kept; no packets without events."""
        return self._kept

    def wire(self) -> WirePacket:
        """Encode as EVT3, which every decoder of the ecosystem knows."""
        joined = Events.join(self._kept, **self._size)
        return WirePacket(encode_evt3(joined), base_us=joined.first_us, encoded=True)

    def side(self) -> SideData:
        """Give what came beside the events; filters leave it alone."""
        return self._packet.side()


class PacketFilters:
    """Filters packets of one sensor; lets them pass as they are, undecoded, where there are no filters.

    Attributes:
        filtered_events: events that filters held back.
    """

    def __init__(self, texts: Sequence[str], *, size: Callable[[], tuple[int, int]]) -> None:
        """Make the filters, of texts as in `refractory:300`.

        Args:
            texts: what the filters are.
            size: gives width and height of the sensor in pixels; 0 and 0 while they are not known, which the first
                packet ends.

        Raises:
            AestreamError: a filter is not known or cannot have these settings.
        """
        self.filtered_events = 0
        self._size = size
        self.replace(texts)

    def replace(self, texts: Sequence[str]) -> None:
        """Take other filters, which begin as new, from the next packet on. From any thread.

        Raises:
            AestreamError: a filter is not known or cannot have these settings; nothing changed.
        """
        self._wanted: tuple[Sequence[str], FilterChain | None] = texts, self._made(texts)

    def apply(self, packet: SourcePacket) -> tuple[SourcePacket, tuple[int, int]]:
        """Give a packet as it leaves the filters, and the width and height of the sensor that it seems to be of.

        Raises:
            AestreamError: the sensor's size was not known before, and a filter cannot be made for it.
        """
        texts, chain = self._wanted
        if not texts:
            return packet, self._size()
        if chain is None:
            self.replace(texts)
            return self.apply(packet)
        events = packet.events()
        kept = FilteredPacket(packet, [chain.apply(part) for part in events], width=chain.width, height=chain.height)
        self.filtered_events += sum(len(part) for part in events) - kept.count
        return kept, (chain.width, chain.height)

    def reset(self) -> None:
        """Forget what filters remember, for the source went to another place. On the thread that filters."""
        _, chain = self._wanted
        if chain is not None:
            chain.reset()

    def _made(self, texts: Sequence[str]) -> FilterChain | None:
        width, height = self._size()
        return parse_filters(texts, width=width, height=height) if texts and width else None
