"""Events that lie in arrays: what the fields are called, what unit their times have, and packets of them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.formats.base import NO_COUNTERS, FormatOption

FIELDS = ("t", "x", "y", "p")

ALIASES: Mapping[str, tuple[str, ...]] = {
    "t": ("t", "ts", "timestamp", "timestamps", "time"),
    "x": ("x", "xs"),
    "y": ("y", "ys"),
    "p": ("p", "ps", "on", "polarity", "pol", "polarities"),
}
"""What files call the fields of an event; the first that is there counts."""

TIME_UNITS: Mapping[str, tuple[int, int]] = {"s": (10**6, 1), "ms": (1000, 1), "us": (1, 1), "ns": (1, 1000)}
"""Units of time as µs: multiply, then divide."""

TIME_UNIT = FormatOption("time_unit", "unit of the file's times", "s, ms, us or ns", "us")
COLUMNS = FormatOption(
    "columns", "order of the columns of an array without names", "t, x, y and p by commas", "t,x,y,p"
)

BLOCK_EVENTS = 1 << 16

Array = npt.NDArray[Any]
Columns = dict[str, Array]


@dataclass
class ColumnCounters:
    """What was read from columns.

    Attributes:
        bytes: read so far.
        events: given so far.
        outside_sensor: events dropped because they lie outside the sensor.
        damaged: events and places that were left out because errors are skipped.
    """

    bytes: int = 0
    events: int = 0
    outside_sensor: int = 0
    damaged: int = 0

    def as_dict(self) -> dict[str, int]:
        """Give them by name, with those that no such format has."""
        return {**NO_COUNTERS, **vars(self)}


@dataclass(frozen=True)
class ColumnTimes:
    """How a file's times become µs.

    Attributes:
        unit: what to multiply with, and to divide by.
        offset_us: what to add.
    """

    unit: tuple[int, int] = (1, 1)
    offset_us: int = 0


def time_unit(name: str) -> tuple[int, int]:
    """Give a unit of time by its name.

    Raises:
        InvalidArgumentError: there is no such unit.
    """
    if name not in TIME_UNITS:
        raise InvalidArgumentError(f"time_unit is {name!r}; it must be one of {', '.join(TIME_UNITS)}")
    return TIME_UNITS[name]


def column_order(text: str) -> tuple[str, ...]:
    """Read the option `columns`.

    Raises:
        InvalidArgumentError: it is not t, x, y and p, each once.
    """
    order = tuple(name.strip() for name in text.split(","))
    if sorted(order) != sorted(FIELDS):
        raise InvalidArgumentError(f"columns is {text!r}; it must be t, x, y and p in some order, by commas")
    return order


def find_fields(names: Collection[str], *, where: str) -> dict[str, str]:
    """Find out what a file calls t, x, y and p.

    Raises:
        FormatError: names the first that is missing, and what there is.
    """
    found = {field: next((name for name in ALIASES[field] if name in names), "") for field in FIELDS}
    for field, name in found.items():
        if not name:
            raise FormatError(
                f"{where} has no {field} ({', '.join(ALIASES[field])}); it has: {', '.join(names) or '-'}"
            )
    return found


def check_number(dtype: np.dtype[Any], *, where: str) -> None:
    """Refuse what is no number of a kind that is read.

    Raises:
        FormatError: names the kind.
    """
    if dtype.kind not in "biuf" or (dtype.kind == "f" and dtype.itemsize not in (4, 8)):
        raise FormatError(f"{where} holds {dtype}; integers, bool, float32 and float64 are read")


def packets(
    columns: Columns, times: ColumnTimes, sensor: tuple[int, int], counters: ColumnCounters, *, skip_errors: bool
) -> Iterator[Events]:
    """Make packets of a block of columns, (N,) each; usually one.

    Raises:
        FormatError: a time is negative or no number, and errors are not skipped.
    """
    t, x, y, p = (_native(columns[name]) for name in FIELDS)
    width, height = sensor
    made, outside, impossible = _core.packets_from_columns(t, x, y, p, width, height, times.unit, times.offset_us)
    counters.outside_sensor += outside
    for packet in made:
        counters.events += len(packet)
        yield Events(packet)
    if impossible and not skip_errors:
        raise FormatError(f"{impossible} of {len(t)} events have times that are negative or no numbers")
    counters.damaged += impossible


def largest_coordinates(columns: Columns) -> tuple[int, int]:
    """Give the largest x and y of a block, at most 65535."""
    return _core.largest_coordinate(_native(columns["x"])), _core.largest_coordinate(_native(columns["y"]))


def _native(column: Array) -> Array:
    return column if column.dtype.isnative else column.astype(column.dtype.newbyteorder("="))
