"""Launch arguments: which ones a file declares, and what the command line gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from aestream.launching.description import Action, Argument, Call, Group, Include, LaunchFile, Template
from aestream.launching.errors import LaunchError
from aestream.launching.parse import parse_file
from aestream.launching.substitute import Scope, expand, resolve_include


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A declared argument; `conditional` where only some launches look at it."""

    argument: Argument
    conditional: bool


def parse_assignments(words: Iterable[str]) -> dict[str, str]:
    """Read `name:=value` words; the last one of a name counts.

    Raises:
        LaunchError: A word has another form.
    """
    values = {}
    for word in words:
        name, separator, value = word.partition(":=")
        if not separator or not name:
            raise LaunchError(f"malformed launch argument {word!r}, expected name:=value")
        values[name] = value
    return values


def declared_arguments(launch_file: LaunchFile, environment: Mapping[str, str]) -> dict[str, Declared]:
    """Return the arguments that a file and the files it includes declare, by name; the first declaration counts."""
    scope = Scope(file=launch_file.path, environment=dict(environment))
    found: dict[str, Declared] = {}
    _collect(launch_file.actions, scope, found, conditional=False)
    return found


def check_names(given: Iterable[str], declared: Mapping[str, Declared]) -> None:
    """Refuse arguments that nothing declares.

    Raises:
        LaunchError: There is one; the message lists the declared ones with their defaults.
    """
    for name in given:
        if name not in declared:
            known = ", ".join(_with_default(item.argument) for item in declared.values()) or "none"
            raise LaunchError(f"unknown launch argument {name!r}; declared: {known}")


def check_choice(argument: Argument, value: str) -> None:
    """Refuse a value that is not among the choices.

    Raises:
        LaunchError: It is not.
    """
    if argument.choices and value not in argument.choices:
        choices = ", ".join(repr(choice) for choice in argument.choices)
        about = f" ({argument.description})" if argument.description else ""
        raise LaunchError(f"launch argument {argument.name!r} is {value!r}, allowed: {choices}{about}")


def describe_arguments(declared: Mapping[str, Declared]) -> str:
    """Return the text of `--show-args`."""
    lines = ["Arguments (pass arguments as 'name:=value'):"]
    for item in declared.values():
        argument = item.argument
        lines += ["", f"    {argument.name}{' *' if item.conditional else ''}"]
        lines += [f"        {argument.description or 'no description given'}"]
        if argument.choices:
            lines += [f"        one of: {', '.join(argument.choices)}"]
        required = argument.default is None
        lines += ["        required" if required else f"        default: {show_template(argument.default or ())!r}"]
    if not declared:
        lines += ["", "    none"]
    if any(item.conditional for item in declared.values()):
        lines += ["", "* looked at under a condition only"]
    return "\n".join(lines)


def show_template(template: Template) -> str:
    """Return a template as it is written in a launch file."""
    return "".join(
        f"$({' '.join([piece.name, *map(show_template, piece.arguments)])})" if isinstance(piece, Call) else piece
        for piece in template
    )


def _collect(actions: Iterable[Action], scope: Scope, found: dict[str, Declared], *, conditional: bool) -> None:
    for action in actions:
        depends = conditional or action.condition is not None
        if isinstance(action, Argument):
            found.setdefault(action.name, Declared(argument=action, conditional=depends))
            if action.default is not None:
                _try_default(action, scope)
        elif isinstance(action, Group):
            _collect(action.children, scope, found, conditional=depends)
        elif isinstance(action, Include):
            _collect_included(action, scope, found, conditional=depends)


def _try_default(argument: Argument, scope: Scope) -> None:
    with suppress(LaunchError):  # A default that needs something of the running launch is shown as it is written.
        scope.variables.setdefault(argument.name, expand(argument.default or (), scope))


def _collect_included(action: Include, scope: Scope, found: dict[str, Declared], *, conditional: bool) -> None:
    try:
        included = parse_file(resolve_include(action, scope))
    except LaunchError:
        return  # Its path may depend on an argument; if it is wrong, running the file says so.
    _collect(included.actions, scope.included(included.path), found, conditional=conditional)


def _with_default(argument: Argument) -> str:
    return (
        f"{argument.name} (required)"
        if argument.default is None
        else (f"{argument.name}:={show_template(argument.default)}")
    )
