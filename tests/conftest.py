"""Real ROS 2 for the tests across packages."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import rclpy
from rclpy.executors import Executor

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
