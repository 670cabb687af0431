"""What the paths over DDS share: a node, a publisher that waits for its subscriber, a loop of callbacks."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from event_camera_msgs.msg import EventPacket
from rclpy.executors import Executor, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy

from aestream_ros.process import make_executor, ros_process, spin_until_shutdown
from bench.transport.case import Case
from bench.transport.stamps import Received

TOPIC = os.environ.get("AESTREAM_BENCH_TOPIC", "/bench/events")
"""Another one in every run, so that runs beside each other do not mix."""

MATCH_TIMEOUT_S = 30
SETTLE_S = 0.3
STALL_PERIOD_S = 0.5


def qos(case: Case) -> QoSProfile:
    """Give the case's quality of service."""
    reliable = case.reliability == "reliable"
    return QoSProfile(
        depth=case.depth, reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT
    )


@contextmanager
def publisher(case: Case) -> Iterator[Any]:
    """Make a publisher that has its subscriber."""
    with ros_process([]):
        node = Node("bench_publisher")
        made = node.create_publisher(EventPacket, TOPIC, qos(case))
        deadline_s = time.monotonic() + MATCH_TIMEOUT_S
        while not made.get_subscription_count():
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"no subscriber within {MATCH_TIMEOUT_S} s")
            time.sleep(0.01)
        time.sleep(SETTLE_S)
        yield made
        time.sleep(SETTLE_S)
        node.destroy_node()


class Stall:
    """Keeps a callback busy for a while, twice a second."""

    def __init__(self, case: Case) -> None:
        """Begin half a second from now."""
        self._for_s = case.stall_ms / 1000
        self._next_s = time.monotonic() + STALL_PERIOD_S

    def __call__(self) -> None:
        """Wait, if it is time to."""
        if self._for_s and time.monotonic() > self._next_s:
            time.sleep(self._for_s)
            self._next_s = time.monotonic() + STALL_PERIOD_S


def spin(case: Case, received: Received, callback: Callable[[Any], None], *, raw: bool = False) -> None:
    """Subscribe and run the callback until the last packet or a signal."""
    with ros_process([]):
        node = Node("bench_subscriber")
        node.create_subscription(EventPacket, TOPIC, callback, qos(case), raw=raw)
        executor = executor_of(case)
        executor.add_node(node)
        spin_until_shutdown(executor, done=lambda: received.done)
        executor.remove_node(node)
        node.destroy_node()
        executor.shutdown()


def executor_of(case: Case) -> Executor:
    """Give the case's executor."""
    return make_executor() if case.executor == "events" else SingleThreadedExecutor()
