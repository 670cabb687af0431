"""What a filter can be told: the rows of the native table, and values out of texts, files and arrays."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_core.masks import load_mask
from aestream_core.rectification import rectifying_lookup

FLAGS = {"true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "off": False, "no": False}
"""How a flag may be written."""


@dataclass(frozen=True)
class FilterParameter:
    """One parameter of a filter.

    Attributes:
        name: its name; a unit is part of it.
        description: half a sentence, for people.
        kind: whole, real, flag, choice, mask (a path or an array of pixels) or lookup (a calibration or an array).
        unit: unit of the value, empty where it has none.
        required: whether it must be given.
        default: what holds where it is not given; None for "none".
        bounds: smallest and largest number, both inclusive.
        choices: the texts that are allowed, for a choice.
    """

    name: str
    description: str
    kind: str
    unit: str
    required: bool
    default: int | float | bool | str | None
    bounds: tuple[float, float]
    choices: tuple[str, ...]

    def allowed(self) -> str:
        """Say in words which values are allowed."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "flag":
            return "true or false"
        if self.kind in ("mask", "lookup"):
            return "a path or an array"
        low, high = (f"{bound:.0f}" if bound < 1e15 and bound.is_integer() else f"{bound:g}" for bound in self.bounds)
        span = f"{low} to {high}" if self.bounds[1] < 1e18 else f"{low} or more"
        return " ".join(part for part in ("a whole number," if self.kind == "whole" else "", span, self.unit) if part)


@dataclass(frozen=True)
class FilterRow:
    """One row of the table of filters.

    Attributes:
        name: its name, with underscores.
        description: what it keeps, in one line.
        examples: arguments as the command takes them.
        moves_events: whether it changes coordinates; else what comes out is a subset of what went in.
        parameters: what it can be told, the most used first.
    """

    name: str
    description: str
    examples: tuple[str, ...]
    moves_events: bool
    parameters: tuple[FilterParameter, ...]

    def parameter(self, name: str) -> FilterParameter:
        """Give a parameter by name.

        Raises:
            UnknownNameError: the filter has none of that name; lists those that it has.
        """
        for each in self.parameters:
            if each.name == name:
                return each
        raise UnknownNameError(f"parameter of filter {self.name}", name, tuple(each.name for each in self.parameters))


def make_row(native: Mapping[str, Any]) -> FilterRow:
    """Make a row out of what the native table says."""
    parameters = tuple(FilterParameter(**each) for each in native["parameters"])
    examples = tuple(native["examples"].split("\n"))
    return FilterRow(native["name"], native["description"], examples, native["moves_events"], parameters)


def settings_of_text(row: FilterRow, words: list[str]) -> dict[str, Any]:
    """Read `500`, `us=500` or both kinds, values without a name first and in the order of the table.

    Raises:
        InvalidArgumentError: a word is not a value of its parameter, is one too many, or stands twice.
    """
    settings: dict[str, Any] = {}
    for place, word in enumerate(words):
        name, equals, text = word.partition("=")
        if not equals:
            name, text = _name_at(row, place, word), word
        parameter = row.parameter(name.strip().replace("-", "_"))
        if parameter.name in settings:
            raise InvalidArgumentError(f"filter {row.name}: {parameter.name} is given twice")
        settings[parameter.name] = value_of_text(row, parameter, text.strip())
    return settings


def value_of_text(row: FilterRow, parameter: FilterParameter, text: str) -> Any:
    """Read one value; paths stay texts.

    Raises:
        InvalidArgumentError: the text is no value of that kind.
    """
    if parameter.kind in ("mask", "lookup", "choice"):
        return text
    try:
        return FLAGS[text.lower()] if parameter.kind == "flag" else float(text)
    except (KeyError, ValueError):
        raise _refusal(row, parameter, text) from None


def native_settings(row: FilterRow, settings: Mapping[str, Any], *, width: int, height: int) -> dict[str, Any]:
    """Check the names and types of settings, and load what lies in files.

    Returns:
        Numbers, texts and arrays, as the native table takes them. None is left out.

    Raises:
        UnknownNameError: the filter has no such parameter.
        InvalidArgumentError: a value is of the wrong kind, or a file cannot be read.
    """
    given = {name: value for name, value in settings.items() if row.parameter(name) and value is not None}
    return {
        name: _native_value(row, row.parameter(name), value, width=width, height=height)
        for name, value in given.items()
    }


def _name_at(row: FilterRow, place: int, word: str) -> str:
    if place >= len(row.parameters):
        takes = ", ".join(each.name for each in row.parameters) or "nothing"
        raise InvalidArgumentError(f"filter {row.name}: {word!r} is one value too many; it takes {takes}")
    return row.parameters[place].name


def _native_value(row: FilterRow, parameter: FilterParameter, value: Any, *, width: int, height: int) -> Any:
    if parameter.kind == "mask":
        return _pixels(row, parameter, load_mask(value) if isinstance(value, str | PathLike) else value, width, height)
    if parameter.kind == "lookup":
        from_file = isinstance(value, str | PathLike)
        pixels = rectifying_lookup(value, width=width, height=height) if from_file else value
        return _pixels(row, parameter, pixels, width, height)
    if parameter.kind == "choice":
        text = str(value)
        if text not in parameter.choices:
            raise _refusal(row, parameter, value)
        return text
    is_number = isinstance(value, int | float | np.integer | np.floating | np.bool_)
    if not is_number or math.isnan(float(value)) or (isinstance(value, bool) and parameter.kind != "flag"):
        raise _refusal(row, parameter, value)
    return float(value)


def _pixels(row: FilterRow, parameter: FilterParameter, value: Any, width: int, height: int) -> npt.NDArray[np.int32]:
    array = np.asarray(value)
    layers = ((), (2,)) if parameter.kind == "mask" else ((),)
    if array.shape[-2:] != (height, width) or array.shape[:-2] not in layers:
        size = " x ".join(map(str, array.shape[::-1]))
        raise InvalidArgumentError(f"filter {row.name}: {parameter.name} is {size}; the sensor is {width} x {height}")
    if array.dtype.kind not in "biu":
        raise InvalidArgumentError(f"filter {row.name}: {parameter.name} holds {array.dtype}; it must hold integers")
    if parameter.kind == "mask":
        array = array != 0
    return np.ascontiguousarray(array, np.int32)


def _refusal(row: FilterRow, parameter: FilterParameter, value: Any) -> InvalidArgumentError:
    return InvalidArgumentError(f"filter {row.name}: {parameter.name} is {value!r}; it must be {parameter.allowed()}")
