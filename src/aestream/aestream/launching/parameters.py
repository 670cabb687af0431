"""Parameter values, by the rules of launch_ros: a plain string stays one, what a substitution yields is read as YAML.

An attribute `type` overrides that for substitutions, and is checked for constants.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from aestream.launching.description import (
    ItemList,
    Pairs,
    Parameter,
    ParameterFile,
    ParameterGroup,
    Parameters,
    ParameterValue,
    Scalar,
)
from aestream.launching.errors import LaunchError, Place
from aestream.launching.substitute import Scope, expand

# A value as it reaches a node: a scalar, or a list of one type.
Value = Scalar | list[Scalar]

ITEM_TYPES: Mapping[str, type] = {"str": str, "bool": bool, "int": int, "float": float}
LIST_PREFIX = "list_of_"
TYPES = (*ITEM_TYPES, *(LIST_PREFIX + name for name in ITEM_TYPES), "yaml")


def evaluate_parameters(parameters: Parameters, scope: Scope) -> list[dict[str, Value] | Path]:
    """Replace the substitutions of parameters.

    Returns:
        Dictionaries of values by name and paths of parameter files; later ones override earlier ones.

    Raises:
        LaunchError: A value does not fit its type, or a file does not exist.
    """
    return [
        _existing_file(item, scope) if isinstance(item, ParameterFile) else _evaluate_named(item, scope, prefix="")
        for item in parameters
    ]


def evaluate_pairs(pairs: Pairs, scope: Scope, place: Place) -> dict[str, Value]:
    """Evaluate names and values where the values are read as YAML (`extra_arg`)."""
    try:
        return {expand(name, scope): _from_yaml(expand(value, scope)) for name, value in pairs}
    except LaunchError as error:
        raise LaunchError(str(error), place=place) from None


def evaluate_value(value: ParameterValue, type_name: str | None, scope: Scope) -> Value:
    """Evaluate one value.

    Args:
        value: Constant, template or list.
        type_name: One of `TYPES`; None reads substitutions as YAML.
        scope: What the substitutions see.

    Raises:
        LaunchError: The value does not fit the type.
    """
    if isinstance(value, ItemList):
        item_type = type_name.removeprefix(LIST_PREFIX) if type_name else None
        items = [
            _from_text(expand(item, scope), item_type) if isinstance(item, tuple) else item for item in value.items
        ]
        return _checked(_uniform(items), type_name)
    if isinstance(value, tuple):
        return _checked(_from_text(expand(value, scope), type_name), type_name)
    return _checked(value, type_name)


def _existing_file(item: ParameterFile, scope: Scope) -> Path:
    path = Path(expand(item.path, scope, item.place))
    if not path.is_file():
        raise LaunchError(f"no such parameter file: {str(path)!r}", place=item.place)
    return path


def _evaluate_named(item: Parameter | ParameterGroup, scope: Scope, *, prefix: str) -> dict[str, Value]:
    name = prefix + expand(item.name, scope)
    if isinstance(item, Parameter):
        try:
            return {name: evaluate_value(item.value, item.type_name, scope)}
        except LaunchError as error:
            raise LaunchError(f"parameter {name!r}: {error}", place=item.place) from None
    merged: dict[str, Value] = {}
    for member in item.members:
        merged |= _evaluate_named(member, scope, prefix=f"{name}.")
    return merged


def _from_text(text: str, type_name: str | None) -> Any:
    """Read what a substitution yielded."""
    if type_name == "str":
        return text
    if type_name == "bool":
        return _from_yaml({"1": "true", "0": "false"}.get(text, text))
    if type_name in ("int", "float"):
        try:
            return ITEM_TYPES[type_name](text)
        except ValueError:
            raise LaunchError(f"expected a value of type {type_name}, got {text!r}") from None
    return _from_yaml(text)


def _from_yaml(text: str) -> Any:
    if not text:
        return text
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        raise LaunchError(f"not a YAML value: {text!r}; 'type: str' keeps it as text") from None
    if isinstance(value, list):
        return _uniform(value)
    if not isinstance(value, bool | int | float | str):
        raise LaunchError(f"{text!r} is no parameter value; 'type: str' keeps it as text")
    return value


def _uniform(items: list[Any]) -> list[Scalar]:
    types = {type(item) for item in items}
    if types == {int, float}:
        return [float(item) for item in items]
    if len(types) > 1 or not types <= set(ITEM_TYPES.values()):
        raise LaunchError(f"a list has items of one type (bool, int, float or string), got {items!r}")
    return items


def _checked(value: Any, type_name: str | None) -> Value:
    if type_name not in (None, "yaml"):
        wants_list = type_name.startswith(LIST_PREFIX)
        item_type = ITEM_TYPES[type_name.removeprefix(LIST_PREFIX)]
        items = value if isinstance(value, list) else [value]
        if isinstance(value, list) != wants_list or any(type(item) is not item_type for item in items):
            raise LaunchError(f"expected a value of type {type_name}, got {value!r}")
    return cast(Value, value)
