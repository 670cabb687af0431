"""Parameters derived from configuration classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import rclpy
from rclpy.node import Node
from rclpy.parameter import Parameter

from aestream_core.config import setting, validate
from aestream_core.errors import InvalidArgumentError
from aestream_ros.params import ConfigGroup, declare_config, follow_changes


@dataclass(frozen=True)
class Config:
    window_us: int = setting(10, "length of a window", unit="us", bounds=(1, 100), live=True)
    rate_hz: float = setting(1.0, "rate", unit="Hz", bounds=(0.0, 5.0))
    scene: str = setting("bar", "scene", choices=("bar", "disc"))

    def __post_init__(self) -> None:
        validate(self)


@pytest.fixture
def ros() -> Iterator[None]:
    rclpy.init()
    yield
    rclpy.try_shutdown()


def node_with(**overrides: Any) -> Node:
    parameters = [Parameter(name, value=value) for name, value in overrides.items()]
    return Node("configured", parameter_overrides=parameters, use_global_arguments=False)


def test_overrides_become_the_configuration_and_a_whole_number_passes_for_a_real_one(ros: None) -> None:
    node = node_with(window_us=20, rate_hz=3)
    assert declare_config(node, Config) == Config(window_us=20, rate_hz=3.0)
    assert node.get_parameter("rate_hz").value == 3.0


def test_the_descriptor_shows_description_unit_and_bounds(ros: None) -> None:
    node = node_with()
    declare_config(node, Config)
    window = node.describe_parameter("window_us")
    assert window.description == "length of a window [us]"
    assert (window.integer_range[0].from_value, window.integer_range[0].to_value) == (1, 100)
    assert node.describe_parameter("scene").additional_constraints == "one of bar, disc"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"window_us": 0}, "window_us is 0; it must be 1 to 100 us"),
        ({"window_us": "long"}, "window_us is 'long'; it must be of type int"),
        ({"scene": "moon"}, "scene is 'moon'; it must be one of bar, disc"),
    ],
)
def test_a_bad_override_is_refused_by_name(ros: None, overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        declare_config(node_with(**overrides), Config)


class Followed:
    """A node that follows changes, with what it took over."""

    def __init__(self, *, frozen: bool) -> None:
        self.node = node_with()
        self.config = declare_config(self.node, Config)
        follow_changes(self.node, [ConfigGroup(current=lambda: self.config, apply=self.take, frozen=lambda: frozen)])

    def take(self, config: Config) -> None:
        self.config = config

    def set(self, **values: Any) -> tuple[bool, str]:
        result = self.node.set_parameters_atomically([Parameter(name, value=value) for name, value in values.items()])
        return result.successful, result.reason


def test_a_live_parameter_changes_at_run_time(ros: None) -> None:
    followed = Followed(frozen=True)
    assert followed.set(window_us=50) == (True, "")
    assert followed.config.window_us == 50


def test_a_fixed_parameter_is_refused_with_the_way_out_while_configured(ros: None) -> None:
    successful, reason = Followed(frozen=True).set(scene="disc")
    assert not successful
    assert "scene cannot change while the node is configured" in reason


def test_of_one_request_all_changes_are_taken_or_none(ros: None) -> None:
    followed = Followed(frozen=False)
    successful, reason = followed.set(window_us=50, scene="moon")
    assert (successful, reason) == (False, "scene is 'moon'; it must be one of bar, disc")
    assert followed.config == Config()


@dataclass(frozen=True)
class WithList:
    filters: tuple[str, ...] = setting((), "filters", live=True)

    def __post_init__(self) -> None:
        validate(self)


def test_a_list_of_texts_may_be_empty_a_list_or_words_and_change(ros: None) -> None:
    assert declare_config(node_with(), WithList) == WithList()
    assert declare_config(node_with(filters="a b:1"), WithList) == WithList(("a", "b:1"))
    node = node_with(filters=["a", "b:1"])
    held = [declare_config(node, WithList)]
    assert held[0].filters == ("a", "b:1")
    follow_changes(node, [ConfigGroup(current=lambda: held[-1], apply=held.append, frozen=lambda: True)])
    for value, expected in (([""], ()), (["c"], ("c",)), ("d e", ("d", "e"))):
        (result,) = node.set_parameters([Parameter("filters", value=value)])
        assert (result.successful, held[-1].filters) == (True, expected)


def test_a_list_of_anything_else_is_refused(ros: None) -> None:
    with pytest.raises(InvalidArgumentError, match="it must be a list of texts"):
        declare_config(node_with(filters=[1, 2]), WithList)
