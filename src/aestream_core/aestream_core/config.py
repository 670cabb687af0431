"""Configuration as data: frozen dataclasses whose fields carry description, unit, bounds and choices.

A configuration object cannot be invalid: `validate(self)` in `__post_init__` checks every field against its own
metadata. Nodes derive their parameter descriptors from the same fields, and the command its options.
"""

import math
from dataclasses import Field, dataclass, field, fields
from typing import Any, cast, get_origin, get_type_hints

from aestream_core.errors import InvalidArgumentError

_KEY = "aestream_setting"


@dataclass(frozen=True)
class Setting:
    """What is known of one configuration field beside its type and default.

    Attributes:
        description: one sentence for people.
        unit: unit of the value, empty where it has none.
        bounds: smallest and largest allowed value, both inclusive.
        choices: the allowed values, where they can be listed.
        live: whether it may change while streaming.
    """

    description: str
    unit: str = ""
    bounds: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    live: bool = False

    def allowed(self) -> str:
        """Say in words which values are allowed."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.bounds is None:
            return "any"
        low, high = (_number(bound) for bound in self.bounds)
        return f"{low} to {high}{' ' + self.unit if self.unit else ''}"


def setting(
    default: Any,
    description: str,
    *,
    unit: str = "",
    bounds: tuple[float, float] | None = None,
    choices: tuple[str, ...] = (),
    live: bool = False,
) -> Any:
    """Declare one field of a configuration dataclass."""
    return field(default=default, metadata={_KEY: Setting(description, unit, bounds, choices, live)})


def setting_of(config_field: "Field[Any]") -> Setting:
    """Give the metadata of a field that `setting` declared."""
    return cast(Setting, config_field.metadata[_KEY])


def validate(config: Any) -> None:
    """Check every field of a configuration object against its metadata and type.

    Raises:
        InvalidArgumentError: names the field, the value and what is allowed.
    """
    hints = get_type_hints(type(config))
    for each in fields(config):
        if _KEY in each.metadata:
            _check(each.name, getattr(config, each.name), hints[each.name], setting_of(each))


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e12 else f"{value:g}"


def _check(name: str, value: Any, hint: Any, rule: Setting) -> None:
    if value is None and type(None) in getattr(hint, "__args__", ()):
        return
    if get_origin(hint) is tuple:
        if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
            raise InvalidArgumentError(f"{name} is {value!r}; it must be a list of texts")
        return
    kinds = {kind for kind in (int, float, bool, str) if hint is kind or kind in getattr(hint, "__args__", ())}
    if float in kinds:
        kinds.add(int)
    if kinds and (not isinstance(value, tuple(kinds)) or (isinstance(value, bool) and bool not in kinds)):
        expected = " or ".join(sorted(kind.__name__ for kind in kinds))
        raise InvalidArgumentError(f"{name} is {value!r}; it must be of type {expected}")
    if rule.choices and value not in rule.choices:
        raise InvalidArgumentError(f"{name} is {value!r}; it must be {rule.allowed()}")
    if rule.bounds and (math.isnan(value) or not rule.bounds[0] <= value <= rule.bounds[1]):
        raise InvalidArgumentError(f"{name} is {value!r}; it must be {rule.allowed()}")
