"""The elements that stand for ROS nodes, and what they share: processes, parameters, remappings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aestream.launching.description import (
    Component,
    Condition,
    Container,
    ItemList,
    NodeProcess,
    Pairs,
    Parameter,
    ParameterFile,
    ParameterGroup,
    Parameters,
    ParameterValue,
    Scalar,
    Template,
)
from aestream.launching.document import Entity
from aestream.launching.errors import unsupported
from aestream.launching.parameters import TYPES
from aestream.launching.template import parse_template, split_command

ParseCondition = Callable[[Entity], Condition | None]
OUTPUTS = ("screen", "log", "both", "own_log", "full")


def parse_node(entity: Entity, common: dict[str, Any]) -> NodeProcess:
    """Read `node`."""
    return NodeProcess(
        name=entity.optional_template("name"),
        namespace=entity.optional_template("namespace"),
        **_node_attributes(entity),
        **common,
    )


def parse_container(entity: Entity, common: dict[str, Any], parse_condition: ParseCondition) -> Container:
    """Read `node_container`, whose full name must be known: nodes are loaded by it."""
    return Container(
        name=entity.template("name"),
        namespace=entity.template("namespace"),
        components=parse_components(entity, parse_condition),
        **_node_attributes(entity),
        **common,
    )


def parse_components(entity: Entity, parse_condition: ParseCondition) -> tuple[Component, ...]:
    """Read the list `composable_node`."""
    return tuple(_parse_component(item, parse_condition) for item in entity.entities("composable_node"))


def parse_process_attributes(entity: Entity) -> dict[str, Any]:
    """Read what every process has. `output` is checked and has no effect: all output goes to the screen."""
    output = entity.optional_text("output")
    if output is not None and "$(" not in output and output not in OUTPUTS:
        raise entity.error(f"unknown output {output!r}; known: {', '.join(OUTPUTS)}")
    on_exit = entity.optional_text("on_exit")
    if on_exit not in (None, "shutdown"):
        raise entity.error(f"unknown on_exit {on_exit!r}; known: shutdown")
    return {
        "env": parse_pairs(entity, "env", "name", "value"),
        "cwd": entity.optional_template("cwd"),
        "shutdown_on_exit": on_exit is not None,
    }


def parse_pairs(entity: Entity, attribute: str, first: str, second: str) -> Pairs:
    """Read a list of mappings with two string attributes each."""
    pairs = []
    for item in entity.entities(attribute):
        pairs.append((item.template(first), item.template(second)))
        item.finish()
    return tuple(pairs)


def _node_attributes(entity: Entity) -> dict[str, Any]:
    return {
        "package": entity.template("pkg"),
        "executable": entity.template("exec"),
        "command": split_command(entity.optional_text("args") or "", entity.place),
        "ros_arguments": split_command(entity.optional_text("ros_args") or "", entity.place),
        "parameters": _parse_parameters(entity),
        "remaps": parse_pairs(entity, "remap", "from", "to"),
        **parse_process_attributes(entity),
    }


def _parse_component(entity: Entity, parse_condition: ParseCondition) -> Component:
    component = Component(
        place=entity.place,
        condition=parse_condition(entity),
        package=entity.template("pkg"),
        plugin=entity.template("plugin"),
        name=entity.template("name"),
        namespace=entity.optional_template("namespace"),
        parameters=_parse_parameters(entity),
        remaps=parse_pairs(entity, "remap", "from", "to"),
        extra_arguments=parse_pairs(entity, "extra_arg", "name", "value"),
    )
    entity.finish()
    return component


def _parse_parameters(entity: Entity) -> Parameters:
    parameters: list[Parameter | ParameterGroup | ParameterFile] = []
    for item in entity.entities("param"):
        path = item.optional_template("from")
        parameters.append(_parse_named(item) if path is None else ParameterFile(path=path, place=item.place))
        if path is not None and item.value("allow_substs"):
            raise unsupported("attribute 'allow_substs' of 'param'", item.place)
        item.finish()
    return tuple(parameters)


def _parse_named(entity: Entity) -> Parameter | ParameterGroup:
    name, type_name, value = entity.template("name"), entity.optional_text("type"), entity.value("value")
    members = entity.entities("param")
    if (value is None) == (not members):
        raise entity.error("'param' needs either the attribute 'value' or nested 'param'")
    if type_name is not None and (members or type_name not in TYPES):
        raise entity.error(f"unknown parameter type {type_name!r}; known: {', '.join(TYPES)}")
    if members:
        parsed = tuple(_parse_named(member) for member in members)
        for member in members:
            member.finish()
        return ParameterGroup(name=name, members=parsed)
    return Parameter(name=name, value=_parse_value(entity, value), type_name=type_name, place=entity.place)


def _parse_value(entity: Entity, value: Any) -> ParameterValue:
    if isinstance(value, list):
        return ItemList(tuple(_parse_scalar(entity, item) for item in value))
    return _parse_scalar(entity, value)


def _parse_scalar(entity: Entity, value: Any) -> Scalar | Template:
    if not isinstance(value, bool | int | float | str):
        raise entity.error(f"a parameter is a bool, int, float, string or a list of these, got {value!r}")
    if not isinstance(value, str):
        return value
    template = parse_template(value, entity.place)
    return template[0] if len(template) == 1 and isinstance(template[0], str) else template
