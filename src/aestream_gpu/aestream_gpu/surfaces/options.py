"""Settings of surfaces as text: `bins=5,signed=true`, or values alone in the order of the settings: `5`."""

from dataclasses import Field, fields
from typing import Any, get_type_hints

from aestream_core.errors import InvalidArgumentError, UnknownNameError


def parse_options(options_class: type, text: str) -> Any:
    """Make settings from text; what is left out has its default.

    Raises:
        InvalidArgumentError: a setting is not known, given twice, or has a value that is not allowed.
    """
    known = fields(options_class)
    values: dict[str, Any] = {}
    for place, part in enumerate(part.strip() for part in text.split(",") if part.strip()):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals:
            if place >= len(known):
                raise InvalidArgumentError(f"{part!r} is one value too many; there are {_names(known)}")
            name, value = known[place].name, name
        if name in values:
            raise InvalidArgumentError(f"{name} is given twice in {text!r}")
        values[name] = _value(options_class, name, value)
    return options_class(**values)


def format_options(options: Any) -> str:
    """Give settings as text that `parse_options` reads."""
    return ",".join(f"{each.name}={_text(getattr(options, each.name))}" for each in fields(options))


def _names(known: "tuple[Field[Any], ...]") -> str:
    return ", ".join(each.name for each in known) or "no settings"


def _value(options_class: type, name: str, text: str) -> Any:
    hint = get_type_hints(options_class).get(name)
    if hint is None:
        raise UnknownNameError("setting", name, [each.name for each in fields(options_class)])
    if hint is bool:
        if text.lower() not in ("true", "false"):
            raise InvalidArgumentError(f"{name} is {text!r}; it must be true or false")
        return text.lower() == "true"
    if hint is str:
        return text
    try:
        return hint(text)
    except ValueError:
        raise InvalidArgumentError(f"{name} is {text!r}; it must be a number") from None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
