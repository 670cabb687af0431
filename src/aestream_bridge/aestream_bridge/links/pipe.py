"""Packets on a pipe: records with their header, or lines of JSON, written and read in bounded memory."""

import os
import secrets
import select
import time
from dataclasses import asdict
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from aestream_bridge.links.arrivals import Arrivals, LinkCounters
from aestream_bridge.links.json_lines import BadLineError, parse_json_lines
from aestream_bridge.links.packet_header import HEADER_BYTES, PacketHeader, PacketNumbering, parse_header
from aestream_core.errors import FormatError
from aestream_core.events import Events, check_sensor

_READ_BYTES = 1 << 18
_MAX_LINE_BYTES = 1 << 16


class RecordWriter:
    """Writes packets of records with their headers."""

    def __init__(self, out: BinaryIO, *, width: int, height: int) -> None:
        """Write to a binary stream."""
        self._out = out
        self._numbering = PacketNumbering(secrets.randbits(63), width=width, height=height)

    def write(self, events: Events) -> None:
        """Write a packet: its header, and its records as they lie in memory."""
        self._out.write(self._numbering.header(events, stamp_ns=time.time_ns()).pack())
        self._out.write(events.buffer())

    def close(self) -> None:
        """Say that the stream ends, and write what is still buffered."""
        self._out.write(self._numbering.end(stamp_ns=time.time_ns()).pack())
        self._out.flush()


class _PipeReader:
    """Bytes of a pipe, without waiting longer than asked."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source  # kept: closing it would close the pipe
        self._file = source.fileno()
        self.buffer = bytearray()
        self.at_end = False

    def fill(self, timeout_s: float) -> bool:
        """Append what is there; False where nothing came in time."""
        if self.at_end or not select.select([self._file], [], [], timeout_s)[0]:
            return False
        data = os.read(self._file, _READ_BYTES)
        self.at_end = not data
        self.buffer += data
        return bool(data)


class RecordReader:
    """Reads what `RecordWriter` writes."""

    def __init__(self, source: BinaryIO) -> None:
        """Read from a binary stream that has a file descriptor."""
        self._pipe = _PipeReader(source)
        self._arrivals = Arrivals()
        self._offset = 0
        self._fault: FormatError | None = None

    @property
    def ended(self) -> bool:
        """Whether the writer ended the stream, or the pipe is at its end."""
        return self._arrivals.ended or (self._pipe.at_end and not self._pipe.buffer)

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the sensor in pixels; None while nothing has come, (1, 1) for an empty pipe."""
        return self._arrivals.size or ((1, 1) if self.ended else None)

    def take(self, timeout_s: float) -> list[Events]:
        """Give what has come; waits for the first.

        Raises:
            FormatError: the bytes are no packets, or the pipe ended within one; names the byte.
        """
        if self._fault is not None:
            raise self._fault
        taken: list[Events] = []
        self._pipe.fill(timeout_s)
        try:
            while (packet := self._next_packet()) is not None:
                taken += packet
        except FormatError as error:
            if not taken:
                raise
            self._fault = error  # what came before it goes out first
        return taken

    def counters(self) -> dict[str, int]:
        """Count what came and what did not: the fields of `LinkCounters`."""
        return asdict(self._arrivals.counters)

    def close(self) -> None:
        """Leave the pipe to its owner."""

    def _next_packet(self) -> list[Events] | None:
        buffer = self._pipe.buffer
        if self._arrivals.ended or not self._is_whole(buffer):
            return None
        header = self._header(buffer)
        end = HEADER_BYTES + header.record_bytes
        with memoryview(buffer) as view:
            events = self._arrivals.take(view[:HEADER_BYTES], view[HEADER_BYTES:end])
        del buffer[:end]
        self._offset += end
        return [] if events is None else [events]

    def _is_whole(self, buffer: bytearray) -> bool:
        needed = HEADER_BYTES
        if len(buffer) >= HEADER_BYTES:
            needed += self._header(buffer).record_bytes
        if len(buffer) >= needed:
            return True
        if buffer and self._pipe.at_end:
            raise FormatError(f"the pipe ends within the packet that begins at byte {self._offset}")
        return False

    def _header(self, buffer: bytearray) -> PacketHeader:
        try:
            return parse_header(bytes(buffer[:HEADER_BYTES]))
        except FormatError as error:
            raise FormatError(f"at byte {self._offset} of the pipe: {error}") from None


class JsonLineReader:
    """Reads lines of JSON."""

    def __init__(self, source: BinaryIO, *, width: int, height: int) -> None:
        """Read from a binary stream that has a file descriptor; lines do not say the sensor's size.

        Raises:
            InvalidArgumentError: the size is impossible.
        """
        check_sensor(width, height)
        self.size = (width, height)
        self._pipe = _PipeReader(source)
        self._line = 1
        self._fault: FormatError | None = None
        self._counters = LinkCounters()

    @property
    def ended(self) -> bool:
        """Whether the pipe is at its end."""
        return self._pipe.at_end and not self._pipe.buffer

    def take(self, timeout_s: float) -> list[Events]:
        """Give the events of the lines that have come; waits for the first.

        Raises:
            FormatError: a line is none of an event; names the line.
        """
        if self._fault is not None:
            raise self._fault
        self._pipe.fill(timeout_s)
        lines = self._whole_lines()
        return [self._checked(self._parsed(lines))] if lines else []

    def counters(self) -> dict[str, int]:
        """Count what came and what did not: the fields of `LinkCounters`."""
        return asdict(self._counters)

    def close(self) -> None:
        """Leave the pipe to its owner."""

    def _parsed(self, lines: bytes) -> npt.NDArray[np.void]:
        try:
            array = parse_json_lines(lines, first_line=self._line)
        except BadLineError as error:
            self._fault = error  # what came before it goes out first
            array = error.before
        self._line += lines.count(b"\n")
        return array

    def _whole_lines(self) -> bytes:
        buffer = self._pipe.buffer
        end = len(buffer) if self._pipe.at_end else buffer.rfind(b"\n") + 1
        if not end and len(buffer) > _MAX_LINE_BYTES:
            raise FormatError(f"line {self._line} is longer than {_MAX_LINE_BYTES} bytes")
        lines = bytes(buffer[:end])
        del buffer[:end]
        return lines if lines.endswith(b"\n") or not lines else lines + b"\n"

    def _checked(self, array: npt.NDArray[np.void]) -> Events:
        width, height = self.size
        inside = array[(array["x"] < width) & (array["y"] < height)]
        self._counters.packets += 1
        self._counters.events += len(inside)
        self._counters.outside_sensor += len(array) - len(inside)
        return Events.from_numpy(inside, width=width, height=height)
