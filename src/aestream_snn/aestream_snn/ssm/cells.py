"""Which square of pixels an event of any sensor falls into, and which token that is."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events


class Place(NamedTuple):
    """Where a model's cells lie on a sensor.

    Attributes:
        left: first column of pixels.
        top: first row of pixels.
        side: pixels along the side of a cell.
        columns: of cells.
        rows: of cells.
    """

    left: int
    top: int
    side: int
    columns: int
    rows: int


def check_cells(cells: tuple[int, int] | None, tokens: int) -> None:
    """Refuse cells (columns, rows) that are not half as many as tokens; None is any.

    Raises:
        InvalidArgumentError: they are not.
    """
    if cells is not None and (min(cells) < 1 or 2 * cells[0] * cells[1] != tokens):
        raise InvalidArgumentError(f"cells are {cells}; two tokens each must make {tokens}")


def place_cells(width: int, height: int, *, cells: tuple[int, int] | None, tokens: int) -> Place:
    """Lay cells over a sensor: as large as fit, in its middle; without `cells`, each pixel is one.

    Raises:
        InvalidArgumentError: the sensor has too few pixels, or without `cells` other than half of `tokens`.
    """
    columns, rows = cells or (width, height)
    side = min(width // columns, height // rows)
    if side < 1 or 2 * columns * rows != tokens:
        wanted = f"at least {columns} x {rows}" if cells else f"{tokens // 2}"
        raise InvalidArgumentError(f"the sensor is {width} x {height}; it must have {wanted} pixels, as in training")
    return Place((width - side * columns) // 2, (height - side * rows) // 2, side, columns, rows)


def cell_tokens(packet: Events, place: Place) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int]:
    """Turn a packet into tokens and times, as `StreamingEngine` does natively.

    Returns:
        (N,) tokens and (N,) times in µs of the events inside, and the number of those outside.
    """
    array = packet.to_numpy()
    column = (array["x"].astype(np.int64) - place.left) // place.side
    row = (array["y"].astype(np.int64) - place.top) // place.side
    inside = (column >= 0) & (column < place.columns) & (row >= 0) & (row < place.rows)
    tokens = (array["p"].astype(np.int64) * place.columns + column) * place.rows + row
    return tokens[inside], array["t"].astype(np.int64)[inside], int(inside.size - np.count_nonzero(inside))
