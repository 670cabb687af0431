"""From a description and arguments to what will be done: processes to start and nodes to load, everything evaluated.

A plan is complete before anything starts, so that a wrong argument or a missing program starts nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aestream.launching.arguments import check_choice
from aestream.launching.description import (
    Action,
    Argument,
    Component,
    Container,
    Group,
    Include,
    LaunchFile,
    Let,
    LoadComponents,
    Process,
    SetEnv,
)
from aestream.launching.errors import LaunchError
from aestream.launching.parse import parse_file
from aestream.launching.steps import Step, absolute, full_name, load_step, start_step
from aestream.launching.substitute import Scope, expand, holds, resolve_include


def make_plan(launch_file: LaunchFile, arguments: Mapping[str, str], environment: Mapping[str, str]) -> list[Step]:
    """Evaluate a launch file.

    Args:
        launch_file: The file.
        arguments: Launch arguments by name.
        environment: Environment that the file sees, and that processes get with its changes.

    Raises:
        LaunchError: Something in the file or an argument is wrong.
    """
    planner = _Planner()
    scope = Scope(file=launch_file.path, variables=dict(arguments), environment=dict(environment))
    planner.visit_all(launch_file.actions, scope)
    return planner.steps


class _Planner:
    """Walks over actions and collects steps."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._processes = 0

    def visit_all(self, actions: Iterable[Action], scope: Scope) -> None:
        for action in actions:
            if holds(action.condition, scope, action.place):
                self._visit(action, scope)

    def _visit(self, action: Action, scope: Scope) -> None:
        match action:
            case Argument():
                _set_argument(action, scope)
            case Let():
                scope.variables[expand(action.name, scope, action.place)] = expand(action.value, scope, action.place)
            case SetEnv():
                _set_environment(action, scope)
            case Group():
                self.visit_all(action.children, scope.copied() if action.scoped else scope)
            case Include():
                self._include(action, scope)
            case LoadComponents():
                self._load(action.components, absolute(expand(action.target, scope, action.place)), scope)
            case Process():
                self._start(action, scope)

    def _include(self, action: Include, scope: Scope) -> None:
        included = parse_file(resolve_include(action, scope))
        for name, value in action.arguments:
            scope.variables[expand(name, scope, action.place)] = expand(value, scope, action.place)
        self.visit_all(included.actions, scope.included(included.path))

    def _start(self, action: Process, scope: Scope) -> None:
        self._processes += 1
        self.steps.append(start_step(action, scope, number=self._processes))
        if isinstance(action, Container):
            self._load(action.components, full_name(action, scope), scope)

    def _load(self, components: Iterable[Component], container: str, scope: Scope) -> None:
        self.steps.extend(
            load_step(component, container, scope)
            for component in components
            if holds(component.condition, scope, component.place)
        )


def _set_argument(argument: Argument, scope: Scope) -> None:
    if argument.name not in scope.variables:
        if argument.default is None:
            about = f" ({argument.description})" if argument.description else ""
            raise LaunchError(f"required launch argument {argument.name!r}{about} is missing", place=argument.place)
        scope.variables[argument.name] = expand(argument.default, scope, argument.place)
    check_choice(argument, scope.variables[argument.name])


def _set_environment(action: SetEnv, scope: Scope) -> None:
    name = expand(action.name, scope, action.place)
    if action.value is None:
        scope.environment.pop(name, None)
    else:
        scope.environment[name] = expand(action.value, scope, action.place)
