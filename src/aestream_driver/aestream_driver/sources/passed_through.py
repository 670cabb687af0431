"""A source whose bytes are already in an encoding of the wire: Prophesee's recordings, sent as they are."""

from collections.abc import Iterator

from aestream_core.events import Events
from aestream_core.messages import MessageDecoder
from aestream_core.raw_files import RawPacket, RawStream
from aestream_driver.sources.base import SourcePacket, Trouble, WirePacket
from aestream_driver.sources.side import NOTHING, SideData


class UndecodedPacket:
    """A piece of an encoded stream that is decoded only where somebody in the process wants events."""

    arrival_ns = 0
    lost_before = 0

    def __init__(self, raw: RawPacket, decoder: MessageDecoder) -> None:
        """Wrap one piece; `decoder` has seen every piece before it."""
        self.encoding = decoder.encoding
        self._raw = raw
        self._decoder = decoder
        self._events: list[Events] | None = None

    @property
    def first_us(self) -> int:
        """Sensor time of the first time word in µs."""
        return self._raw.base_us

    @property
    def last_us(self) -> int:
        """Sensor time of the newest event in µs."""
        return self._raw.last_us

    @property
    def count(self) -> int:
        """Number of events; 0 while nobody asked for them."""
        return sum(len(events) for events in self._events or ())

    def events(self) -> list[Events]:
        """Decode the piece."""
        if self._events is None:
            self._events = self._decoder.decode(self._raw.data, near_us=self._raw.base_us)
        return self._events

    def wire(self) -> WirePacket:
        """Give the bytes as the recording has them."""
        return WirePacket(self._raw.data, base_us=self._raw.base_us, encoded=False)

    def side(self) -> SideData:
        """Give nothing: what recordings hold beside events is not sent."""
        return NOTHING


class PassedThroughSource:
    """An encoded stream as a source."""

    dropped_packets = 0
    trouble: Trouble | None = None
    lossless = True

    def __init__(self, stream: RawStream, *, encoding: str, width: int, height: int, description: str) -> None:
        """Take over an open stream of undecoded pieces of a sensor of that size."""
        self._stream = stream
        self._decoder = MessageDecoder(encoding, width=width, height=height)
        self.encoding = encoding
        self.width = width
        self.height = height
        self.description = description

    def __iter__(self) -> Iterator[SourcePacket]:
        """Iterate over the pieces."""
        return (UndecodedPacket(raw, self._decoder) for raw in self._stream)

    @property
    def invalid_events(self) -> int:
        """Events outside the sensor, left out."""
        return self._decoder.counters()["outside_sensor"]

    def close(self) -> None:
        """End the stream."""
        self._stream.close()
