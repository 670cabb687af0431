"""SpeckBridge in a process: events by reference and over DDS become predictions, and the books balance."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from aestream_msgs.msg import Prediction
from diagnostic_msgs.msg import DiagnosticArray
from event_camera_msgs.msg import EventPacket
from rclpy.node import Node

from aestream_bridge.ros.speck_bridge import SpeckBridge
from aestream_core import AestreamError, Events
from aestream_core.evt3 import encode_evt3
from aestream_core.exchange import EXCHANGE, Envelope
from aestream_ros.conversions import event_packet, header
from aestream_ros.qos import event_qos, product_qos

TOPIC = "/seen/events"
LABELS = ["top left", "top right", "bottom left", "bottom right"]


def corner(at: int, *, begin_us: int, count: int = 20_000) -> Events:
    """Make 100 ms of events in one quarter of 128x128 pixels."""
    rng = np.random.default_rng(at)
    x, y = (rng.integers(16, 48, count) + 64 * side for side in (at % 2, at // 2))
    times = begin_us + np.sort(rng.integers(0, 100_000, count))
    return Events.from_numpy(t=times, x=x, y=y, p=rng.integers(0, 2, count), width=128, height=128)


@pytest.fixture
def bridge(make_node: Callable[..., Any]) -> Callable[..., SpeckBridge]:
    return partial(make_node, SpeckBridge, f"~/events:={TOPIC}")


def test_events_by_reference_become_predictions_on_the_exchange_and_as_messages(
    bridge: Callable[..., SpeckBridge], listener: Node, spin_until: Callable[..., None]
) -> None:
    publication = EXCHANGE.advertise(TOPIC)
    outputs = EXCHANGE.subscribe("/speck/prediction", limit_bytes=10**6)
    heard: list[Prediction] = []
    listener.create_subscription(Prediction, "/speck/prediction", heard.append, product_qos("reliable"))
    node = bridge(device="sim", network="quadrants", frame_id="eye")
    spin_until(lambda: node.count_subscribers("/speck/prediction") == 1, what="the listener")
    for at in range(4):
        events = corner(at, begin_us=100_000 * at)
        publication.put(Envelope(events, node.now_ns(), len(events)))
    publication.end(node.now_ns())
    spin_until(lambda: node.finished and len(heard) == 4, what="four predictions")
    assert [message.labels[message.best] for message in heard] == LABELS
    assert [message.seq for message in heard] == [0, 1, 2, 3]
    assert [message.t_us for message in heard] == [99_999, 199_999, 299_999, 399_999]
    last = heard[-1]
    assert (last.model, last.header.frame_id, last.normalized) == ("quadrants", "eye", False)
    assert last.event_count == 80_000
    assert 0 <= last.latency_ms < 20_000
    first = outputs.take(0)
    assert first is not None
    assert first.payload is not None
    assert first.payload.scores.tolist() == list(heard[0].scores)
    publication.close()
    EXCHANGE.unsubscribe("/speck/prediction", outputs)
    reading = node.reading()
    assert (reading.events, reading.products, reading.dropped_events) == (80_000, 4, 0)


def test_events_from_outside_the_process_become_predictions_and_the_books_balance(
    bridge: Callable[..., SpeckBridge], listener: Node, spin_until: Callable[..., None]
) -> None:
    node = bridge(reliability="reliable", max_rate_hz=100_000.0)
    diagnosed: list[DiagnosticArray] = []
    listener.create_subscription(DiagnosticArray, "/diagnostics", diagnosed.append, 10)
    publisher = listener.create_publisher(EventPacket, TOPIC, event_qos("reliable"))
    spin_until(lambda: publisher.get_subscription_count() == 1, what="the bridge")
    for seq in range(3):
        events = corner(3, begin_us=100_000 * seq)
        publisher.publish(
            event_packet(
                encode_evt3(events),
                encoding="evt3",
                base_us=events.first_us,
                width=128,
                height=128,
                seq=seq,
                header=header(node.now_ns(), "eye"),
            )
        )
    spin_until(lambda: node.reading().packets == 3, what="three packets")
    reading = node.reading()
    assert reading.messages == 3
    assert reading.events + reading.dropped_events + reading.filtered_events == 60_000
    assert reading.events == pytest.approx(30_000, rel=0.05)
    spin_until(lambda: any(said(each) for each in diagnosed), what="diagnostics")
    values = next(filter(None, map(said, reversed(diagnosed))))
    assert values["network"] == "quadrants"
    assert int(values["synaptic operations"]) == reading.events + 4 * int(values["spikes of cells"])
    assert values["congested events"] == "0"
    assert int(values["spikes of cells"]) > 1000
    assert int(values["dropped_events"]) == reading.dropped_events


def said(message: DiagnosticArray) -> dict[str, str]:
    """Give what diagnostics say of the bridge once all packets went through."""
    for status in message.status:
        values = {each.key: each.value for each in status.values}
        if "spikes of cells" in values and int(values["spikes of cells"]) > 1000:
            return values
    return {}


def test_stopping_gives_the_window_that_is_open(
    bridge: Callable[..., SpeckBridge], spin_until: Callable[..., None]
) -> None:
    publication = EXCHANGE.advertise(TOPIC)
    node = bridge(window_us=1_000_000)
    events = corner(2, begin_us=0)
    publication.put(Envelope(events, node.now_ns(), len(events)))
    spin_until(lambda: node.reading().packets == 1, what="the packet")
    assert node.reading().products == 0
    node.stop()
    node._state = "inactive"
    assert node.reading().products == 1
    publication.close()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"network": "missing.safetensors"}, "network 'missing.safetensors' is not there"),
        ({"device": "moon"}, "device is 'moon'; it must be one of sim, speck2f, speck2e"),
        ({"polarity": "both"}, "polarity is 'both'; it must be one of auto, merge, on, off"),
    ],
)
def test_a_bridge_that_cannot_run_says_why(
    bridge: Callable[..., SpeckBridge], values: dict[str, Any], message: str
) -> None:
    with pytest.raises(AestreamError, match=message):
        bridge(**values)
