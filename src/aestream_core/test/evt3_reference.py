"""EVT3 in plain Python, word by word as the format describes it: the slow twin of the native codec."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Event = tuple[int, int, int, int]  # t µs, x, y, p

ADDR_Y, ADDR_X, VECT_BASE_X, VECT_12, VECT_8, TIME_LOW, TIME_HIGH = 0x0, 0x2, 0x3, 0x4, 0x5, 0x6, 0x8
CONTINUED_4, EXT_TRIGGER, OTHERS, CONTINUED_12 = 0x7, 0xA, 0xE, 0xF
WRAP = 1 << 24


def word(kind: int, payload: int) -> int:
    """Make one 16-bit word."""
    return kind << 12 | payload & 0xFFF


def to_bytes(words: Iterable[int]) -> bytes:
    """Lay words out as a stream does."""
    return b"".join(each.to_bytes(2, "little") for each in words)


@dataclass
class Reference:
    """A decoder: feed it whole words."""

    width: int
    height: int
    overflows: int = 0
    high: int | None = None
    low: int = 0
    y: int = 0
    base_x: int = 0
    polarity: int = 0
    outside: int = 0
    triggers: int = 0
    skipped: int = 0
    unknown: int = 0
    events: list[Event] = field(default_factory=list)

    def feed(self, data: bytes) -> "Reference":
        """Decode every whole word of the bytes."""
        for at in range(0, len(data) - 1, 2):
            self._take(int.from_bytes(data[at : at + 2], "little"))
        return self

    def _take(self, value: int) -> None:
        kind, payload = value >> 12, value & 0xFFF
        if self.high is None and kind != TIME_HIGH:
            self.skipped += 1
        elif kind == TIME_HIGH:
            self._take_high(payload)
        elif kind == TIME_LOW:
            self.low = payload
        elif kind == ADDR_Y:
            self.y = payload & 0x7FF
        elif kind == ADDR_X:
            self._emit(payload & 0x7FF, payload >> 11)
        elif kind == VECT_BASE_X:
            self.base_x, self.polarity = payload & 0x7FF, payload >> 11
        elif kind in (VECT_12, VECT_8):
            self._take_vector(payload, 12 if kind == VECT_12 else 8)
        elif kind == EXT_TRIGGER:
            self.triggers += 1
        elif kind not in (OTHERS, CONTINUED_4, CONTINUED_12):
            self.unknown += 1

    def _take_high(self, value: int) -> None:
        if self.high is not None and self.high - value > 2048:
            self.overflows += 1
        elif self.high == 0 and value == 4095 and self.overflows > 0:  # a late event just before a wrap
            self.overflows -= 1
        if value != self.high:
            self.low = 0
        self.high = value

    def _take_vector(self, mask: int, span: int) -> None:
        for bit in range(span):
            if mask >> bit & 1:
                self._emit(self.base_x + bit, self.polarity)
        self.base_x += span

    def _emit(self, x: int, polarity: int) -> None:
        if x >= self.width or self.y >= self.height:
            self.outside += 1
            return
        assert self.high is not None
        self.events.append(((self.overflows << 24) + (self.high << 12) + self.low, x, self.y, polarity))


def encode(events: Sequence[Event]) -> bytes:
    """Encode events one by one, every word spelled out; the first one's time must lie below the first wrap."""
    words: list[int] = []
    high = 0
    for t, x, y, p in events:
        while t >> 12 > high + 2000:
            high += 2000
            words.append(word(TIME_HIGH, high))
        high = t >> 12
        words += [word(TIME_HIGH, high), word(TIME_LOW, t), word(ADDR_Y, y), word(ADDR_X, p << 11 | x)]
    return to_bytes(words)


def header(*lines: str, end: bool = True) -> bytes:
    """Make the text header of a .raw file."""
    return "".join(f"% {line}\n" for line in (*lines, *(["end"] if end else []))).encode()
