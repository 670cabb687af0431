"""ROS parameters derived from configuration dataclasses: one description, one set of bounds, declared once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar, get_origin, get_type_hints

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor, SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter

from aestream_core.config import Setting, setting_of
from aestream_core.errors import AestreamError, InvalidArgumentError

Config = TypeVar("Config")


def declare_config(node: Node, config_class: type[Config]) -> Config:
    """Declare one parameter a field of `config_class` and give the configuration that the overrides make.

    Raises:
        InvalidArgumentError: a value is not allowed; the message names parameter, value and what is allowed.
    """
    hints = get_type_hints(config_class)
    values: dict[str, Any] = {}
    for each in fields(config_class):  # type: ignore[arg-type]
        rule = setting_of(each)
        parameter = node.declare_parameter(
            each.name, _as_parameter(each.default), describe(rule, hints[each.name]), ignore_override=True
        )
        values[each.name] = _as_type(parameter.value, hints[each.name])
        override = node._parameter_overrides.get(each.name)
        if override is not None:
            values[each.name] = _as_type(override.value, hints[each.name])
    config = config_class(**values)
    node.set_parameters([Parameter(name, value=_as_parameter(value)) for name, value in values.items()])
    return config


@dataclass(frozen=True)
class ConfigGroup(Generic[Config]):
    """One configuration object whose fields are parameters of a node.

    Attributes:
        current: gives the configuration in force.
        apply: takes the new configuration; may refuse it with an `AestreamError`.
        frozen: whether fields that are not `live` may not change now (the node is configured).
    """

    current: Callable[[], Config]
    apply: Callable[[Config], None]
    frozen: Callable[[], bool]

    def changed(self, parameters: list[Parameter]) -> Config | None:
        """Give the configuration that a request makes; None where the request changes nothing in it.

        Raises:
            InvalidArgumentError: a value is not allowed, or may not change now.
        """
        config = self.current()
        rules = {each.name: setting_of(each) for each in fields(config)}  # type: ignore[arg-type]
        hints = get_type_hints(type(config))
        changes = {each.name: _as_type(each.value, hints[each.name]) for each in parameters if each.name in rules}
        changes = {name: value for name, value in changes.items() if value != getattr(config, name)}
        fixed = sorted(name for name in changes if not rules[name].live)
        if fixed and self.frozen():
            raise InvalidArgumentError(
                f"{fixed[0]} cannot change while the node is configured; run the lifecycle transition 'cleanup' first"
            )
        return replace(config, **changes) if changes else None  # type: ignore[type-var]


def follow_changes(node: Node, groups: Sequence[ConfigGroup[Any]]) -> None:
    """Accept parameter changes at run time: all of one request or none, each checked as at the start.

    Args:
        node: the node whose parameters `declare_config` declared.
        groups: its configuration objects; looked at anew for every request, so that a node can add one later.
    """

    def on_set(parameters: list[Parameter]) -> SetParametersResult:
        done: list[tuple[ConfigGroup[Any], Any]] = []
        try:
            changed = [(group, group.changed(parameters)) for group in groups]
            for group, config in changed:
                if config is not None:
                    before = group.current()
                    group.apply(config)
                    done.append((group, before))
        except AestreamError as error:
            for group, before in reversed(done):
                group.apply(before)
            return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    node.add_on_set_parameters_callback(on_set)


def describe(rule: Setting, hint: Any) -> ParameterDescriptor:
    """Turn a field's metadata into the descriptor that `ros2 param describe` shows."""
    text = rule.description + (f" [{rule.unit}]" if rule.unit else "")
    descriptor = ParameterDescriptor(description=text, dynamic_typing=_is_list(hint))
    if rule.choices:
        descriptor.additional_constraints = rule.allowed()
    if rule.bounds is not None and hint is int:
        low, high = (int(bound) for bound in rule.bounds)
        descriptor.integer_range = [IntegerRange(from_value=low, to_value=high, step=0)]
    if rule.bounds is not None and hint is float:
        descriptor.floating_point_range = [
            FloatingPointRange(from_value=float(rule.bounds[0]), to_value=float(rule.bounds[1]))
        ]
    return descriptor


def _is_list(hint: Any) -> bool:
    return get_origin(hint) is tuple


def _as_parameter(value: Any) -> Any:
    """Give a tuple of texts as ROS has it: an empty list has no type there, so it is a list of one empty text."""
    return (list(value) or [""]) if isinstance(value, tuple) else value


def _as_type(value: Any, hint: Any) -> Any:
    """Accept what launch files and people write: a whole number for a real one, words for a list of texts."""
    if _is_list(hint) and isinstance(value, str | list):
        words = value.split() if isinstance(value, str) else value
        return tuple(word for word in words if word != "")
    return float(value) if hint is float and type(value) is int else value
