"""From a YAML launch file to its description: one function and one table row per element. Evaluates nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aestream.launching.description import (
    Action,
    Argument,
    Condition,
    Group,
    Include,
    LaunchFile,
    Let,
    LoadComponents,
    Process,
    SetEnv,
)
from aestream.launching.document import Document, Entity
from aestream.launching.errors import unsupported
from aestream.launching.parse_node import (
    parse_components,
    parse_container,
    parse_node,
    parse_process_attributes,
)
from aestream.launching.template import parse_template, split_command


def parse_file(path: Path) -> LaunchFile:
    """Read a launch file.

    Raises:
        LaunchError: The file is not a launch file, or has something that is wrong or not supported here.
    """
    root = Document(path.resolve()).root()
    actions = tuple(parse_action(child) for child in root.children())
    root.finish()
    return LaunchFile(path=path.resolve(), actions=actions)


def parse_action(entity: Entity) -> Action:
    """Read one element."""
    if entity.kind not in ELEMENTS:
        raise unsupported(f"element {entity.kind!r} (known: {', '.join(ELEMENTS)})", entity.place)
    common = {"place": entity.place, "condition": parse_condition(entity)}
    action = ELEMENTS[entity.kind](entity, common)
    entity.finish()
    return action


def parse_condition(entity: Entity) -> Condition | None:
    """Read `if` and `unless`."""
    positive, negative = entity.optional_template("if"), entity.optional_template("unless")
    if positive is not None and negative is not None:
        raise entity.error("'if' and 'unless' exclude each other")
    if positive is not None:
        return Condition(expression=positive, negated=False)
    return None if negative is None else Condition(expression=negative, negated=True)


def _parse_argument(entity: Entity, common: dict[str, Any]) -> Action:
    choices = []
    for choice in entity.entities("choice"):
        choices.append(choice.text("value"))
        choice.finish()
    return Argument(
        name=entity.text("name"),
        default=entity.optional_template("default"),
        description=entity.optional_text("description") or "",
        choices=tuple(choices),
        **common,
    )


def _parse_let(entity: Entity, common: dict[str, Any]) -> Action:
    return Let(name=entity.template("name"), value=entity.template("value"), **common)


def _parse_set_env(entity: Entity, common: dict[str, Any]) -> Action:
    return SetEnv(name=entity.template("name"), value=entity.template("value"), **common)


def _parse_unset_env(entity: Entity, common: dict[str, Any]) -> Action:
    return SetEnv(name=entity.template("name"), value=None, **common)


def _parse_group(entity: Entity, common: dict[str, Any]) -> Action:
    scoped = entity.flag("scoped", default=True)
    return Group(children=tuple(parse_action(child) for child in entity.children()), scoped=scoped, **common)


def _parse_include(entity: Entity, common: dict[str, Any]) -> Action:
    arguments = []
    for argument in entity.entities("arg"):
        arguments.append((argument.template("name"), argument.template("value")))
        argument.finish()
    file = entity.text("file")
    if file.endswith((".py", ".xml")):
        raise unsupported(f"including {file!r} (only YAML launch files can be included)", entity.place)
    return Include(file=parse_template(file, entity.place), arguments=tuple(arguments), **common)


def _parse_executable(entity: Entity, common: dict[str, Any]) -> Action:
    command = split_command(entity.text("cmd"), entity.place)
    if not command:
        raise entity.error("attribute 'cmd' of 'executable' is empty")
    return Process(command=command, name=entity.optional_template("name"), **parse_process_attributes(entity), **common)


def _parse_load(entity: Entity, common: dict[str, Any]) -> Action:
    return LoadComponents(
        target=entity.template("target"), components=parse_components(entity, parse_condition), **common
    )


ELEMENTS: Mapping[str, Callable[[Entity, dict[str, Any]], Action]] = {
    "arg": _parse_argument,
    "let": _parse_let,
    "set_env": _parse_set_env,
    "unset_env": _parse_unset_env,
    "group": _parse_group,
    "include": _parse_include,
    "node": parse_node,
    "executable": _parse_executable,
    "node_container": lambda entity, common: parse_container(entity, common, parse_condition),
    "load_composable_node": _parse_load,
}
