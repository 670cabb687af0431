"""Spikes as arrays."""

import numpy as np
import numpy.typing as npt

SPIKE_DTYPE = np.dtype([("t", "<i8"), ("layer", "<u2"), ("feature", "<u2"), ("x", "<u2"), ("y", "<u2")])
"""One spike in 16 bytes: sensor time in µs, index of the layer, output channel, column, row."""


def make_spikes(
    t: npt.ArrayLike, feature: npt.ArrayLike, y: npt.ArrayLike, x: npt.ArrayLike, layer: npt.ArrayLike = 0
) -> npt.NDArray[np.void]:
    """Make an array (N,) of `SPIKE_DTYPE` from columns. Copies."""
    array = np.empty(np.shape(t), SPIKE_DTYPE)
    for name, column in (("t", t), ("layer", layer), ("feature", feature), ("x", x), ("y", y)):
        array[name] = column
    return array
