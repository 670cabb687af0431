"""The driver's filters are a parameter that changes while events flow; what they hold back is counted, not lost."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rclpy.executors import Executor
from rclpy.parameter import Parameter

from aestream_core import Events, SimConfig, open_simulator
from aestream_core.exchange import EXCHANGE, Subscription
from aestream_driver.ros.node import DriverNode

TOPIC = "/event_camera/events"
SENSOR = {"width": 64, "height": 48}
VALUES = {"rate_hz": 1e6, "packet_us": 1000, "duration_s": 0.3, "seed": 4, "speed": 1.0, **SENSOR}


@pytest.fixture
def outputs() -> Iterator[Subscription]:
    subscription = EXCHANGE.subscribe(TOPIC, limit_bytes=10**9)
    yield subscription
    EXCHANGE.unsubscribe(TOPIC, subscription)


@pytest.fixture
def run(executor: Executor) -> Iterator[Callable[..., DriverNode]]:
    made: list[DriverNode] = []

    def start(**values: Any) -> DriverNode:
        parameters = [Parameter(name, value=value) for name, value in {**VALUES, **values}.items()]
        made.append(DriverNode(parameter_overrides=parameters, use_global_arguments=False))
        executor.add_node(made[-1])
        return made[-1]

    yield start
    for node in made:
        executor.remove_node(node)
        node.close()
        node.destroy_node()


def taken(outputs: Subscription) -> list[Events]:
    packets = []
    while (envelope := outputs.take(0)) is not None:
        if envelope.payload is not None:
            packets.append(envelope.payload)
    return packets


def test_filters_change_while_events_flow_and_what_they_hold_back_is_counted(
    run: Callable[..., DriverNode], outputs: Subscription, spin_until: Callable[..., None]
) -> None:
    node = run(filters=["polarity:on"])
    spin_until(lambda: node.reading().packets > 20, what="packets")
    (result,) = node.set_parameters([Parameter("filters", value=["roi:0:0:32:48"])])
    assert result.successful
    (result,) = node.set_parameters([Parameter("filters", value=["moon"])])
    assert not result.successful
    assert result.reason.startswith("unknown filter 'moon'; known: ")
    assert node.config.filters == ("roi:0:0:32:48",)
    spin_until(lambda: node.finished, what="the end of the stream")
    packets, reading = taken(outputs), node.reading()
    made = sum(
        len(events)
        for events in open_simulator(SimConfig(**SENSOR, rate_hz=1e6, seed=4, duration_us=300_000), packet_us=1000)
    )
    assert {events.width for events in packets} == {64, 32}
    assert all(events.to_numpy()["p"].all() for events in packets if events.width == 64)
    assert sum(len(events) for events in packets) == reading.events > 0
    assert reading.events + reading.filtered_events == made
    assert reading.dropped_events == reading.invalid_events == 0


def test_an_unknown_filter_keeps_the_driver_from_starting(run: Callable[..., DriverNode]) -> None:
    with pytest.raises(Exception, match="unknown filter 'moon'; known: "):
        run(filters=["moon"])
