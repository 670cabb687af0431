"""A small network made by construction, not trained: in which quarter of the picture is the most going on?

Layer `cells` sums events of both polarities over 8x8 pixels and fires once every 16 of them. Layer `quadrants` has one
neuron a quarter: spikes of its own cells raise it, those of the others lower it by two thirds of that, so that activity
spread evenly over the picture fires none of them.
"""

import numpy as np

from aestream_bridge.speck.network import Layer, Network, chain

SIDE = 128
LABELS = ("top left", "top right", "bottom left", "bottom right")
_CELL = 8
_OWN, _OTHER = 30, -20
_EVENTS_PER_SPIKE = 16
_CELLS_PER_SPIKE = 4


def quadrants() -> Network:
    """Make the network: input (2, 128, 128), two layers, 4 classes. In integers already."""
    count = SIDE // _CELL
    cells = np.ones((1, 2, _CELL, _CELL), np.int8)
    return Network(
        "quadrants",
        (2, SIDE, SIDE),
        chain(
            [
                Layer("cells", cells, stride=_CELL, threshold=_EVENTS_PER_SPIKE),
                Layer(
                    "quadrants",
                    _quarters(count),
                    threshold=_CELLS_PER_SPIKE * _OWN,
                    threshold_low=-_CELLS_PER_SPIKE * _OWN,
                ),
            ]
        ),
        labels=LABELS,
    )


def _quarters(count: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.int8]]":
    weights = np.full((4, 1, count, count), _OTHER, np.int8)
    half = count // 2
    for index in range(4):
        row, column = index // 2 * half, index % 2 * half
        weights[index, 0, row : row + half, column : column + half] = _OWN
    return weights
