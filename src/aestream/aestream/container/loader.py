"""From a load request to a constructed node: entry point, class, constructor arguments. Knows no ROS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from aestream.container.errors import ContainerError

COMPONENT_GROUP = "rclpy_components"

# What rclcpp's container accepts as extra arguments, and the keyword of rclpy's Node that each one sets.
# None: nothing in rclpy corresponds to it, so the argument is accepted without effect.
EXTRA_ARGUMENTS: Mapping[str, str | None] = {
    "forward_global_arguments": "use_global_arguments",
    "enable_rosout": "enable_rosout",
    "start_parameter_services": "start_parameter_services",
    "enable_logger_service": "enable_logger_service",
    "use_intra_process_comms": None,
    "enable_topic_statistics": None,
    "start_parameter_event_publisher": None,
    "use_clock_thread": None,
}


@dataclass(frozen=True, kw_only=True)
class NodeRequest:
    """Which component to construct, and how.

    Attributes:
        package: Package that the component belongs to.
        plugin: Component name, `package::Class`.
        name: Node name; empty keeps the component's own.
        namespace: Node namespace; empty keeps the component's own.
        remap_rules: Rules `from:=to`.
        parameters: Parameter overrides, handed to the constructor as they are.
        extra_arguments: Arguments for the container, keys of `EXTRA_ARGUMENTS`.
    """

    package: str
    plugin: str
    name: str = ""
    namespace: str = ""
    remap_rules: tuple[str, ...] = ()
    parameters: tuple[Any, ...] = ()
    extra_arguments: Mapping[str, object] = field(default_factory=dict)

    @property
    def full_name(self) -> str | None:
        """Fully qualified node name; None where the component chooses its own name."""
        if not self.name:
            return None
        return "/".join(["", *(part for part in [self.namespace.strip("/"), self.name] if part)])


def installed_components() -> dict[str, EntryPoint]:
    """Return the installed components by name (`package::Class`)."""
    return {entry.name: entry for entry in entry_points(group=COMPONENT_GROUP)}


def find_component(package: str, plugin: str, components: Mapping[str, EntryPoint]) -> type[Any]:
    """Import the class of a component.

    Raises:
        ContainerError: No such package or plugin, or its module does not import.
    """
    if not any(name.startswith(f"{package}::") for name in components):
        raise ContainerError(f"no component of package {package!r} is installed; {_known(components)}")
    if plugin not in components or not plugin.startswith(f"{package}::"):
        raise ContainerError(f"package {package!r} has no component {plugin!r}; {_known(components)}")
    try:
        component: type[Any] = components[plugin].load()
    except Exception as error:
        raise ContainerError(f"component {plugin!r} does not import: {one_line(error)}") from error
    return component


def constructor_arguments(request: NodeRequest) -> dict[str, Any]:
    """Return the keyword arguments for the component's constructor, which hands them to `Node.__init__`.

    Raises:
        ContainerError: An extra argument is unknown or not a bool.
    """
    return {
        "cli_args": _command_line(request),
        "use_global_arguments": False,
        "parameter_overrides": list(request.parameters),
        **_extra_keywords(request.extra_arguments),
    }


def construct(request: NodeRequest, components: Mapping[str, EntryPoint]) -> Any:
    """Construct the node that `request` asks for.

    Raises:
        ContainerError: The component is unknown, an argument is wrong, or its constructor raised.
    """
    component = find_component(request.package, request.plugin, components)
    arguments = constructor_arguments(request)
    try:
        return component(**arguments)
    except Exception as error:
        raise ContainerError(f"component {request.plugin!r} failed to start: {one_line(error)}") from error


def one_line(error: BaseException) -> str:
    """Return an exception as one line: the message alone where it explains itself, with its type otherwise."""
    text = " ".join(str(error).split())
    if not text:
        return type(error).__name__
    return text if " " in text else f"{type(error).__name__}: {text}"


def _known(components: Iterable[str]) -> str:
    return f"known components: {', '.join(sorted(components)) or 'none'}"


def _command_line(request: NodeRequest) -> list[str]:
    rules = list(request.remap_rules)
    if request.name:
        rules.append(f"__node:={request.name}")
    if request.namespace:
        rules.append(f"__ns:={request.namespace}")
    return ["--ros-args", *(word for rule in rules for word in ("-r", rule))]


def _extra_keywords(extra_arguments: Mapping[str, object]) -> dict[str, bool]:
    keywords = {}
    for name, value in extra_arguments.items():
        if name not in EXTRA_ARGUMENTS:
            raise ContainerError(f"unknown extra argument {name!r}; known: {', '.join(EXTRA_ARGUMENTS)}")
        if not isinstance(value, bool):
            raise ContainerError(f"extra argument {name!r} must be a bool, got {value!r}")
        keyword = EXTRA_ARGUMENTS[name]
        if keyword is not None:
            keywords[keyword] = value
    return keywords
