"""ROS parameter files, as far as a node that is loaded into a container needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from aestream.launching.errors import LaunchError
from aestream.launching.parameters import Value


def values_for_node(parameters: Iterable[dict[str, Value] | Path], node_name: str) -> dict[str, Value]:
    """Merge values and those sections of parameter files that apply to a node.

    Args:
        parameters: Result of `evaluate_parameters`.
        node_name: Full name of the node.
    """
    merged: dict[str, Value] = {}
    for item in parameters:
        merged |= item if isinstance(item, dict) else read_parameter_file(item, node_name)
    return merged


def read_parameter_file(path: Path, node_name: str) -> dict[str, Value]:
    """Return the parameters of one node: of the section `/**`, overridden by the section of its full name.

    Raises:
        LaunchError: The file is not a ROS parameter file.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise LaunchError(f"cannot read parameter file {str(path)!r}: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise LaunchError(f"parameter file {str(path)!r} must be a mapping of node names")
    sections = _sections(content, parents=())
    values: dict[str, Value] = {}
    for name in ("**", node_name.strip("/")):
        values |= _flatten(sections.get(name) or {}, prefix="")
    return values


def _sections(content: Mapping[str, Any], *, parents: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in content.items():
        if key == "ros__parameters":
            found["/".join(parents)] = value
        elif isinstance(value, dict):
            found |= _sections(value, parents=(*parents, str(key).strip("/")))
    return found


def _flatten(values: Mapping[str, Any], *, prefix: str) -> dict[str, Value]:
    flat: dict[str, Value] = {}
    for name, value in values.items():
        flat |= _flatten(value, prefix=f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return flat
