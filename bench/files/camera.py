"""A camera's own words, repeated with later times: what a long recording of that camera holds.

An encoder writes other words than a camera does: EVT3 cameras repeat their time-high words every few µs, and cut
vectors where their readout does. Words are as in Prophesee's EVT2 and EVT3 specifications.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

TIME_HIGH = 0x8


@dataclass(frozen=True)
class Words:
    """How a format has its time-high words.

    Attributes:
        dtype: one word.
        shift: bits below a word's type.
        step_us: what a count of time high stands for, in µs.
    """

    dtype: str
    shift: int
    step_us: int


WORDS: Mapping[str, Words] = {"evt2": Words("<u4", 28, 64), "evt3": Words("<u2", 12, 4096)}


def read_words(path: Path, words: Words) -> tuple[bytes, npt.NDArray[Any]]:
    """Read a recording's header, and its words from the first time high on."""
    data = path.read_bytes()
    begin = 0
    while data[begin : begin + 1] == b"%":
        begin = data.index(b"\n", begin) + 1
    array = np.frombuffer(data, words.dtype, offset=begin)
    first = int(np.flatnonzero(array >> words.shift == TIME_HIGH)[0])
    return data[:begin], array[first:]


def repeat_words(path: Path, output: Path, words: Words, *, repeats: int) -> int:
    """Write a recording over and over; gives the time in µs that each repeat is later than the one before."""
    header, array = read_words(path, words)
    at = np.flatnonzero(array >> words.shift == TIME_HIGH)
    mask = (1 << words.shift) - 1
    counts = array[at].astype(np.int64) & mask
    period = int(counts[-1] - counts[0]) + 1
    with output.open("wb") as file:
        file.write(header)
        later = array.copy()
        for turn in range(repeats):
            later[at] = (TIME_HIGH << words.shift) | ((counts + turn * period) & mask)
            file.write(later.tobytes())
    return period * words.step_us
