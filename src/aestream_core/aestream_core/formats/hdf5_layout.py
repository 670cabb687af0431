"""Where events lie in an HDF5 file: the data sets of DSEC, RPG, M3ED, MVSEC and Prophesee.

DSEC: dsec.ifi.uzh.ch, "data format". Prophesee: docs.prophesee.ai, "HDF5 event file". M3ED: m3ed.io, "data overview".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.formats.columns import FIELDS, Array, Columns, check_number, find_fields

USUAL_GROUPS = ("events", "CD/events", "prophesee/left", "davis/left/events")
"""Where events are looked for, in this order, where the option `group` does not say it."""

_MVSEC_COLUMNS = ("x", "y", "t", "p")


@dataclass(frozen=True)
class EventSets:
    """The events of a file.

    Attributes:
        group: path of the group or data set, as messages name it.
        sets: the data sets that are read.
        count: number of events.
        read: gives the columns of events [from, to).
        time_kind: kind of the times' dtype: "f" for seconds, as these files have it.
        t_offset: what the file wants added to its times.
        ms_to_idx: index of the first event of each millisecond; None where the file has none.
    """

    group: str
    sets: tuple[Any, ...]
    count: int
    read: Callable[[int, int], Columns]
    time_kind: str
    t_offset: int = 0
    ms_to_idx: Any = None


def find_events(file: Any, group: str, *, where: str) -> EventSets:
    """Find the events in an open file.

    Raises:
        InvalidArgumentError: there is no such group.
        FormatError: there are no events, or they lack a field.
    """
    if group and group not in file:
        raise InvalidArgumentError(f"{where} has no group {group!r}; it has: {_listed(file)}")
    names = [group] if group else [name for name in USUAL_GROUPS if name in file]
    if not names:
        raise FormatError(f"{where} has no events at {', '.join(USUAL_GROUPS)}; it has: {_listed(file)}")
    found = file[names[0]]
    place = f"{names[0]!r} of {where}"
    if hasattr(found, "keys"):
        return _group_of_sets(file, found, names[0], place)
    return _compound(found, names[0], place) if found.dtype.names else _table(found, names[0], place)


def _group_of_sets(file: Any, group: Any, name: str, place: str) -> EventSets:
    if "x" not in group and "xs" not in group and "events" in group:
        return find_events(file, f"{name}/events", where=place)
    names = find_fields(list(group.keys()), where=place)
    sets = {field: group[names[field]] for field in FIELDS}
    for field, each in sets.items():
        if len(each.shape) != 1:
            raise FormatError(f"{names[field]!r} in {place} has the shape {each.shape}, not (N,)")
        check_number(each.dtype, where=f"{names[field]!r} in {place}")
    lengths = {names[field]: each.shape[0] for field, each in sets.items()}
    if len(set(lengths.values())) > 1:
        raise FormatError(f"the data sets in {place} differ in length: {lengths}")

    def read(begin: int, end: int) -> Columns:
        return {field: each[begin:end] for field, each in sets.items()}

    index = _first_of((group, file), ("ms_to_idx", "ms_map_idx"))
    offset = _first_of((group, file), ("t_offset",))
    return EventSets(
        name,
        tuple(sets.values()),
        sets["t"].shape[0],
        read,
        sets["t"].dtype.kind,
        0 if offset is None else int(np.asarray(offset[()]).reshape(-1)[0]),
        index if index is not None and len(index.shape) == 1 else None,
    )


def _compound(found: Any, name: str, place: str) -> EventSets:
    names = find_fields(found.dtype.names, where=place)
    for field in names.values():
        check_number(found.dtype[field], where=f"field {field!r} of {place}")

    def read(begin: int, end: int) -> Columns:
        records: Array = found[begin:end]
        return {field: records[names[field]] for field in FIELDS}

    return EventSets(name, (found,), found.shape[0], read, found.dtype[names["t"]].kind)


def _table(found: Any, name: str, place: str) -> EventSets:
    """Read MVSEC's array without names: x, y, t in seconds, p."""
    check_number(found.dtype, where=place)
    if len(found.shape) != 2 or found.shape[1] != len(_MVSEC_COLUMNS):
        raise FormatError(f"{place} has the shape {found.shape}; (N, 4) with the columns x, y, t, p is read")

    def read(begin: int, end: int) -> Columns:
        rows: Array = found[begin:end]
        return {field: rows[:, index] for index, field in enumerate(_MVSEC_COLUMNS)}

    return EventSets(name, (found,), found.shape[0], read, found.dtype.kind)


def written_sensor(file: Any, events: EventSets) -> tuple[int, int] | None:
    """Find the sensor's size (width, height) among the attributes that files have for it."""
    above = events.group.rpartition("/")[0] or "/"
    for holder in (file[events.group], file[above], file):
        for make in _SENSOR_ATTRIBUTES:
            try:
                width, height = make(holder.attrs)
            except (KeyError, ValueError, TypeError, AttributeError):
                continue
            if 1 <= width <= 0x7FFF and 1 <= height <= 0x7FFF:
                return width, height
    resolution = _first_of((file[events.group], file[above]), ("calib/resolution",))
    if resolution is None or resolution.shape != (2,):
        return None
    width, height = (int(side) for side in resolution[:])
    return (width, height) if 1 <= width <= 0x7FFF and 1 <= height <= 0x7FFF else None


def _geometry(attributes: Mapping[str, Any]) -> tuple[int, int]:
    text = attributes["geometry"]
    width, _, height = (text.decode() if isinstance(text, bytes) else str(text)).partition("x")
    return int(width), int(height)


def _resolution(attributes: Mapping[str, Any]) -> tuple[int, int]:
    height, width = attributes["sensor_resolution"]
    return int(width), int(height)


_SENSOR_ATTRIBUTES: tuple[Callable[[Mapping[str, Any]], tuple[int, int]], ...] = (
    lambda attributes: (int(attributes["width"]), int(attributes["height"])),
    _geometry,
    _resolution,
)


def _first_of(holders: tuple[Any, ...], names: tuple[str, ...]) -> Any:
    for holder in holders:
        for name in names:
            if hasattr(holder, "keys") and name in holder and hasattr(holder[name], "shape"):
                return holder[name]
    return None


def _listed(file: Any) -> str:
    names: list[str] = []
    file.visit(lambda name: names.append(name) if len(names) < 20 else True)
    return ", ".join(names) or "nothing"
