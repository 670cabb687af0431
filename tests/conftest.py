"""Real ROS 2 for the tests across packages."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rclpy
from rclpy.executors import Executor
from rclpy.node import Node
from rclpy.parameter import Parameter

from aestream_ros.process import make_executor

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def executor() -> Iterator[Executor]:
    """The suite's executor in an initialised process."""
    rclpy.init()
    made = make_executor()
    yield made
    made.shutdown()
    rclpy.try_shutdown()


@pytest.fixture
def spin_until(executor: Executor) -> Callable[..., None]:
    """Run callbacks until something holds; fail with its name where it does not in time."""

    def spin(condition: Callable[[], bool], *, what: str, timeout_s: float = 20.0) -> None:
        deadline_s = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline_s, f"not within {timeout_s} s: {what}"
            executor.spin_once(timeout_sec=0.05)

    return spin


@pytest.fixture
def make_node(executor: Executor) -> Iterator[Callable[..., Any]]:
    """Make a node in this process: its class, remappings such as "~/events:=/seen", parameters by name."""
    nodes: list[Any] = []

    def make(kind: Any, *remap: str, **parameters: Any) -> Any:
        node = kind(
            parameter_overrides=[Parameter(name, value=value) for name, value in parameters.items()],
            cli_args=["--ros-args", *(text for rule in remap for text in ("-r", rule))],
            use_global_arguments=False,
        )
        nodes.append(node)
        executor.add_node(node)
        return node

    yield make
    for node in reversed(nodes):
        executor.remove_node(node)
        node.close()
        node.destroy_node()
    assert rclpy.ok()


@pytest.fixture
def listener(executor: Executor) -> Iterator[Node]:
    """A node of the ecosystem's kind, for subscriptions of the test."""
    node = Node("listener", use_global_arguments=False)
    executor.add_node(node)
    yield node
    executor.remove_node(node)
    node.destroy_node()
