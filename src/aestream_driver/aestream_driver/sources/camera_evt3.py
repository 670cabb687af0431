"""What a camera sends as EVT3 words, passed through: cut into messages, timed, and decoded only on request."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.events import Events
from aestream_core.messages import MessageDecoder
from aestream_driver.sources.base import SourcePacket, WirePacket
from aestream_driver.sources.evt3_clock import Evt3Clock, Words, first_time_high
from aestream_driver.sources.side import TRIGGER_DTYPE, SideData

PIECE_BYTES = 1 << 17
"""Bytes of one packet at most; Fast DDS's default shared-memory segment loses messages over 0.5 MB."""


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


class Evt3Reader:
    """Turns what the library's iterator gives into packets.

    After a gap nothing is passed on before the next word that says the time: no decoder could place it.

    Attributes:
        dropped_packets: USB packets that the library lost.
        skipped_bytes: bytes left out, because no time word stood before them or half a word was missing.
    """

    def __init__(self, *, width: int, height: int) -> None:
        """Wait for the first bytes of a sensor of that size."""
        self.dropped_packets = 0
        self.skipped_bytes = 0
        self._decoder = PieceDecoder(width=width, height=height)
        self._clock = Evt3Clock()
        self._carry = b""
        self._synchronised = False
        self._index = 0
        self._lost_before = 0

    @property
    def invalid_events(self) -> int:
        """Events outside the sensor, left out; known only of what was decoded."""
        return self._decoder.counters()["outside_sensor"]

    def packets(self, status: Any, data: bytes) -> Iterator[SourcePacket]:
        """Give the packets of one reading, `neuromorphic_drivers.status.RawStatus` and bytes."""
        ring = status.ring
        self.dropped_packets += ring.dropped_packets
        self._lost_before += ring.dropped_packets
        arrival_ns = int((ring.system_time if ring.raw_packets <= 1 else status.system_time) * 1e9)
        start = 0
        for gap in ring.overflow_indices or ():
            yield from self._pieces(data[start:gap], arrival_ns)
            self._on_gap()
            start = gap
        yield from self._pieces(data[start:] if start else data, arrival_ns)

    def restart(self) -> None:
        """Expect a camera that was opened anew: its clock begins anew, and words may be missing."""
        self._clock.restart()
        self._lose_track()

    def _on_gap(self) -> None:
        if self._lost_before == 0:
            self.dropped_packets += 1
            self._lost_before = 1
        self._lose_track()

    def _lose_track(self) -> None:
        self.skipped_bytes += len(self._carry)
        self._carry = b""
        self._synchronised = False
        self._index += 1

    def _pieces(self, data: bytes, arrival_ns: int) -> Iterator[SourcePacket]:
        words = self._from_time_word(self._whole_words(data))
        read_ns = time.monotonic_ns()
        for start in range(0, len(words), PIECE_BYTES // 2):
            yield self._packet(words[start : start + PIECE_BYTES // 2], arrival_ns, read_ns)

    def _packet(self, words: Words, arrival_ns: int, read_ns: int) -> SourcePacket:
        base_us, last_us = self._clock.span(words, read_ns)
        piece = Piece(words, self._index, base_us, last_us, self._lost_before, arrival_ns)
        self._index += 1
        self._lost_before = 0
        return CameraEvt3Packet(piece, self._decoder)

    def _whole_words(self, data: bytes) -> Words:
        """Join the half word that the reading before ended with, and keep the one that this one ends with."""
        if self._carry:
            data = self._carry + data
        self._carry = data[-1:] if len(data) % 2 else b""
        return np.frombuffer(data, "<u2", count=len(data) // 2)

    def _from_time_word(self, words: Words) -> Words:
        if self._synchronised:
            return words
        first = first_time_high(words)
        self._synchronised = first is not None
        kept = words[len(words) if first is None else first :]
        self.skipped_bytes += 2 * (len(words) - len(kept))
        return kept


def _triggers(records: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    triggers = np.empty(len(records), TRIGGER_DTYPE)
    triggers["t"], triggers["id"], triggers["rising"] = records["t_us"], records["id"], records["value"] != 0
    return triggers
