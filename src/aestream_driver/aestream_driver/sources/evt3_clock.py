"""The sensor time of undecoded EVT3 bytes, which carry a clock of 24 bits."""

import numpy as np
import numpy.typing as npt

WRAP_US = 1 << 24
TIME_LOW, TIME_HIGH = 0x6, 0x8
PLAUSIBLE_US = 500_000
"""How far a time may lie from what the host's clock suggests before it is doubted."""
DOUBTS = 16
"""Pieces in a row with doubtful times after which they are believed: it was the expectation that was wrong."""

Words = npt.NDArray[np.uint16]


def first_time_high(words: Words) -> int | None:
    """Find the first word from which a decoder knows the time; None where there is none."""
    return _first(words, TIME_HIGH)


class Evt3Clock:
    """Unwraps the clock of a stream of pieces, by what the host's clock says has passed between them.

    A single damaged time word does not move it for longer than one piece.

    Attributes:
        last_us: sensor time in µs at the end of the newest piece.
    """

    def __init__(self) -> None:
        """Wait for the first piece."""
        self.last_us = 0
        self._read_ns: int | None = None
        self._doubts = 0
        self._restarted = False

    def span(self, words: Words, read_ns: int) -> tuple[int, int]:
        """Give the sensor time in µs of a piece's first time word and of its end.

        Args:
            words: (N,) uint16, the words of the piece.
            read_ns: monotonic host time in ns at which the piece was read.
        """
        expected_us = self.expect(read_ns)
        first = first_time_high(words)
        if first is None:
            return self.last_us, self.last_us
        high = int(words[first]) & 0xFFF
        base_us = self._believed(self._unwrapped(high << 12, expected_us), expected_us)
        self._restarted = False
        self.last_us = self._end(words, high, base_us)
        self._read_ns = read_ns
        return base_us, self.last_us

    def expect(self, read_ns: int) -> int | None:
        """Guess the sensor time in µs at a host time; None before the first piece."""
        return None if self._read_ns is None else self.last_us + max(0, read_ns - self._read_ns) // 1000

    def restart(self) -> None:
        """Expect a clock that begins anew. Time goes on: never back, and by about what the host's clock says.

        Bytes are passed on as they are, so that it goes on by whole turns of the 24-bit clock: up to half a turn
        (8.4 s) more or less than what has passed.
        """
        self._restarted = self._read_ns is not None

    def _unwrapped(self, time_us: int, expected_us: int | None) -> int:
        if expected_us is None:
            return time_us
        half = WRAP_US // 2
        near_us = expected_us - half + (time_us - expected_us + half) % WRAP_US
        while near_us < 0 or (self._restarted and near_us <= self.last_us):
            near_us += WRAP_US
        return near_us

    def _believed(self, time_us: int, expected_us: int | None) -> int:
        plausible = expected_us is None or self._restarted or abs(time_us - expected_us) <= PLAUSIBLE_US
        self._doubts = 0 if plausible or self._doubts >= DOUBTS else self._doubts + 1
        return time_us if expected_us is None or self._doubts == 0 else expected_us

    def _end(self, words: Words, first_high: int, base_us: int) -> int:
        last = _last(words, TIME_HIGH) or 0
        high = int(words[last]) & 0xFFF
        low = _last(words[last + 1 :], TIME_LOW)
        low_us = 0 if low is None else int(words[last + 1 + low]) & 0xFFF
        turned_us = ((high - first_high) % 4096) << 12
        if turned_us > PLAUSIBLE_US:
            return base_us
        return base_us - base_us % 4096 + turned_us + low_us


def _first(words: Words, kind: int) -> int | None:
    for start, stop in ((0, 256), (256, len(words))):
        found = np.flatnonzero((words[start:stop] >> 12) == kind)
        if len(found):
            return start + int(found[0])
    return None


def _last(words: Words, kind: int) -> int | None:
    for start, stop in ((max(0, len(words) - 1024), len(words)), (0, max(0, len(words) - 1024))):
        found = np.flatnonzero((words[start:stop] >> 12) == kind)
        if len(found):
            return start + int(found[-1])
    return None
