"""A host clock that is set while events stream. The clock of the test is injected: nobody may set the machine's."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from books import events_balance
from event_camera_msgs.msg import EventPacket
from rclpy.executors import Executor
from rclpy.node import Node

from aestream_driver.ros.node import DriverNode
from aestream_gpu.ros.node import AccumulatorNode
from aestream_ros.conversions import stamp_ns
from aestream_ros.stream_node import StreamNode


class Host:
    """The system's clock, and what somebody sets it by."""

    set_by_ns = 0

    def now_ns(self, *_: object) -> int:
        return time.time_ns() + self.set_by_ns


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Host:
    made = Host()
    monkeypatch.setattr(StreamNode, "now_ns", made.now_ns)
    return made


@pytest.mark.parametrize("stamp", ["arrival", "sensor"])
@pytest.mark.parametrize("step_ns", [3600 * 10**9, -3600 * 10**9], ids=["forward", "back"])
def test_stamps_and_latency_stay_sane_the_estimate_begins_again_and_no_event_is_lost(
    make_node: Callable[..., Any],
    executor: Executor,
    spin_until: Callable[..., None],
    host: Host,
    stamp: str,
    step_ns: int,
) -> None:
    ages_ns: list[int] = []
    listener = Node("listener", use_global_arguments=False)
    listener.create_subscription(
        EventPacket,
        "/event_camera/events",
        lambda message: ages_ns.append(host.now_ns() - stamp_ns(message.header.stamp)),
        1000,
    )
    executor.add_node(listener)
    sink = make_node(AccumulatorNode, "~/events:=/event_camera/events", device="cpu")
    source = make_node(DriverNode, width=64, height=48, rate_hz=2e5, stamp=stamp)
    spin_until(lambda: len(ages_ns) > 300, what="messages before the step")
    sink.reading()

    host.set_by_ns = step_ns
    under_way = len(ages_ns)
    spin_until(lambda: source.reading().clock_resets == 1, what="the estimate began again")
    spin_until(lambda: len(ages_ns) > under_way + 1000, what="messages after the step")
    assert -1e9 < ages_ns[-1] < 20e9
    median_ms, worst_ms = sink.reading().latency_ms
    assert -1 < median_ms <= worst_ms < 20_000
    assert source.reading().clock_resets == 1
    source.trigger_deactivate()
    spin_until(lambda: events_balance(source.reading(), sink.reading()), what="balanced books")
    executor.remove_node(listener)
    listener.destroy_node()
