"""Command lines: a parser whose errors are one line, and options made from configuration fields."""

import argparse
from dataclasses import fields
from typing import Any, NoReturn, get_type_hints

from aestream_core.config import Setting, setting_of
from aestream_core.errors import AestreamError, InvalidArgumentError


def examples_of(examples: str, command: str) -> str:
    """Give those lines of a command's examples that show one word of it, as in `aestream bag record`; may be empty."""
    lines = [line for line in examples.splitlines() if line.strip().startswith(command)]
    return "\n".join(["examples:", *lines]) if lines else ""


class UsageError(AestreamError):
    """The command line itself is wrong."""


class CommandParser(argparse.ArgumentParser):
    """A parser that raises where argparse would print the usage and exit."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Make a parser; options cannot be abbreviated, so that a later one never changes what a script means."""
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **options)

    def error(self, message: str) -> NoReturn:
        """Raise with the message and where to read on.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{message}; see {self.prog} --help")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Say of an unknown command, source or sink what it is, and which there are."""
        if action.choices is not None and action.nargs == argparse.PARSER and value not in action.choices:
            raise UsageError(
                f"unknown {str(action.metavar).lower()} {value!r}; known: {', '.join(sorted(action.choices))}"
            )
        super()._check_value(action, value)


def microseconds(text: str) -> int:
    """Read a duration in whole microseconds that is 1 or more, for argparse."""
    return _at_least_one(text, "a duration in whole us, 1 or more")


def positive_count(text: str) -> int:
    """Read a count that is 1 or more, for argparse."""
    return _at_least_one(text, "a whole number, 1 or more")


def number(text: str) -> int | float:
    """Read a number such as 640, 0.5 or 10e6, for argparse."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def add_setting_options(parser: argparse.ArgumentParser, config: type[Any], *, skip: tuple[str, ...] = ()) -> None:
    """Give a parser one option for each field of a configuration class that carries a setting.

    The option is the field's name with dashes, without its unit. Only what the user gave is in the parsed arguments, as
    the field's name.
    """
    hints = get_type_hints(config)
    for each in fields(config):
        if each.name not in skip:
            _add_setting_option(parser, each.name, setting_of(each), hints[each.name], each.default)


def option_name(field_name: str) -> str:
    """Name the option of a field: `rate_hz` is `--rate`."""
    for unit in ("_hz", "_us", "_s"):
        field_name = field_name.removesuffix(unit)
    return "--" + field_name.replace("_", "-")


def given_settings(args: argparse.Namespace, config: type[Any]) -> dict[str, Any]:
    """Collect the values that the user gave for fields of a configuration class."""
    hints = get_type_hints(config)
    given = {each.name: getattr(args, each.name) for each in fields(config) if hasattr(args, each.name)}
    return {name: _as_whole(name, value) if _is_whole(hints[name]) else value for name, value in given.items()}


def _add_setting_option(parser: argparse.ArgumentParser, name: str, rule: Setting, hint: Any, default: Any) -> None:
    if hint is bool:
        parser.add_argument(
            option_name(name),
            dest=name,
            default=argparse.SUPPRESS,
            action="store_true",
            help=_as_phrase(rule.description),
        )
        return
    parser.add_argument(
        option_name(name),
        dest=name,
        default=argparse.SUPPRESS,
        choices=rule.choices or None,
        metavar=None if rule.choices else "NAME" if _reader(hint) is str else _metavar(rule),
        type=_reader(hint),
        help=_help(rule, default),
    )


def _at_least_one(text: str, expected: str) -> int:
    value = number(text)
    if not float(value).is_integer() or value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not {expected}")
    return int(value)


def _kinds(hint: Any) -> tuple[Any, ...]:
    return getattr(hint, "__args__", (hint,))


def _is_whole(hint: Any) -> bool:
    return int in _kinds(hint) and float not in _kinds(hint)


def _as_whole(name: str, value: int | float) -> int:
    if not float(value).is_integer():
        raise InvalidArgumentError(f"{name} is {value!r}; it must be a whole number")
    return int(value)


def _reader(hint: Any) -> Any:
    return number if {int, float} & set(_kinds(hint)) else str


def _metavar(rule: Setting) -> str:
    return rule.unit.upper() if rule.unit and rule.unit.isalpha() else "N"


def _help(rule: Setting, default: Any) -> str:
    notes = [] if rule.choices or rule.bounds is None else [rule.allowed()]
    notes += (
        []
        if default in (None, "")
        else [f"default: {default:g}" if isinstance(default, float) else f"default: {default}"]
    )
    description = _as_phrase(rule.description)
    return (f"{description} ({'; '.join(notes)})" if notes else description).replace("%", "%%")


def _as_phrase(sentence: str) -> str:
    """Write a sentence as the help of an option: no full stop, no capital unless it begins an abbreviation."""
    first, rest = sentence[:1], sentence[1:].rstrip(".")
    return (first if rest[:1].isupper() else first.lower()) + rest
