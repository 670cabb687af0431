"""The text and the Python class of a message type, from where ROS is installed."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

from aestream.bag.errors import NotPlayableError

_SEPARATOR = "=" * 80
_BUILTIN = re.compile(r"(bool|byte|char|float32|float64|u?int(8|16|32|64)|w?string)$")

FORMER_NAMES = {"event_array_msgs/msg/EventArray": "event_camera_msgs/msg/EventPacket"}
"""Types that were renamed: the same fields in the same order, so that the same bytes are either."""


@cache
def message_class(type_name: str) -> Any:
    """Import the class of a type, of the name that it has now where that of the bag is not installed.

    Raises:
        NotPlayableError: it is not installed.
    """
    for name in (type_name, FORMER_NAMES.get(type_name, type_name)):
        package, _, message = name.partition("/msg/")
        try:
            return getattr(import_module(f"{package}.msg"), message)
        except (ImportError, AttributeError, ValueError):
            continue
    raise NotPlayableError(f"message type {type_name} is not installed here")


@cache
def definition_of(type_name: str) -> str:
    """Give the text of a type and of all that it is made of, as bags carry it; empty where it is not installed."""
    own = _text(type_name)
    if own is None:
        return ""
    parts = [own]
    for needed in _needed(type_name, {type_name}):
        package, _, message = needed.partition("/msg/")
        parts += [f"{_SEPARATOR}\nMSG: {package}/{message}", _text(needed) or ""]
    return "\n".join(part.rstrip("\n") for part in parts) + "\n"


def _needed(type_name: str, seen: set[str]) -> Iterator[str]:
    for name in _fields(type_name):
        if name not in seen:
            seen.add(name)
            yield name
            yield from _needed(name, seen)


def _fields(type_name: str) -> Iterator[str]:
    """Give the types of the fields that are messages themselves."""
    package = type_name.partition("/")[0]
    for line in (_text(type_name) or "").splitlines():
        words = line.partition("#")[0].split()
        if len(words) < 2:
            continue
        name = re.split(r"\[|<=", words[0])[0]
        if not _BUILTIN.match(name):
            parts = name.split("/")
            yield f"{parts[0] if len(parts) > 1 else package}/msg/{parts[-1]}"


@cache
def _text(type_name: str) -> str | None:
    package, _, message = type_name.partition("/msg/")
    try:
        return (Path(get_package_share_directory(package)) / "msg" / f"{message}.msg").read_text("utf-8")
    except (PackageNotFoundError, OSError, ValueError):
        return None
