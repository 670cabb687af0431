"""The size of a sensor that a file does not tell, from events all over the file."""

from collections.abc import Callable

from aestream_core import _core
from aestream_core.formats.base import ReadRequest
from aestream_core.formats.columns import Columns, largest_coordinates

_PIECES = 64
_PIECE_EVENTS = 1 << 14


def guess_sensor(count: int, read: Callable[[int, int], Columns]) -> tuple[int, int]:
    """Choose the smallest usual sensor that holds the events that are looked at; all of them up to a million.

    Args:
        count: number of events.
        read: gives the columns of events [from, to).
    """
    x_max = y_max = 0
    stride = max(_PIECE_EVENTS, -(-count // _PIECES))
    for begin in range(0, count, stride):
        x, y = largest_coordinates(read(begin, min(begin + _PIECE_EVENTS, count)))
        x_max, y_max = max(x_max, x), max(y_max, y)
    return _core.smallest_usual_sensor(x_max, y_max)


def given_sensor(request: ReadRequest) -> tuple[int, int] | None:
    """Give the sensor that the caller named."""
    return None if request.width is None or request.height is None else (request.width, request.height)
