"""SPIF in plain Python, word by word: the slow twin of the native codec."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

Event = tuple[int, int, int, int]  # t µs, x, y, p

RANGE = 1 << 32


def word(x: int, y: int, p: int, *, timed: bool = False) -> int:
    """Make the word of an event: no-timestamp flag, x, polarity, y."""
    return (not timed) << 31 | x << 16 | p << 15 | y


def encode(events: Iterable[Event], *, timestamps: bool) -> bytes:
    """Lay events out as a datagram does."""
    words: list[int] = []
    for t, x, y, p in events:
        words += [word(x, y, p, timed=timestamps), *([t % RANGE] if timestamps else [])]
    return struct.pack(f"<{len(words)}I", *words)


@dataclass
class Reference:
    """One sender: feed it whole datagrams."""

    width: int
    height: int
    outside: int = 0
    cut_bytes: int = 0
    events: list[Event] = field(default_factory=list)
    _clock: int | None = None

    def decode(self, datagram: bytes, arrival_us: int) -> None:
        """Take one datagram."""
        count = len(datagram) // 4
        self.cut_bytes += len(datagram) % 4
        words = list(struct.unpack(f"<{count}I", datagram[: 4 * count]))
        t_us = arrival_us
        while words:
            each = words.pop(0)
            if not each >> 31:
                if not words:
                    self.cut_bytes += 4
                    return
                t_us = self._unwrap(words.pop(0))
            self._append(t_us, each >> 16 & 0x7FFF, each & 0x7FFF, each >> 15 & 1)

    def _append(self, t_us: int, x: int, y: int, p: int) -> None:
        if x < self.width and y < self.height:
            self.events.append((t_us, x, y, p))
        else:
            self.outside += 1

    def _unwrap(self, low: int) -> int:
        """A fall by more than half the range is a wrap; a rise by nearly all of it after one is a late event."""
        last = self._clock
        turn = 0 if last is None else last - last % RANGE
        if last is not None:
            before = last % RANGE
            if before - low > RANGE // 2:
                turn += RANGE
            elif low - before >= RANGE - (RANGE >> 12) and turn:
                turn -= RANGE
        self._clock = turn + low
        return self._clock
