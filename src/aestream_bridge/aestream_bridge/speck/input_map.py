"""How the events of a sensor become events of a network's input: part, scale, polarity; as tables, so fast."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestream_bridge.speck.config import FITS, POLARITIES
from aestream_bridge.speck.network import Array, Shape
from aestream_bridge.speck.spikes import SPIKE_DTYPE
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events


@dataclass(frozen=True, eq=False)
class InputMap:
    """Tables from a sensor to an input; -1 leaves an event out.

    Attributes:
        columns: (width,) int16, column of the input for each of the sensor.
        rows: (height,) int16, likewise rows.
        features: channel of the input for polarity off and on.
    """

    columns: npt.NDArray[np.int16]
    rows: npt.NDArray[np.int16]
    features: tuple[int, int]

    def spikes(self, events: Events) -> Array:
        """Give the events that are not left out as (N,) of `SPIKE_DTYPE`, layer 0. Copies."""
        array = events.to_numpy()
        array = array[(array["x"] < len(self.columns)) & (array["y"] < len(self.rows))]
        x, y = self.columns[array["x"]], self.rows[array["y"]]
        feature = np.array(self.features, np.int16)[array["p"].astype(np.int8)]
        inside = (x >= 0) & (y >= 0) & (feature >= 0)
        spikes = np.zeros(int(inside.sum()), SPIKE_DTYPE)
        spikes["t"] = array["t"][inside]
        for name, column in (("x", x), ("y", y), ("feature", feature)):
            spikes[name] = column[inside]
        return spikes


def make_input_map(
    width: int, height: int, *, shape: Shape, fit: str = "cover", polarity: str = "auto", flip_x: bool = False
) -> InputMap:
    """Make the tables for a sensor.

    Args:
        width: sensor width in pixels.
        height: sensor height in pixels.
        shape: channels, rows, columns of the input.
        fit: "cover" scales the largest centred part of the input's aspect, "stretch" all of the sensor, "crop" takes
            the centre pixel by pixel. A sensor smaller than the input lies in its centre and is never enlarged.
        polarity: "auto" gives off and on a channel each where the input has two, and "merge"s them where it has one;
            "on" and "off" take one of them, into channel 0.
        flip_x: mirror left and right.

    Raises:
        InvalidArgumentError: fit or polarity is unknown, or polarity cannot be for this input.
    """
    if fit not in FITS:
        raise InvalidArgumentError(f"fit is {fit!r}; it must be one of {', '.join(FITS)}")
    scales = {
        "cover": (max(1.0, min(width / shape[2], height / shape[1])),) * 2,
        "stretch": (max(1.0, width / shape[2]), max(1.0, height / shape[1])),
        "crop": (1.0, 1.0),
    }[fit]
    columns = _table(width, shape[2], scales[0])
    rows = _table(height, shape[1], scales[1])
    return InputMap(columns[::-1].copy() if flip_x else columns, rows, _features(polarity, shape[0]))


def _table(size: int, wanted: int, scale: float) -> npt.NDArray[np.int16]:
    origin = (size - wanted * scale) / 2
    place = np.floor((np.arange(size) - np.floor(origin)) / scale).astype(np.int64)
    return np.where((place >= 0) & (place < wanted), place, -1).astype(np.int16)


def _features(polarity: str, channels: int) -> tuple[int, int]:
    if polarity not in POLARITIES:
        raise InvalidArgumentError(f"polarity is {polarity!r}; it must be one of {', '.join(POLARITIES)}")
    if polarity == "auto" and channels > 2:
        raise InvalidArgumentError(
            f"the input has {channels} channels; a camera has 2 polarities, so it must be 1 or 2"
        )
    if polarity == "auto":
        return (0, 1) if channels == 2 else (0, 0)
    return {"merge": (0, 0), "on": (-1, 0), "off": (0, -1)}[polarity]
