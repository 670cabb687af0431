"""Events as CSV lines, without a Python step for each event."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.events import Events

Words = npt.NDArray[np.uint64]

BLOCK_EVENTS = 1 << 16
"""Bounds the memory that one long packet takes; small enough for the processor's cache."""

_LOW = 1_000_000
"""Times are written as two numbers: what is above this, which hardly changes in a packet, and six digits."""


def format_csv(events: Events) -> Iterator[bytes]:
    """Write events as lines `t,x,y,p`: t in µs of sensor time, p 1 for brighter and 0 for darker.

    Each part of a line is looked up as 8 bytes of text that are filled up with zero bytes, which are then left out.

    Yields:
        Whole lines, of at most `BLOCK_EVENTS` events at once.
    """
    records = events.records()
    for begin in range(0, len(records), BLOCK_EVENTS):
        yield _format(records[begin : begin + BLOCK_EVENTS], events.t0_us)


def format_csv_ref(events: Events) -> bytes:
    """Write the same lines slowly; what `format_csv` must equal."""
    array = events.to_numpy()
    return "".join(f"{t},{x},{y},{int(p)}\n" for t, x, y, p in array.tolist()).encode()


def _format(records: npt.NDArray[Any], t0_us: int) -> bytes:
    high, low = np.divmod(records["t"].astype(np.uint64) + np.uint64(t0_us), np.uint64(_LOW))
    first = int(high.min())
    high_text = _high_text(first, int(high.max()))
    columns = high_text.shape[1]
    line = np.empty((len(records), columns + 3), "<u8")
    line[:, :columns] = high_text[high - np.uint64(first)]
    line[:, columns] = _low_text()[low]
    line[:, columns + 1] = _x_text()[records["x"]]
    line[:, columns + 2] = _y_text()[records["yp"]]
    if first == 0:
        _strip_zeros(line[:, columns], high, low)
    return line.tobytes().translate(None, b"\0")


def _as_words(texts: list[str], size: int) -> npt.NDArray[Any]:
    return np.array([text.encode() for text in texts], dtype=f"S{size}").view("<u8").reshape(len(texts), -1)


def _high_text(first: int, last: int) -> npt.NDArray[Any]:
    """Text of first..last, (N, 1 or 2 or 3) words; nothing for 0, since no line begins with zeros."""
    texts = [str(number) if number else "" for number in range(first, last + 1)]
    return _as_words(texts, 8 * -(-len(texts[-1]) // 8) or 8)


@lru_cache(maxsize=1)
def _low_text() -> Words:
    digits = np.zeros((_LOW, 8), np.uint8)
    numbers = np.arange(_LOW)
    for place in range(6):
        digits[:, place] = ord("0") + numbers // 10 ** (5 - place) % 10
    digits[:, 6] = ord(",")
    return digits.view("<u8").ravel()


@lru_cache(maxsize=1)
def _x_text() -> Words:
    return _as_words([f"{x}," for x in range(1 << 16)], 8).ravel()


@lru_cache(maxsize=1)
def _y_text() -> Words:
    return _as_words([f"{yp & 0x7FFF},{yp >> 15}\n" for yp in range(1 << 16)], 8).ravel()


def _strip_zeros(words: Words, high: Words, low: Words) -> None:
    """Remove leading zeros from the times below one second, in place."""
    short = high == 0
    for digits in range(1, 6):
        # The first of the six digits is the lowest byte of the word.
        zeros = short & (low < 10 ** (6 - digits))
        words[zeros] &= np.uint64(~((1 << 8 * digits) - 1) & 0xFFFFFFFFFFFFFFFF)
