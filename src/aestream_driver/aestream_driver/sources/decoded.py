"""A source whose packets arrive as events: the simulator, and recordings in formats that are not sent as they are."""

from collections.abc import Iterator

from aestream_core.events import Events
from aestream_core.evt3 import encode_evt3
from aestream_core.files import FileStream
from aestream_core.streams import Packets
from aestream_driver.sources.base import SourcePacket, Trouble, WirePacket
from aestream_driver.sources.side import NOTHING, SideData


class DecodedPacket:
    """Events that are encoded only where somebody outside the process listens."""

    encoding = "evt3"
    arrival_ns = 0
    lost_before = 0

    def __init__(self, events: Events) -> None:
        """Wrap one packet."""
        self._events = events
        self._wire: WirePacket | None = None

    @property
    def first_us(self) -> int:
        """Sensor time of the oldest event in µs."""
        return self._events.first_us

    @property
    def last_us(self) -> int:
        """Sensor time of the newest event in µs."""
        return self._events.last_us

    @property
    def count(self) -> int:
        """Number of events."""
        return len(self._events)

    def events(self) -> list[Events]:
        """Give the packet itself."""
        return [self._events]

    def wire(self) -> WirePacket:
        """Encode as EVT3, which every decoder of the ecosystem knows."""
        if self._wire is None:
            # The encoder starts with the TIME_HIGH word of the first event, so this time resolves its 24-bit clock.
            self._wire = WirePacket(encode_evt3(self._events), base_us=self._events.first_us, encoded=True)
        return self._wire

    def side(self) -> SideData:
        """Give nothing: what recordings hold beside events is not sent."""
        return NOTHING


class DecodedSource:
    """A packet stream as a source."""

    encoding = "evt3"
    dropped_packets = 0
    trouble: Trouble | None = None

    def __init__(self, stream: Packets, *, description: str, lossless: bool) -> None:
        """Take over an open stream."""
        self._stream = stream
        self.width = stream.width
        self.height = stream.height
        self.description = description
        self.lossless = lossless

    def __iter__(self) -> Iterator[SourcePacket]:
        """Iterate over the stream's packets."""
        return (DecodedPacket(events) for events in self._stream)

    @property
    def invalid_events(self) -> int:
        """Events outside the sensor, left out."""
        return self._stream.counters()["outside_sensor"] if isinstance(self._stream, FileStream) else 0

    def close(self) -> None:
        """End the stream."""
        self._stream.close()
