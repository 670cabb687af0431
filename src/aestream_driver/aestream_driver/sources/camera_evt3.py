"""What a camera sends as EVT3 words, passed through: cut into messages and timed."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from aestream_driver.sources.base import SourcePacket
from aestream_driver.sources.evt3_clock import Evt3Clock, Words, first_time_high
from aestream_driver.sources.evt3_pieces import CameraEvt3Packet, Piece, PieceDecoder

PIECE_BYTES = 1 << 17
"""Bytes of one packet at most; Fast DDS's default shared-memory segment loses messages over 0.5 MB."""


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
        self._gap_at_end = False

    @property
    def invalid_events(self) -> int:
        """Events outside the sensor, left out; known only of what was decoded."""
        return self._decoder.counters()["outside_sensor"]

    def packets(self, status: Any, data: bytes) -> Iterator[SourcePacket]:
        """Give the packets of one reading, `neuromorphic_drivers.status.RawStatus` and bytes."""
        ring = status.ring
        arrival_ns = int((ring.system_time if ring.raw_packets <= 1 else status.system_time) * 1e9)
        start = 0
        for gap, lost in self._gaps(list(ring.overflow_indices or ()), ring.dropped_packets, len(data)):
            yield from self._pieces(data[start:gap], arrival_ns)
            self._on_gap(lost)
            start = gap
        yield from self._pieces(data[start:] if start else data, arrival_ns)

    def restart(self) -> None:
        """Expect a camera that was opened anew: its clock begins anew, and words may be missing."""
        self._clock.restart()
        self._lose_track()

    def _gaps(self, places: list[int], dropped: int, end: int) -> list[tuple[int, int]]:
        """Say where in a reading packets are missing, and how many: at least one in every place.

        Losses without a place are behind what was read; the library then names the place at the start of the next one.
        """
        if self._gap_at_end and places[:1] == [0]:
            places = places[1:]
        self._gap_at_end = dropped > 0 and not places
        if self._gap_at_end:
            places = [end]
        lost = [max(1, dropped - len(places) + 1), *[1] * (len(places) - 1)]
        return list(zip(places, lost, strict=False))

    def _on_gap(self, lost: int) -> None:
        self.dropped_packets += lost
        self._lost_before += lost
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
