import logging
from importlib.metadata import EntryPoint

import pytest

from aestream.container.errors import ContainerError
from aestream.container.loader import (
    COMPONENT_GROUP,
    NodeRequest,
    construct,
    constructor_arguments,
    find_component,
    one_line,
)
from aestream.container.supervision import all_finished, failed_nodes


class Plain:
    def __init__(self, **kwargs: object) -> None:
        self.kwargs = kwargs


class Refusing:
    def __init__(self, **kwargs: object) -> None:
        raise RuntimeError("the camera\nis not connected")


COMPONENTS = {
    "logs::Handler": EntryPoint("logs::Handler", "logging:Handler", COMPONENT_GROUP),
    "logs::Absent": EntryPoint("logs::Absent", "no_such_module:Absent", COMPONENT_GROUP),
}


class Entry:
    def __init__(self, component: type) -> None:
        self.load = lambda: component


def test_a_component_is_found_by_package_and_class() -> None:
    assert find_component("logs", "logs::Handler", COMPONENTS) is logging.Handler


def test_an_unknown_package_lists_the_known_components() -> None:
    with pytest.raises(ContainerError, match=r"no component of package 'x' .* known components: logs::Absent, logs::H"):
        find_component("x", "x::Y", COMPONENTS)


def test_an_unknown_plugin_lists_the_known_components() -> None:
    with pytest.raises(ContainerError, match=r"package 'logs' has no component 'logs::Y'; known components: logs::Abs"):
        find_component("logs", "logs::Y", COMPONENTS)


def test_a_module_that_does_not_import_is_named() -> None:
    with pytest.raises(ContainerError, match=r"component 'logs::Absent' does not import: No module named"):
        find_component("logs", "logs::Absent", COMPONENTS)


def test_a_request_becomes_arguments_of_the_constructor() -> None:
    request = NodeRequest(
        package="p",
        plugin="p::N",
        name="n",
        namespace="/ns",
        remap_rules=("a:=b",),
        extra_arguments={"use_intra_process_comms": True, "enable_rosout": False},
    )
    assert constructor_arguments(request) == {
        "cli_args": ["--ros-args", "-r", "a:=b", "-r", "__node:=n", "-r", "__ns:=/ns"],
        "use_global_arguments": False,
        "parameter_overrides": [],
        "enable_rosout": False,
    }
    assert request.full_name == "/ns/n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fast": True}, r"unknown extra argument 'fast'; known: forward_global_arguments, "),
        ({"enable_rosout": "yes"}, r"extra argument 'enable_rosout' must be a bool, got 'yes'"),
    ],
)
def test_a_wrong_extra_argument_is_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ContainerError, match=message):
        constructor_arguments(NodeRequest(package="p", plugin="p::N", extra_arguments=arguments))


def test_an_exception_of_the_constructor_becomes_one_line() -> None:
    request = NodeRequest(package="p", plugin="p::N")
    with pytest.raises(ContainerError, match=r"^component 'p::N' failed to start: the camera is not connected$"):
        construct(request, {"p::N": Entry(Refusing)})  # type: ignore[dict-item]
    assert construct(request, {"p::N": Entry(Plain)}).kwargs["use_global_arguments"] is False  # type: ignore[dict-item]


def test_an_exception_that_does_not_explain_itself_is_shown_with_its_type() -> None:
    assert one_line(KeyError("x")) == "KeyError: 'x'"
    assert one_line(ValueError()) == "ValueError"


class State:
    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


def test_failures_are_collected_by_node_name() -> None:
    assert failed_nodes({"/a": State(failure=None), "/b": State(failure="broke"), "/c": State()}) == {"/b": "broke"}


@pytest.mark.parametrize(
    ("states", "expected"),
    [([], False), ([None], False), ([True], True), ([True, None], True), ([True, False], False)],
)
def test_a_container_is_done_when_every_node_that_can_finish_has(states: list[bool | None], expected: bool) -> None:
    nodes = {f"/{index}": State(finished=state) for index, state in enumerate(states)}
    assert all_finished(nodes | {"/other": State()}) is expected
