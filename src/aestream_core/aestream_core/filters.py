"""Filters: keep, drop or move events, packet by packet.

    chain = parse_filters(["hot_pixels", "refractory:500"], width=640, height=480)
    for events in stream:
        kept = chain.apply(events)

A filter remembers what it must in itself and never changes its input. Any cut of a stream into packets gives the same
events. docs/filters.md describes each one; `FILTERS` is the table.
"""

from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_core.events import Events, check_sensor
from aestream_core.filter_parameters import (
    FilterParameter,
    FilterRow,
    make_row,
    native_settings,
    settings_of_text,
)
from aestream_core.masks import save_mask

__all__ = ["FILTERS", "Filter", "FilterChain", "FilterParameter", "FilterRow", "make_filter", "parse_filters"]

FILTERS: dict[str, FilterRow] = {row.name: row for row in map(make_row, _core.filter_rows())}
"""The filters by name."""


class Filter:
    """One filter and its state, for one stream.

    Attributes:
        name: its name in `FILTERS`.
        width: columns of the sensor of the events that it gives.
        height: rows of it.
    """

    def __init__(self, name: str, native: "_core.Filter") -> None:
        """Wrap a native filter; use `make_filter`."""
        self.name = name
        self.width, self.height = native.output_size
        self._native = native

    def apply(self, events: Events) -> Events:
        """Filter a packet; the interpreter lock is free meanwhile.

        Returns:
            The events that are left: the same buffer where nothing changes, else new ones. `events` stays as it is.

        Raises:
            InvalidArgumentError: the packet is of a sensor of another size.
        """
        return Events(self._native.apply(events._packet))

    __call__ = apply

    def reset(self) -> None:
        """Begin as if nothing had been seen; counters go on.

        A filter that remembers times does so by itself where the sensor's clock jumps back by more than a second.
        """
        self._native.reset()

    def counters(self) -> dict[str, int]:
        """Count `events_in`, `events_out` and `events_dropped` since the filter was made."""
        events_in, events_out = self._native.counters()
        return {"events_in": events_in, "events_out": events_out, "events_dropped": events_in - events_out}

    @property
    def state_bytes(self) -> int:
        """Bytes that the filter remembers; fixed when it is made."""
        return self._native.state_bytes

    def learnt_mask(self) -> npt.NDArray[np.bool_]:
        """Give what the filter holds for hot now, (2, H, W) bool: pixels by polarity, off and on. Copies.

        Raises:
            InvalidArgumentError: the filter learns no mask.
        """
        mask = self._native.learnt_mask()
        if mask is None:
            raise InvalidArgumentError(f"filter {self.name} learns no mask; hot_pixels does")
        return mask.astype(np.bool_)

    def save_mask(self, path: str | PathLike[str]) -> None:
        """Write `learnt_mask()` into a `.npy` file or, both polarities as one, into a picture.

        Raises:
            InvalidArgumentError: the filter learns no mask, or the file cannot be written.
        """
        save_mask(path, self.learnt_mask())


class FilterChain:
    """Filters one after the other.

    Attributes:
        filters: the filters, in the order in which they act.
        width: columns of the sensor of the events that the last one gives.
        height: rows of it.
    """

    def __init__(self, filters: Sequence[Filter], *, width: int, height: int) -> None:
        """Chain filters, each made for the size that the one before it gives.

        Args:
            filters: the filters; none at all lets everything pass.
            width: columns of the sensor of the events that come in.
            height: rows of it.
        """
        self.filters = tuple(filters)
        last: Filter | None = self.filters[-1] if self.filters else None
        self.width, self.height = (width, height) if last is None else (last.width, last.height)

    def apply(self, events: Events) -> Events:
        """Filter a packet, as `Filter.apply` does."""
        for each in self.filters:
            events = each.apply(events)
        return events

    __call__ = apply

    def reset(self) -> None:
        """Reset every filter."""
        for each in self.filters:
            each.reset()

    def counters(self) -> dict[str, dict[str, int]]:
        """Give the counters of each filter by its name; a second one of that name is `name#2`."""
        counted: dict[str, dict[str, int]] = {}
        for at, each in enumerate(self.filters):
            nth = sum(other.name == each.name for other in self.filters[: at + 1])
            counted[each.name if nth == 1 else f"{each.name}#{nth}"] = each.counters()
        return counted


def filter_row(name: str) -> FilterRow:
    """Look a filter up; dashes count as underscores.

    Raises:
        UnknownNameError: there is no such filter; lists those that there are.
    """
    row = FILTERS.get(name.strip().replace("-", "_"))
    if row is None:
        raise UnknownNameError("filter", name, tuple(FILTERS))
    return row


def make_filter(name: str, *, width: int, height: int, **settings: Any) -> Filter:
    """Make a filter.

    Args:
        name: its name in `FILTERS`; dashes count as underscores.
        width: columns of the sensor.
        height: rows of the sensor.
        settings: its parameters; `FILTERS[name].parameters` lists them.

    Raises:
        UnknownNameError: there is no such filter or parameter; lists those that there are.
        InvalidArgumentError: a value is not allowed, or one that is needed is missing.
        AestreamError: a mask or a calibration cannot be read.
    """
    row = filter_row(name)
    check_sensor(width, height)
    native = native_settings(row, settings, width=width, height=height)
    return Filter(row.name, _core.make_filter(row.name, native, width, height))


def parse_filters(texts: Sequence[str], *, width: int, height: int) -> FilterChain:
    """Make filters out of texts such as `hot_pixels`, `refractory:500`, `stcf:us=10000,k=3` or `crop:0:0:320:240`.

    Args:
        texts: one filter each: a name, then values after colons or commas, in the order of the table or as name=value.
        width: columns of the sensor of the events that come in.
        height: rows of it.

    Raises:
        AestreamError: as `make_filter`.
    """
    made: list[Filter] = []
    size = width, height
    for text in texts:
        name, *words = text.replace(",", ":").split(":")
        row = filter_row(name)
        settings = settings_of_text(row, [word.strip() for word in words])
        made.append(make_filter(row.name, width=size[0], height=size[1], **settings))
        size = made[-1].width, made[-1].height
    return FilterChain(made, width=width, height=height)
