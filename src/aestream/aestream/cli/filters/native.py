"""Filters of the command out of the native table: arguments, examples and help follow from the parameters."""

import argparse
from typing import Any

from aestream.cli.filters.base import Filter, FilterRow
from aestream.cli.parser import UsageError, number
from aestream_core import filters
from aestream_core.filters import FilterParameter

_WORD = "word_"
"""Before the name of a parameter that is given by its place."""


def native_row(row: filters.FilterRow) -> FilterRow:
    """Make a row of the command's table out of a native one.

    Parameters are words in the order of the table, `refractory 500`, or options, `refractory --us 500`; flags are
    options only.
    """

    def add_options(parser: argparse.ArgumentParser) -> None:
        for each in row.parameters:
            _add(parser, each)

    def make(args: argparse.Namespace, width: int, height: int) -> Filter:
        given = {each.name: _given(args, row, each) for each in row.parameters}
        return filters.make_filter(row.name, width=width, height=height, **given)

    return FilterRow(row.description, _examples(row), add_options, make)


def command_name(name: str) -> str:
    """Give a filter's name as the command shows it; it takes underscores as well."""
    return name.replace("_", "-")


def _examples(row: filters.FilterRow) -> str:
    calls = [f"{command_name(row.name)} {words}".strip() for words in row.examples]
    return "examples:\n" + "".join(
        f"  aestream input file in.raw filter {call} output file out.raw\n" for call in calls
    )


def _add(parser: argparse.ArgumentParser, parameter: FilterParameter) -> None:
    option = "--" + command_name(parameter.name)
    if parameter.kind == "flag":
        _add_flag(parser, parameter, option)
        return
    how: dict[str, Any] = {
        "type": number if parameter.kind in ("whole", "real") else str,
        "choices": parameter.choices or None,
        "metavar": parameter.name.upper(),
    }
    if parameter.required:
        parser.add_argument(parameter.name, help=_help(parameter), **how)
        return
    if parameter.kind not in ("mask", "lookup"):
        parser.add_argument(_WORD + parameter.name, nargs="?", help=f"the same as {option}", **how)
    parser.add_argument(option, dest=parameter.name, help=_help(parameter), **how)


def _given(args: argparse.Namespace, row: filters.FilterRow, parameter: FilterParameter) -> Any:
    """Give what was said of a parameter, as a word or as an option; None where it was not."""
    option, word = getattr(args, parameter.name), getattr(args, _WORD + parameter.name, None)
    if option is not None and word is not None:
        raise UsageError(f"filter {command_name(row.name)}: {parameter.name} is given twice, {word} and {option}")
    return word if option is None else option


def _add_flag(parser: argparse.ArgumentParser, parameter: FilterParameter, option: str) -> None:
    is_on = bool(parameter.default)
    parser.add_argument(
        option.replace("--", "--no-") if is_on else option,
        dest=parameter.name,
        action="store_false" if is_on else "store_true",
        help=("do not " if is_on else "") + parameter.description,
    )


def _help(parameter: FilterParameter) -> str:
    notes = [] if parameter.kind in ("mask", "lookup") else [parameter.allowed()]
    if not parameter.required and parameter.default is not None:
        shown = f"{parameter.default:g}" if isinstance(parameter.default, float) else str(parameter.default)
        notes.append(f"default: {shown}")
    text = f"{parameter.description} ({'; '.join(notes)})" if notes else parameter.description
    return text.replace("%", "%%")
