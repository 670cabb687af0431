"""A launch file as data: what stands in it, nothing evaluated yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aestream.launching.errors import Place


@dataclass(frozen=True)
class Call:
    """A substitution `$(name argument...)`."""

    name: str
    arguments: tuple[Template, ...]


# Text with substitutions: its pieces in order.
Template = tuple[str | Call, ...]
Scalar = bool | int | float | str


@dataclass(frozen=True, kw_only=True)
class Condition:
    """`if` or, negated, `unless`."""

    expression: Template
    negated: bool


@dataclass(frozen=True, kw_only=True)
class Action:
    """What every element of a launch file has."""

    place: Place
    condition: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Argument(Action):
    """`arg`: a value that the command line or an including file may give."""

    name: str
    default: Template | None = None
    description: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Let(Action):
    """`let`: set a variable."""

    name: Template
    value: Template


@dataclass(frozen=True, kw_only=True)
class SetEnv(Action):
    """`set_env`, or `unset_env` where the value is None."""

    name: Template
    value: Template | None


@dataclass(frozen=True, kw_only=True)
class Group(Action):
    """`group`: actions under one condition; a scoped one restores variables and environment at its end."""

    children: tuple[Action, ...]
    scoped: bool = True


@dataclass(frozen=True, kw_only=True)
class Include(Action):
    """`include`: another launch file, with arguments."""

    file: Template
    arguments: tuple[tuple[Template, Template], ...] = ()


@dataclass(frozen=True)
class ItemList:
    """A list as parameter value."""

    items: tuple[Scalar | Template, ...]


# A constant, text with substitutions, or a list of these.
ParameterValue = Scalar | Template | ItemList


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """`param` with a value."""

    name: Template
    value: ParameterValue
    type_name: str | None
    place: Place


@dataclass(frozen=True, kw_only=True)
class ParameterGroup:
    """`param` with nested ones, whose names it prefixes."""

    name: Template
    members: tuple[Parameter | ParameterGroup, ...]


@dataclass(frozen=True, kw_only=True)
class ParameterFile:
    """`param` with `from`."""

    path: Template
    place: Place


Parameters = tuple[Parameter | ParameterGroup | ParameterFile, ...]
Pairs = tuple[tuple[Template, Template], ...]


@dataclass(frozen=True, kw_only=True)
class Process(Action):
    """`executable`: a program with its arguments in `command`."""

    command: tuple[Template, ...] = ()
    name: Template | None = None
    env: Pairs = ()
    cwd: Template | None = None
    shutdown_on_exit: bool = False


@dataclass(frozen=True, kw_only=True)
class NodeProcess(Process):
    """`node`: a program of a ROS package; `command` are its arguments."""

    package: Template
    executable: Template
    namespace: Template | None = None
    parameters: Parameters = ()
    remaps: Pairs = ()
    ros_arguments: tuple[Template, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Component(Action):
    """`composable_node`: a node for a container."""

    package: Template
    plugin: Template
    name: Template
    namespace: Template | None = None
    parameters: Parameters = ()
    remaps: Pairs = ()
    extra_arguments: Pairs = ()


@dataclass(frozen=True, kw_only=True)
class Container(NodeProcess):
    """`node_container`: a container process and the nodes to load into it."""

    components: tuple[Component, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LoadComponents(Action):
    """`load_composable_node`: nodes for a container that runs already."""

    target: Template
    components: tuple[Component, ...]


@dataclass(frozen=True, kw_only=True)
class LaunchFile:
    """A whole launch file."""

    path: Path
    actions: tuple[Action, ...]
