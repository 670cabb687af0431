"""Whose time it is: stamps by the host's clock, by the sensor's, and by /clock."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from aestream_msgs.msg import StreamStatus
from event_camera_msgs.msg import EventPacket
from rclpy.executors import Executor
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.node import Node
from rosgraph_msgs.msg import Clock

from aestream_driver.ros.node import DriverNode
from aestream_gpu.ros.node import AccumulatorNode
from aestream_ros.conversions import header, stamp_ns

SIMULATED_S = 1234
SENSOR = {"width": 64, "height": 48, "rate_hz": 1e5}


class Listener:
    """Hears packets and status, and is the clock."""

    def __init__(self, executor: Executor) -> None:
        self.node = Node("listener", use_global_arguments=False)
        self.packets: list[EventPacket] = []
        self.status: dict[str, StreamStatus] = {}
        self.node.create_subscription(EventPacket, "/event_camera/events", self.packets.append, 1000)
        for name in ("event_camera", "accumulator"):
            self.node.create_subscription(
                StreamStatus, f"/{name}/status", lambda status, name=name: self.status.update({name: status}), 10
            )
        self.clock = self.node.create_publisher(Clock, "/clock", 10)
        executor.add_node(self.node)

    def tick(self) -> None:
        self.clock.publish(Clock(clock=header(SIMULATED_S * 10**9, "").stamp))


@pytest.fixture
def listener(executor: Executor) -> Iterator[Listener]:
    made = Listener(executor)
    yield made
    executor.remove_node(made.node)
    made.node.destroy_node()


def test_with_use_sim_time_stamps_follow_the_clock_topic_and_status_goes_on_where_it_stands_still(
    make_node: Callable[..., Any], listener: Listener, spin_until: Callable[..., None]
) -> None:
    make_node(AccumulatorNode, "~/events:=/event_camera/events", device="cpu", use_sim_time=True)
    driver = make_node(DriverNode, use_sim_time=True, **SENSOR)

    def told() -> bool:
        listener.tick()
        return bool(driver.get_clock().now().nanoseconds == SIMULATED_S * 10**9)

    spin_until(told, what="a node that hears /clock")
    listener.packets.clear()
    listener.status.clear()
    spin_until(lambda: len(listener.packets) > 20 and len(listener.status) == 2, what="packets and status")
    assert stamp_ns(listener.packets[-1].header.stamp) == SIMULATED_S * 10**9
    for status in listener.status.values():
        assert status.header.stamp.sec == SIMULATED_S
    assert listener.status["accumulator"].events > 0
    assert (driver.reading().clock_offset_ns, driver.reading().clock_resets) == (0, 0)


def test_with_stamp_sensor_stamps_are_as_far_apart_as_the_first_events(
    make_node: Callable[..., Any], listener: Listener, spin_until: Callable[..., None]
) -> None:
    driver = make_node(DriverNode, stamp="sensor", **SENSOR)
    spin_until(lambda: len(listener.packets) > 200, what="packets")
    # The time base of a simulated packet is its first event. Arrivals jitter up and down; the line that the stamps lie
    # on only ever moves down, to a packet that was delayed less than any before it.
    offsets = [stamp_ns(packet.header.stamp) - packet.time_base for packet in listener.packets]
    assert all(after <= before + 1000 for before, after in pairwise(offsets))
    reading = driver.reading()
    assert abs(reading.clock_offset_ns - offsets[-1]) < 100_000_000
    assert reading.clock_resets == 0


def test_sensor_stamps_and_simulated_time_exclude_each_other(make_node: Callable[..., Any]) -> None:
    driver = make_node(DriverNode, stamp="sensor", use_sim_time=True, autostart=False)
    assert driver.trigger_configure() == TransitionCallbackReturn.FAILURE
    assert driver.failure == "stamp is 'sensor' and use_sim_time is true; /clock is not the camera's host clock"
