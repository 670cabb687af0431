"""Pieces of an EVT3 stream: undecoded words with their time, decoded in order and only on request."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.events import Events
from aestream_core.messages import MessageDecoder
from aestream_driver.sources.base import WirePacket
from aestream_driver.sources.evt3_clock import Words
from aestream_driver.sources.side import TRIGGER_DTYPE, SideData


@dataclass(frozen=True)
class Piece:
    """Undecoded words of a camera.

    Attributes:
        words: (N,) uint16, a read-only view of what the library gave.
        index: number in the stream of pieces; one is left out where bytes are missing before it.
        base_us: sensor time in µs of the first time word.
        last_us: sensor time in µs at the end.
        lost_before: USB packets lost before it.
        arrival_ns: host time in ns since the epoch.
    """

    words: Words
    index: int
    base_us: int
    last_us: int
    lost_before: int
    arrival_ns: int


class PieceDecoder:
    """Decodes pieces in order. Where pieces were left out it forgets the stream, as their time words are missing."""

    def __init__(self, *, width: int, height: int) -> None:
        """Make a decoder for one sensor."""
        self._side = _core.SideRecords(True, False, False)
        self._size = (width, height)
        self._decoder = self._fresh()
        self._next_index = 0
        self._earlier: dict[str, int] = {}

    def decode(self, piece: Piece) -> tuple[list[Events], npt.NDArray[np.void]]:
        """Give the events of a piece, and its triggers, (N,) of `TRIGGER_DTYPE`."""
        if piece.index != self._next_index:
            self._earlier = self.counters()
            self._decoder = self._fresh()
        self._next_index = piece.index + 1
        events = self._decoder.decode(piece.words.view(np.uint8), near_us=piece.base_us)
        return events, _triggers(self._side.take_triggers())

    def counters(self) -> dict[str, int]:
        """Count what was not delivered: see `aestream_core.evt3.Evt3Decoder.counters`."""
        return {name: value + self._earlier.get(name, 0) for name, value in self._decoder.counters().items()}

    def _fresh(self) -> MessageDecoder:
        return MessageDecoder("evt3", width=self._size[0], height=self._size[1], side=self._side)


class CameraEvt3Packet:
    """A piece that is decoded only where somebody in the process wants events or triggers."""

    encoding = "evt3"

    def __init__(self, piece: Piece, decoder: PieceDecoder) -> None:
        """Wrap one piece."""
        self._piece = piece
        self._decoder = decoder
        self._decoded: tuple[list[Events], npt.NDArray[np.void]] | None = None

    @property
    def first_us(self) -> int:
        """Sensor time of the first time word in µs."""
        return self._piece.base_us

    @property
    def last_us(self) -> int:
        """Sensor time of the end in µs."""
        return self._piece.last_us

    @property
    def lost_before(self) -> int:
        """USB packets lost before it."""
        return self._piece.lost_before

    @property
    def arrival_ns(self) -> int:
        """Host time in ns since the epoch at which it arrived."""
        return self._piece.arrival_ns

    @property
    def count(self) -> int:
        """Number of events; 0 while nobody asked for them."""
        return sum(len(events) for events in self._decoded[0]) if self._decoded else 0

    def events(self) -> list[Events]:
        """Decode the piece."""
        return self._decode()[0]

    def side(self) -> SideData:
        """Decode the piece, and give its triggers."""
        return SideData(triggers=self._decode()[1])

    def wire(self) -> WirePacket:
        """Give the bytes as the camera sent them."""
        piece = self._piece
        return WirePacket(piece.words.view(np.uint8), piece.base_us, encoded=False)

    def _decode(self) -> tuple[list[Events], npt.NDArray[np.void]]:
        if self._decoded is None:
            self._decoded = self._decoder.decode(self._piece)
        return self._decoded


def _triggers(records: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    triggers = np.empty(len(records), TRIGGER_DTYPE)
    triggers["t"], triggers["id"], triggers["rising"] = records["t_us"], records["id"], records["value"] != 0
    return triggers
