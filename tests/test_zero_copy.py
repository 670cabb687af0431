"""In one process nothing is copied, and nothing is sent that nobody outside hears."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from event_camera_msgs.msg import EventPacket
from rclpy.executors import Executor
from rclpy.node import Node
from rclpy.parameter import Parameter

from aestream_core import Events
from aestream_core.exchange import EXCHANGE, Envelope, Publication
from aestream_driver.ros.node import DriverNode
from aestream_gpu.ros.node import AccumulatorNode
from aestream_gpu.surfaces.count import CountSurface

ACCUMULATOR = {"cli_args": ["--ros-args", "-r", "~/events:=/event_camera/events"], "use_global_arguments": False}


def overrides(**values: Any) -> list[Parameter]:
    return [Parameter(name, value=value) for name, value in values.items()]


@pytest.fixture
def nodes(executor: Executor) -> Iterator[tuple[DriverNode, AccumulatorNode]]:
    accumulator = AccumulatorNode(parameter_overrides=overrides(device="cpu"), **ACCUMULATOR)
    executor.add_node(accumulator)
    driver = DriverNode(
        parameter_overrides=overrides(source="sim", width=128, height=96, rate_hz=1e6, duration_s=0.3),
        use_global_arguments=False,
    )
    executor.add_node(driver)
    yield driver, accumulator
    for node in (driver, accumulator):
        executor.remove_node(node)
        node.close()
        node.destroy_node()


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], list[int]]:
    """Buffer addresses as the driver hands them over and as the surface reads them."""
    handed_over: list[int] = []
    read: list[int] = []
    put, add = Publication.put, CountSurface.add

    def spy_put(self: Publication, envelope: Envelope, *, wait: bool = False) -> int:
        if isinstance(envelope.payload, Events):
            handed_over.append(envelope.payload.address)
        return put(self, envelope, wait=wait)

    def spy_add(self: CountSurface, events: Events) -> None:
        read.append(events.words().__array_interface__["data"][0])
        add(self, events)

    monkeypatch.setattr(Publication, "put", spy_put)
    monkeypatch.setattr(CountSurface, "add", spy_add)
    return handed_over, read


def test_driver_and_accumulator_see_one_buffer_and_nothing_is_sent(
    addresses: tuple[list[int], list[int]], nodes: tuple[DriverNode, AccumulatorNode], spin_until: Callable[..., None]
) -> None:
    driver, accumulator = nodes
    spin_until(lambda: accumulator.finished, what="the accumulator has seen the end of the stream")
    handed_over, read = addresses
    assert len(handed_over) > 100
    # A packet that lies in two windows is added in two parts; the first part starts where the packet does.
    assert set(handed_over) <= set(read)
    source, sink = driver.reading(), accumulator.reading()
    assert source.products == 0, "no message was published"
    assert driver.count_subscribers(driver.resolve_topic_name("~/events")) == 0
    assert source.bytes_copied == sink.bytes_copied == 0
    assert source.events == sink.events > 200_000
    assert sink.dropped_events == sink.invalid_events == 0


def test_a_listener_outside_gets_messages_and_the_hand_over_goes_on(
    nodes: tuple[DriverNode, AccumulatorNode], executor: Executor, spin_until: Callable[..., None]
) -> None:
    _, accumulator = nodes
    heard: list[EventPacket] = []
    listener = Node("listener", use_global_arguments=False)
    listener.create_subscription(EventPacket, "/event_camera/events", heard.append, 1000)
    executor.add_node(listener)
    spin_until(lambda: len(heard) > 3 and accumulator.finished, what="messages and the end of the stream")
    executor.remove_node(listener)
    listener.destroy_node()
    assert {message.encoding for message in heard} == {"evt3"}
    assert max(len(message.events) for message in heard) <= 200_000
    assert accumulator.reading().events > 200_000


def test_the_accumulator_listens_over_dds_only_while_nobody_in_the_process_publishes(
    executor: Executor, spin_until: Callable[..., None]
) -> None:
    accumulator = AccumulatorNode(parameter_overrides=overrides(device="cpu"), **ACCUMULATOR)
    executor.add_node(accumulator)
    topic = "/event_camera/events"
    spin_until(lambda: accumulator.count_subscribers(topic) == 1, what="a DDS subscription")
    publication = EXCHANGE.advertise(topic)
    spin_until(lambda: accumulator.count_subscribers(topic) == 0, what="no DDS subscription")
    publication.close()
    spin_until(lambda: accumulator.count_subscribers(topic) == 1, what="a DDS subscription again")
    executor.remove_node(accumulator)
    accumulator.close()
    accumulator.destroy_node()
