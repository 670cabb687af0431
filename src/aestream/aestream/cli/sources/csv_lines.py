"""CSV lines from a pipe as packets, without a Python step for each event."""

import warnings
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from aestream_core.errors import DamagedRecordingError
from aestream_core.events import Events
from aestream_core.formats.base import NO_COUNTERS, FileInfo

_BLOCK_BYTES = 1 << 20
_LONGEST_LINE_BYTES = 200
_MOST_US = (1 << 63) - 1
_SPACES = bytes.maketrans(b",", b" ")

Columns = npt.NDArray[np.int64]


class CsvLines:
    """Lines `t,x,y,p`: whole µs of sensor time, column, row from the top, 1 brighter or 0 darker. One header may lead.

    Attributes:
        info: format and sensor.
    """

    def __init__(self, source: BinaryIO, *, width: int, height: int) -> None:
        """Read from a binary stream, as it becomes ready."""
        self.info = FileInfo("csv", width, height, False, 0, 0, {})
        self._source = source
        self._counters = dict(NO_COUNTERS)
        self._lines = 0

    def packets(self, start_us: int) -> Iterator[Events]:
        """Give packets as lines arrive.

        Raises:
            DamagedRecordingError: a line is not one of an event; every line before it was given.
        """
        for block in self._blocks():
            rows, fault = _parse(block)
            yield from self._events(rows)
            self._counters["bytes"] += len(block)
            if fault is not None:
                line = bytes(block.splitlines()[fault][:60]).decode(errors="replace")
                offset = self._counters["bytes"] - len(block) + sum(map(len, block.splitlines(True)[:fault]))
                raise DamagedRecordingError(
                    f"standard input: line {self._lines + fault + 1} is {line!r}; t,x,y,p in whole numbers is expected",
                    offset,
                )
            self._lines += len(rows)

    def counters(self) -> dict[str, int]:
        """Count what was read so far; see `aestream_core.files.FileStream.counters`."""
        return self._counters

    def _blocks(self) -> Iterator[bytes]:
        """Give whole lines, many at once. A line without end does not fill the memory: it is given as it is."""
        rest = b""
        while piece := self._source.read1(_BLOCK_BYTES):  # type: ignore[attr-defined]
            rest += piece
            end = rest.rfind(b"\n") + 1 or (len(rest) if len(rest) > _LONGEST_LINE_BYTES else 0)
            if end:
                yield self._without_header(rest[:end])
                rest = rest[end:]
        if rest.strip():
            yield self._without_header(rest + b"\n")

    def _without_header(self, block: bytes) -> bytes:
        if self._lines == 0 and self._counters["bytes"] == 0 and block[:1].isalpha():
            header, _, block = block.partition(b"\n")
            self._counters["bytes"] += len(header) + 1
            self._lines = 1
        return block

    def _events(self, rows: Columns) -> Iterator[Events]:
        inside = (rows[:, 1] < self.info.width) & (rows[:, 2] < self.info.height)
        kept = rows[inside]
        self._counters["outside_sensor"] += len(rows) - len(kept)
        self._counters["events"] += len(kept)
        for piece in _pieces(kept):
            t, x, y, p = piece.T
            yield Events.from_numpy(t=t, x=x, y=y, p=p, width=self.info.width, height=self.info.height)


def _parse(block: bytes) -> tuple[Columns, int | None]:
    """Give the rows (N, 4) of a block of lines up to the first that is none, and the index of that line."""
    rows = _numbers(block)
    fault = None
    if rows is None:
        rows, fault = _numbers_before_fault(block)
    bad = np.flatnonzero(((rows < 0) | (rows > (_MOST_US, 0x7FFFFFFF, 0x7FFFFFFF, 1))).any(axis=1))
    return (rows[: bad[0]], int(bad[0])) if len(bad) else (rows, fault)


def _numbers(block: bytes) -> Columns | None:
    """Give the numbers of lines with four each, (N, 4); None where a line is another one."""
    text = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(text == ord("\n"))
    commas = np.searchsorted(np.flatnonzero(text == ord(",")), ends)
    if not len(ends) or (np.diff(commas, prepend=0) != 3).any():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            values: npt.NDArray[Any] = np.fromstring(block.translate(_SPACES).decode("ascii"), np.int64, sep=" ")
        except (ValueError, DeprecationWarning, OverflowError):
            return None
    return values.reshape(-1, 4) if len(values) == 4 * len(ends) else None


def _numbers_before_fault(block: bytes) -> tuple[Columns, int]:
    """Find by halves how many lines of a block are good."""
    lines = block.splitlines(keepends=True)
    good, bad = 0, len(lines)
    while good < bad:
        middle = (good + bad + 1) // 2
        if _numbers(b"".join(lines[:middle])) is None:
            bad = middle - 1
        else:
            good = middle
    rows = _numbers(b"".join(lines[:good])) if good else None
    return (np.empty((0, 4), np.int64) if rows is None else rows), good


def _pieces(rows: Columns) -> Iterator[Columns]:
    """Split rows until the times of each piece fit into one packet."""
    if len(rows) and int(rows[:, 0].max()) - int(rows[:, 0].min()) > 0xFFFFFFFF:
        middle = len(rows) // 2
        yield from _pieces(rows[:middle])
        yield from _pieces(rows[middle:])
    elif len(rows):
        yield rows
