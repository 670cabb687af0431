"""The steps of a plan: processes to start and nodes to load, with everything about them evaluated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aestream.launching.description import Component, NodeProcess, Pairs, Process
from aestream.launching.errors import LaunchError, Place
from aestream.launching.parameter_files import values_for_node
from aestream.launching.parameters import Value, evaluate_pairs, evaluate_parameters
from aestream.launching.substitute import Scope, expand, find_package_executable


@dataclass(frozen=True, kw_only=True)
class StartProcess:
    """Start a process; `label` is its name in the output."""

    label: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    cwd: str | None = None
    shutdown_on_exit: bool = False


@dataclass(frozen=True, kw_only=True)
class LoadNode:
    """Load a node into a container, given by its full name."""

    container: str
    package: str
    plugin: str
    name: str
    namespace: str
    remap_rules: tuple[str, ...]
    parameters: Mapping[str, Value]
    extra_arguments: Mapping[str, Value]


Step = StartProcess | LoadNode


def start_step(action: Process, scope: Scope, *, number: int) -> StartProcess:
    """Evaluate a process.

    Args:
        action: The element.
        scope: What its substitutions see.
        number: Number of the process in this launch, part of its label.

    Raises:
        LaunchError: Its program does not exist, or a substitution or parameter is wrong.
    """
    place = action.place
    command = _node_command(action, scope) if isinstance(action, NodeProcess) else _words(action, scope)
    name = None if isinstance(action, NodeProcess) or action.name is None else expand(action.name, scope, place)
    return StartProcess(
        label=f"{name or Path(command[0]).name}-{number}",
        command=tuple(command),
        environment={**scope.environment, **dict(_expand_pairs(action.env, scope, place))},
        cwd=None if action.cwd is None else expand(action.cwd, scope, place),
        shutdown_on_exit=action.shutdown_on_exit,
    )


def load_step(component: Component, container: str, scope: Scope) -> LoadNode:
    """Evaluate a node for the container with the given full name.

    Raises:
        LaunchError: A substitution or parameter is wrong.
    """
    place = component.place
    name, namespace = expand(component.name, scope, place), _namespace(component, scope)
    remaps = _expand_pairs(component.remaps, scope, place)
    return LoadNode(
        container=container,
        package=expand(component.package, scope, place),
        plugin=expand(component.plugin, scope, place),
        name=name,
        namespace=namespace,
        remap_rules=tuple(f"{old}:={new}" for old, new in remaps),
        parameters=values_for_node(evaluate_parameters(component.parameters, scope), _full_name(name, namespace)),
        extra_arguments=evaluate_pairs(component.extra_arguments, scope, place),
    )


def full_name(action: NodeProcess | Component, scope: Scope) -> str:
    """Return the full name of a node that has a name."""
    return _full_name(expand(action.name or (), scope, action.place), _namespace(action, scope))


def absolute(name: str) -> str:
    """Return a name with one leading slash."""
    return "/" + name.strip("/")


def _words(action: Process, scope: Scope) -> list[str]:
    return [expand(word, scope, action.place) for word in action.command]


def _node_command(action: NodeProcess, scope: Scope) -> list[str]:
    package, executable = expand(action.package, scope, action.place), expand(action.executable, scope, action.place)
    try:
        command = [find_package_executable(package, executable), *_words(action, scope), "--ros-args"]
    except LaunchError as error:
        raise LaunchError(str(error), place=action.place) from None
    command += [expand(word, scope, action.place) for word in action.ros_arguments]
    rules = [f"{old}:={new}" for old, new in _expand_pairs(action.remaps, scope, action.place)]
    if action.name is not None:
        rules.append(f"__node:={expand(action.name, scope, action.place)}")
    if namespace := _namespace(action, scope):
        rules.append(f"__ns:={namespace}")
    command += [word for rule in rules for word in ("-r", rule)]
    for item in evaluate_parameters(action.parameters, scope):
        if isinstance(item, Path):
            command += ["--params-file", str(item)]
        else:
            # JSON is YAML, and quotes strings that would read as numbers.
            rules = [f"{name}:={json.dumps(value, ensure_ascii=False)}" for name, value in item.items()]
            command += [word for rule in rules for word in ("-p", rule)]
    return command


def _expand_pairs(pairs: Pairs, scope: Scope, place: Place) -> list[tuple[str, str]]:
    return [(expand(first, scope, place), expand(second, scope, place)) for first, second in pairs]


def _namespace(action: NodeProcess | Component, scope: Scope) -> str:
    text = "" if action.namespace is None else expand(action.namespace, scope, action.place)
    return absolute(text) if text.strip("/") else ""


def _full_name(name: str, namespace: str) -> str:
    return f"{namespace}/{name.strip('/')}"
