"""The events of one recording as columns, on the way to tokens."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from aestream_snn.data.recordings import Words, records_of
from aestream_snn.ssm.tokens import vision_tokens

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Clip:
    """Events, ordered in time.

    Attributes:
        t_us: (N,) float64 times; augmentations leave fractions.
        x: (N,) int64 columns, or channels of sound.
        y: (N,) int64 rows, 0 for sound.
        p: (N,) int64 polarities, 0 or 1.
    """

    t_us: Floats
    x: Ints
    y: Ints
    p: Ints

    def __len__(self) -> int:
        """Give the number of events."""
        return len(self.t_us)

    def at(self, chosen: npt.NDArray[np.generic] | slice) -> "Clip":
        """Give some of the events."""
        return Clip(self.t_us[chosen], self.x[chosen], self.y[chosen], self.p[chosen])

    def ordered(self) -> "Clip":
        """Give the events in order of time."""
        return self.at(np.argsort(self.t_us, kind="stable"))

    def moved(self, x: Floats | Ints, y: Floats | Ints, *, width: int, height: int) -> "Clip":
        """Give the events elsewhere, without those that would leave the sensor."""
        x, y = np.rint(x).astype(np.int64), np.rint(y).astype(np.int64)
        return replace(self, x=x, y=y).at((x >= 0) & (x < width) & (y >= 0) & (y < height))


def join(one: Clip, other: Clip) -> Clip:
    """Give the events of both in order of time."""
    pairs = ((one.t_us, other.t_us), (one.x, other.x), (one.y, other.y), (one.p, other.p))
    return Clip(*(np.concatenate(pair) for pair in pairs)).ordered()  # type: ignore[arg-type]


def clip_of(words: Words) -> Clip:
    """Take the columns of 64-bit event words apart."""
    records = records_of(words)
    yp = records["yp"].astype(np.int64)
    return Clip(records["t"].astype(np.float64), records["x"].astype(np.int64), yp & 0x7FFF, yp >> 15)


def tokens_of(clip: Clip, *, width: int, height: int, cell_px: int = 1) -> Ints:
    """Give the token of each event: its channel where the sensor is one row high, else polarity, column and row.

    Columns and rows are of squares of `cell_px` pixels; those that the sensor's edge cuts belong to their neighbours.
    """
    if height == 1:
        return clip.x
    columns, rows = cells_of(width=width, height=height, cell_px=cell_px)
    x, y = np.minimum(clip.x // cell_px, columns - 1), np.minimum(clip.y // cell_px, rows - 1)
    return vision_tokens(x, y, clip.p, width=columns, height=rows)


def cells_of(*, width: int, height: int, cell_px: int = 1) -> tuple[int, int]:
    """Give the columns and rows of a sensor in squares of `cell_px` pixels; sound keeps its channels."""
    return (width, 1) if height == 1 else (max(1, width // cell_px), max(1, height // cell_px))


def token_count(*, width: int, height: int, cell_px: int = 1) -> int:
    """Give the number of tokens of a sensor."""
    columns, rows = cells_of(width=width, height=height, cell_px=cell_px)
    return columns if height == 1 else 2 * columns * rows
