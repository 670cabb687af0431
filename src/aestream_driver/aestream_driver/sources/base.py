"""What every source gives: packets that can be had as events or as encoded bytes, each made at most once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from aestream_core.events import Events
from aestream_driver.sources.side import SideData


@dataclass(frozen=True)
class Trouble:
    """A fault that the source works on.

    Attributes:
        state: one word: "reconnecting" or "stalled".
        message: what happened, in one line.
    """

    state: str
    message: str


@dataclass(frozen=True)
class WirePacket:
    """Encoded events, ready for an EventPacket message.

    Attributes:
        data: encoded events, (N,) uint8, owned by a pooled buffer or a recording; not to be modified.
        base_us: sensor time in µs that resolves the encoding's own clock.
        encoded: whether the bytes were encoded for this purpose; False where they are the source's own.
    """

    data: npt.NDArray[np.uint8]
    base_us: int
    encoded: bool


class SourcePacket(Protocol):
    """One packet of a source."""

    @property
    def encoding(self) -> str:
        """Encoding of the bytes that `wire` gives, as EventPacket messages say it."""

    @property
    def first_us(self) -> int:
        """Sensor time in µs at which the packet begins: of its oldest event, or of the time word before it."""

    @property
    def last_us(self) -> int:
        """Sensor time of the newest event in µs."""

    @property
    def count(self) -> int:
        """Number of events; 0 where the packet came as bytes and was not decoded."""

    def events(self) -> list[Events]:
        """Give the events; usually one packet. Decodes where the source delivers bytes."""

    def wire(self) -> WirePacket:
        """Give the encoded bytes. Encodes where the source delivers events."""

    @property
    def lost_before(self) -> int:
        """Packets of the source that were lost between this one and the one before it."""

    @property
    def arrival_ns(self) -> int:
        """Host time in ns since the epoch at which it arrived; 0 where that is now."""

    def side(self) -> SideData:
        """Give what came beside the events. Decodes where the source delivers bytes."""


class Source(Protocol):
    """An open source.

    Attributes:
        encoding: encoding that its packets have, except behind a place that was sought.
        description: one line for people.
        lossless: whether the source can wait for its consumers (a recording) or not (a camera).
    """

    encoding: str
    description: str
    lossless: bool

    @property
    def width(self) -> int:
        """Sensor width in pixels; 0 while it is not known, which ends with the first packet."""

    @property
    def height(self) -> int:
        """Sensor height in pixels; likewise."""

    def __iter__(self) -> Iterator[SourcePacket]:
        """Iterate over the packets; ends after `close`, and raises where the source fails."""

    @property
    def dropped_packets(self) -> int:
        """Packets that were lost before they arrived here."""

    @property
    def invalid_events(self) -> int:
        """Events outside the sensor, left out."""

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong at this moment with a source that goes on; None where nothing is."""

    def close(self) -> None:
        """End the iteration, from any thread."""
