"""What each substitution stands for: one function and one table row each."""

from __future__ import annotations

import math
import os
import random
import shutil
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ament_index_python.packages import PackageNotFoundError, get_package_prefix, get_package_share_directory

from aestream.launching.description import Condition, Include, Template
from aestream.launching.errors import LaunchError, Place, unsupported
from aestream.launching.expression import evaluate

TRUE = ("true", "1")
FALSE = ("false", "0")


@dataclass
class Scope:
    """What substitutions see while a launch file is evaluated.

    Attributes:
        file: The launch file being evaluated.
        variables: Launch arguments and `let` variables.
        environment: Environment that processes will get.
        parents: The launch files that include this one.
    """

    file: Path
    variables: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    parents: tuple[Path, ...] = ()

    def copied(self) -> Scope:
        """Return a scope whose changes do not reach this one."""
        return replace(self, variables=dict(self.variables), environment=dict(self.environment))

    def included(self, file: Path) -> Scope:
        """Return the scope of an included file, which shares variables and environment, as in ROS 2's launch."""
        return replace(self, file=file, parents=(*self.parents, self.file))


def expand(template: Template, scope: Scope, place: Place | None = None) -> str:
    """Replace the substitutions of a template.

    Raises:
        LaunchError: A substitution is unknown, has wrong arguments, or names something that does not exist.
    """
    return "".join(
        piece if isinstance(piece, str) else _call(piece.name, piece.arguments, scope, place) for piece in template
    )


def is_true(text: str) -> bool:
    """Read a boolean as launch does.

    Raises:
        LaunchError: The text is none of true, false, 1, 0.
    """
    word = text.strip().lower()
    if word not in TRUE + FALSE:
        raise LaunchError(f"expected one of true, false, 1, 0, got {text!r}")
    return word in TRUE


def holds(condition: Condition | None, scope: Scope, place: Place) -> bool:
    """Evaluate `if` or `unless`; True where there is neither."""
    if condition is None:
        return True
    text = expand(condition.expression, scope, place)
    try:
        return is_true(text) != condition.negated
    except LaunchError as error:
        raise LaunchError(f"{'unless' if condition.negated else 'if'}: {error}", place=place) from None


def _call(name: str, arguments: tuple[Template, ...], scope: Scope, place: Place | None) -> str:
    if name not in SUBSTITUTIONS:
        raise unsupported(f"substitution $({name}) (known: {', '.join(sorted(SUBSTITUTIONS))})", place)
    function, least, most = SUBSTITUTIONS[name]
    if not least <= len(arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise LaunchError(f"$({name}) takes {wanted} argument(s), got {len(arguments)}", place=place)
    texts = [expand(argument, scope, place) for argument in arguments]
    try:
        return function(scope, *texts)
    except (PackageNotFoundError, ValueError):
        raise LaunchError(f"$({name} {' '.join(texts)}): no such package (AMENT_PREFIX_PATH)", place=place) from None
    except LaunchError as error:
        raise LaunchError(str(error), place=place) from None


def _variable(scope: Scope, name: str, default: str | None = None) -> str:
    value = scope.variables.get(name, default)
    if value is None:
        raise LaunchError(f"$(var {name}): no such variable; known: {', '.join(sorted(scope.variables)) or 'none'}")
    return value


def _environment(scope: Scope, name: str, default: str | None = None) -> str:
    value = scope.environment.get(name, default)
    if value is None:
        raise LaunchError(f"$(env {name}): no such environment variable")
    return value


def _find_executable(scope: Scope, name: str) -> str:
    path = shutil.which(name, path=scope.environment.get("PATH"))
    if path is None:
        raise LaunchError(f"$(find-exec {name}): no such program on the PATH")
    return path


def find_package_executable(package: str, executable: str) -> str:
    """Return the path of a program of an installed package.

    Raises:
        LaunchError: No such package or program; the message lists the package's programs.
    """
    try:
        folder = Path(get_package_prefix(package)) / "lib" / package
    except (PackageNotFoundError, ValueError):
        raise LaunchError(f"package {package!r} is not installed (AMENT_PREFIX_PATH)") from None
    path = folder / executable
    if path.is_file() and os.access(path, os.X_OK):
        return str(path)
    known = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    raise LaunchError(f"package {package!r} has no program {executable!r}; known: {', '.join(known) or 'none'}")


def _anonymous(scope: Scope, name: str) -> str:
    number = random.SystemRandom().randrange(2**63)
    unique = f"{name}_{socket.gethostname()}_{os.getpid()}_{number}".translate(str.maketrans(".-:", "___"))
    return scope.variables.setdefault(f"anon{name}", unique)


def _boolean(value: bool) -> str:
    return str(value).lower()


def _equal(left: str, right: str) -> bool:
    if left.lower() in TRUE + FALSE and right.lower() in TRUE + FALSE:
        return (left.lower() in TRUE) == (right.lower() in TRUE)
    try:
        return math.isclose(float(left), float(right))
    except ValueError:
        return left == right


# Name: function of scope and texts, fewest and most arguments.
SUBSTITUTIONS: Mapping[str, tuple[Callable[..., str], int, int]] = {
    "var": (_variable, 1, 2),
    "env": (_environment, 1, 2),
    "find-pkg-share": (lambda _scope, package: get_package_share_directory(package), 1, 1),
    "find-pkg-prefix": (lambda _scope, package: get_package_prefix(package), 1, 1),
    "find-exec": (_find_executable, 1, 1),
    "exec-in-pkg": (lambda _scope, executable, package: find_package_executable(package, executable), 2, 2),
    "dirname": (lambda scope: str(scope.file.parent), 0, 0),
    "filename": (lambda scope: str(scope.file), 0, 0),
    "anon": (_anonymous, 1, 1),
    "eval": (lambda _scope, expression: evaluate(expression), 1, 1),
    "not": (lambda _scope, value: _boolean(not is_true(value)), 1, 1),
    "and": (lambda _scope, left, right: _boolean(is_true(left) and is_true(right)), 2, 2),
    "or": (lambda _scope, left, right: _boolean(is_true(left) or is_true(right)), 2, 2),
    "equals": (lambda _scope, left, right: _boolean(_equal(left, right)), 2, 2),
    "not-equals": (lambda _scope, left, right: _boolean(not _equal(left, right)), 2, 2),
}


def resolve_include(action: Include, scope: Scope) -> Path:
    """Return the path of an included file; a relative one starts at the working directory, as in ROS 2's launch.

    Raises:
        LaunchError: There is no such file, or files include each other in a circle.
    """
    path = Path(expand(action.file, scope, action.place)).resolve()
    if not path.is_file():
        raise LaunchError(f"no such launch file: {str(path)!r}", place=action.place)
    if path in (scope.file, *scope.parents):
        raise LaunchError(f"{str(path)!r} includes itself", place=action.place)
    return path
