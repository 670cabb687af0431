"""Events over UDP from node to node: every one arrives, by reference in and decoded out, and faults are said."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray
from event_camera_msgs.msg import EventPacket
from rclpy.executors import Executor
from rclpy.node import Node
from rclpy.parameter import Parameter

from aestream_bridge.ros.udp_bridge import UdpBridge
from aestream_core import AestreamError, Events
from aestream_core.exchange import EXCHANGE, Envelope, Publication, Subscription
from aestream_core.net import DatagramEncoder, UdpSender, UdpStream, open_udp
from aestream_driver.ros.node import DriverNode
from aestream_ros.conversions import event_packet, header
from aestream_ros.qos import event_qos

TOPIC = "/sent/events"
WIDTH, HEIGHT = 320, 240


def packet(seq: int, count: int = 1000) -> Events:
    rng = np.random.default_rng(seq)
    return Events.from_numpy(
        t=seq * 10_000 + np.sort(rng.integers(0, 10_000, count)),
        x=rng.integers(0, WIDTH, count),
        y=rng.integers(0, HEIGHT, count),
        p=rng.integers(0, 2, count),
        width=WIDTH,
        height=HEIGHT,
    )


def joined(packets: list[Events]) -> np.ndarray:
    return np.concatenate([each.to_numpy() for each in packets])


@pytest.fixture
def make(executor: Executor) -> Iterator[Callable[..., Any]]:
    """Make a node with parameters; it is closed at the end."""
    made: list[Any] = []

    def make(node_class: Any, *remaps: str, **values: Any) -> Any:
        rules = [word for each in remaps for word in ("-r", each)]
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        node = node_class(parameter_overrides=overrides, cli_args=["--ros-args", *rules], use_global_arguments=False)
        executor.add_node(node)
        made.append(node)
        return node

    yield make
    for node in made:
        node.close()
        executor.remove_node(node)
        node.destroy_node()


@pytest.fixture
def receiver() -> Iterator[UdpStream]:
    with open_udp("127.0.0.1", 0, once=True, idle_timeout_s=20.0) as stream:
        yield stream


@pytest.fixture
def publication() -> Iterator[Publication]:
    publication = EXCHANGE.advertise(TOPIC)
    yield publication
    publication.close()


def bridge_to(make: Callable[..., Any], receiver: UdpStream, **values: Any) -> UdpBridge:
    node: UdpBridge = make(UdpBridge, f"~/events:={TOPIC}", port=receiver.port, **values)
    return node


def test_every_event_of_this_process_leaves_and_the_receiver_hears_the_end(
    make: Callable[..., Any], receiver: UdpStream, publication: Publication
) -> None:
    node = bridge_to(make, receiver)
    for n in range(20):
        publication.put(Envelope(packet(n), node.now_ns(), 1000), wait=True)
    node.trigger_deactivate()
    packets = list(receiver)
    assert (receiver.width, receiver.height) == (WIDTH, HEIGHT)
    assert np.array_equal(joined(packets), joined([packet(n) for n in range(20)]))
    reading = node.reading()
    assert (reading.events, reading.packets, reading.dropped_events) == (20_000, 20, 0)
    assert reading.products - 2 <= receiver.counters()["datagrams"] <= reading.products  # the end is said three times


def test_every_event_of_another_process_leaves(
    make: Callable[..., Any], receiver: UdpStream, executor: Executor, spin_until: Callable[..., None]
) -> None:
    outside = Node("outside")
    executor.add_node(outside)
    publisher = outside.create_publisher(EventPacket, TOPIC, event_qos("reliable"))
    node = bridge_to(make, receiver, reliability="reliable")
    spin_until(lambda: publisher.get_subscription_count() == 1, what="the bridge listens")
    for n in range(10):
        data = packet(n).records()
        assert data["t"].max() < 1 << 31
        publisher.publish(mono_message(packet(n), n, node.now_ns()))
    spin_until(lambda: node.reading().events == 10_000, what="every event left")
    node.trigger_deactivate()
    assert np.array_equal(joined(list(receiver)), joined([packet(n) for n in range(10)]))
    executor.remove_node(outside)
    outside.destroy_node()


def mono_message(events: Events, seq: int, now_ns: int) -> EventPacket:
    """Events as the oldest encoding of the ecosystem has them: 64 bits each."""
    array = events.to_numpy()
    words = (array["t"].astype(np.uint64) - np.uint64(events.t0_us)) * np.uint64(1000)
    words |= array["x"].astype(np.uint64) << np.uint64(32) | array["y"].astype(np.uint64) << np.uint64(48)
    words |= array["p"].astype(np.uint64) << np.uint64(63)
    return event_packet(
        words.view(np.uint8),
        encoding="mono",
        base_us=events.t0_us,
        width=events.width,
        height=events.height,
        seq=seq,
        header=header(now_ns, "camera"),
    )


def test_more_than_may_be_sent_is_dropped_and_counted(
    make: Callable[..., Any], receiver: UdpStream, publication: Publication
) -> None:
    node = bridge_to(make, receiver, rate_hz=1e5, queue_limit_bytes=1_000_000)
    for n in range(200):
        publication.put(Envelope(packet(n, 2000), node.now_ns(), 2000))
    node.trigger_deactivate()
    reading = node.reading()
    assert reading.dropped_events > 100_000
    assert reading.events + reading.dropped_events == 400_000


def test_diagnostics_say_where_events_go_and_what_the_network_answered(
    make: Callable[..., Any],
    receiver: UdpStream,
    executor: Executor,
    spin_until: Callable[..., None],
) -> None:
    listener = Node("listener")
    executor.add_node(listener)
    entries: dict[str, dict[str, str]] = {}

    def note(message: DiagnosticArray) -> None:
        for each in message.status:
            entries[each.name] = {value.key: value.value for value in each.values}

    listener.create_subscription(DiagnosticArray, "/diagnostics", note, 10)
    bridge_to(make, receiver)
    spin_until(lambda: "/udp_bridge: udp" in entries, what="diagnostics of the bridge")
    entry = entries["/udp_bridge: udp"]
    assert entry["place"].startswith("127.0.0.1")
    assert {"datagrams", "dropped", "refused", "unreachable"} <= set(entry)
    executor.remove_node(listener)
    listener.destroy_node()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"port": 0}, "port is 0; it must be 1 to 65535"),
        ({"address": "no.such.host.invalid"}, "no.such.host.invalid"),
        ({"protocol": "tcp"}, "protocol is 'tcp'; it must be one of framed, spif"),
        ({"timestamps": True}, "framed datagrams always carry times"),
        ({"ttl": 256}, "ttl is 256; it must be 0 to 255"),
        ({"queue_limit_bytes": 10}, "queue_limit_bytes is 10"),
    ],
)
def test_a_bridge_that_cannot_be_says_why(make: Callable[..., Any], values: dict[str, Any], message: str) -> None:
    with pytest.raises(AestreamError, match=message):
        make(UdpBridge, **values)


# DriverNode, source udp ---------------------------------------------------------------------------------------------


@pytest.fixture
def inbox() -> Subscription:
    return EXCHANGE.subscribe("/event_camera/events", limit_bytes=10**9)


def taken(inbox: Subscription) -> list[Events]:
    packets: list[Events] = []
    while (envelope := inbox.take(5.0)) is not None and envelope.payload is not None:
        assert isinstance(envelope.payload, Events)
        packets.append(envelope.payload)
    return packets


def port_of(node: DriverNode) -> int:
    assert node.source is not None
    return int(node.source.description.split(":")[1].split(",")[0])


def test_a_driver_publishes_what_a_sender_sends_to_its_end(make: Callable[..., Any], inbox: Subscription) -> None:
    node = make(DriverNode, source="udp", port=0, once=True)
    with UdpSender("127.0.0.1", port_of(node)) as sender:
        for n in range(20):
            sender.write(packet(n))
    packets = taken(inbox)
    assert np.array_equal(joined(packets), joined([packet(n) for n in range(20)]))
    assert (packets[0].width, packets[0].height) == (WIDTH, HEIGHT)
    assert node.reading().events == 20_000
    assert node.details()["datagrams"] > 100


def test_a_driver_waits_for_the_next_sender_where_it_is_not_to_end(
    make: Callable[..., Any], inbox: Subscription, spin_until: Callable[..., None]
) -> None:
    node = make(DriverNode, source="udp", port=0)
    for n in range(2):
        with UdpSender("127.0.0.1", port_of(node)) as sender:
            sender.write(packet(n))
        spin_until(lambda n=n: node.reading().events == 1000 * (n + 1), what="events of a sender")  # type: ignore[misc]
    assert not node.finished


def test_a_driver_listens_again_after_it_was_deactivated(
    make: Callable[..., Any], inbox: Subscription, spin_until: Callable[..., None]
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    node = make(DriverNode, source="udp", port=port)
    for n in range(3):
        with UdpSender("127.0.0.1", port) as sender:
            sender.write(packet(n))
        spin_until(lambda n=n: node.reading().events == 1000 * (n + 1), what="events of a sender")  # type: ignore[misc]
        node.trigger_deactivate()
        node.trigger_activate()
        assert node.failure is None


def test_a_driver_counts_what_does_not_arrive_and_what_is_outside(
    make: Callable[..., Any], inbox: Subscription, spin_until: Callable[..., None]
) -> None:
    node = make(DriverNode, source="udp", port=0, once=True, width=WIDTH // 2, height=HEIGHT)
    encoder = DatagramEncoder()
    datagrams = [each for n in range(5) for each in encoder.encode(packet(n))] + encoder.end()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        for n, datagram in enumerate(datagrams):
            if n not in (3, 4, 9):
                plain.sendto(datagram, ("127.0.0.1", port_of(node)))
    taken(inbox)
    reading = node.reading()
    assert (reading.dropped_packets, node.details()["lost_datagrams"]) == (3, 3)
    assert reading.invalid_events > 1000
    assert reading.events + reading.dropped_events + reading.invalid_events == 5000


def test_an_address_that_is_not_of_this_machine_is_said(make: Callable[..., Any]) -> None:
    with pytest.raises(AestreamError, match=r"192\.0\.2\.1"):
        make(DriverNode, source="udp", address="192.0.2.1")
