"""EVT2 and EVT2.1 in plain Python, word by word as the formats describe them: the slow twin of the native codecs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Event = tuple[int, int, int, int]  # t µs, x, y, p

CD_OFF, CD_ON, TIME_HIGH, EXT_TRIGGER, OTHERS, CONTINUED = 0x0, 0x1, 0x8, 0xA, 0xE, 0xF
HIGH_RANGE = 1 << 28
LATE = HIGH_RANGE >> 12
WRAP = HIGH_RANGE << 6


def cd(t: int, x: int, y: int, p: int) -> int:
    """Make an event word; only the low 6 bits of the time are in it."""
    return p << 28 | (t & 0x3F) << 22 | x << 11 | y


def time_high(t: int) -> int:
    """Make the word that announces a time."""
    return TIME_HIGH << 28 | t >> 6 & 0xFFFFFFF


def trigger(t: int, number: int, value: int) -> int:
    """Make an external trigger."""
    return EXT_TRIGGER << 28 | (t & 0x3F) << 22 | number << 8 | value


def to_bytes(words: Sequence[int]) -> bytes:
    """Lay EVT2 words out as a stream does."""
    return b"".join(each.to_bytes(4, "little") for each in words)


def to_bytes21(words: Sequence[tuple[int, int]], *, order: str = "current") -> bytes:
    """Lay EVT2.1 words, each an EVT2 word and a mask, out as a stream does."""
    halves = [pair if order == "legacy" else pair[::-1] for pair in words]
    return to_bytes([half for pair in halves for half in pair])


@dataclass
class Reference2:
    """A decoder of both: feed it whole words."""

    width: int
    height: int
    turns: int = 0
    high: int | None = None
    outside: int = 0
    skipped: int = 0
    unknown: int = 0
    triggers: list[tuple[int, int, int]] = field(default_factory=list)  # t µs, id, value
    events: list[Event] = field(default_factory=list)

    def feed(self, data: bytes) -> "Reference2":
        """Decode the whole words of an EVT2 stream."""
        for at in range(0, len(data) - 3, 4):
            self._take(int.from_bytes(data[at : at + 4], "little"), 1)
        return self

    def feed21(self, data: bytes, *, order: str = "current") -> "Reference2":
        """Decode the whole words of an EVT2.1 stream."""
        for at in range(0, len(data) - 7, 8):
            halves = [int.from_bytes(data[at + half : at + half + 4], "little") for half in (0, 4)]
            word, mask = halves if order == "legacy" else halves[::-1]
            self._take(word, mask)
        return self

    def _take(self, word: int, mask: int) -> None:
        kind = word >> 28
        if self.high is None and kind != TIME_HIGH:
            self.skipped += 1
        elif kind == TIME_HIGH:
            self._take_high(word & 0xFFFFFFF)
        elif kind in (CD_OFF, CD_ON):
            for bit in range(32):
                if mask >> bit & 1:
                    self._emit(self._time(word), (word >> 11 & 0x7FF) + bit, word & 0x7FF, kind)
        elif kind == EXT_TRIGGER:
            self.triggers.append((self._time(word), word >> 8 & 0x1F, word & 1))
        elif kind not in (OTHERS, CONTINUED):
            self.unknown += 1

    def _take_high(self, value: int) -> None:
        if self.high is not None and self.high - value > HIGH_RANGE // 2:
            self.turns += 1
        elif self.high is not None and value - self.high >= HIGH_RANGE - LATE and self.turns > 0:
            self.turns -= 1
        self.high = value

    def _time(self, word: int) -> int:
        assert self.high is not None
        return (self.turns * HIGH_RANGE + self.high << 6) + (word >> 22 & 0x3F)

    def _emit(self, t: int, x: int, y: int, p: int) -> None:
        if x >= self.width or y >= self.height:
            self.outside += 1
        else:
            self.events.append((t, x, y, p))
