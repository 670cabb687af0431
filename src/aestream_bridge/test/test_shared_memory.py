"""Shared memory as a link: a process of its own gets every event, what is lost is counted, and the end is seen."""

import multiprocessing
import threading
import uuid

import numpy as np
import pytest
from link_packets import HEIGHT, WIDTH, joined, packet

from aestream_bridge.links.shared_memory import PACKET_EVENTS, ShmReceiver, ShmSender, open_shm, topic_of
from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_core.events import Events

pytest.importorskip("iceoryx2")


@pytest.fixture
def name() -> str:
    return f"test_{uuid.uuid4().hex}"


def send(name: str, packets: int, count: int) -> None:
    sender = ShmSender(name, receivers=1)
    for n in range(packets):
        sender.write(packet(n, count))
    sender.close()


@pytest.mark.parametrize("packets", [1, 100])
def test_a_process_of_its_own_gets_every_event_and_the_end(name: str, packets: int) -> None:
    process = multiprocessing.get_context("spawn").Process(target=send, args=(name, packets, 2000))
    process.start()
    with open_shm(name, wait_s=60) as stream:
        assert (stream.width, stream.height) == (WIDTH, HEIGHT)
        taken = list(stream)
    process.join()
    assert np.array_equal(joined(taken), joined([packet(n, 2000) for n in range(packets)]))


def send_for_ever(name: str) -> None:
    sender = ShmSender(name, receivers=1)
    while True:
        sender.write(packet(0))


def test_a_sender_that_is_killed_ends_the_stream(name: str) -> None:
    process = multiprocessing.get_context("spawn").Process(target=send_for_ever, args=(name,))
    process.start()
    with open_shm(name, wait_s=60) as stream:
        process.kill()
        process.join()
        assert sum(map(len, stream)) >= 1000


def test_long_packets_are_cut(name: str) -> None:
    receiver, sender = ShmReceiver(name), ShmSender(name)
    sender.write(packet(0, 40_000))
    taken = receiver.take(5.0)
    assert [len(each) for each in taken] == [PACKET_EVENTS, PACKET_EVENTS, 40_000 - 2 * PACKET_EVENTS]
    assert np.array_equal(joined(taken), packet(0, 40_000).to_numpy())
    sender.close()
    receiver.close()


def test_what_a_slow_receiver_does_not_get_is_counted(name: str) -> None:
    receiver, sender = ShmReceiver(name), ShmSender(name)
    sender.write(packet(0, 100))
    assert len(receiver.take(5.0)) == 1
    for n in range(1, 1001):
        sender.write(packet(n, 100))
    sender.close()
    while not receiver.ended:
        receiver.take(0.1)
    counters = receiver.counters()
    receiver.close()
    assert counters["lost_events"] > 0
    assert counters["events"] + counters["lost_events"] == 100_100


def test_events_for_nobody_are_counted(name: str) -> None:
    sender = ShmSender(name)
    sender.write(packet(0))
    assert (sender.events, sender.unheard_events) == (1000, 1000)
    sender.close()
    sender.close()


def test_packets_of_another_sensor_are_refused_and_counted(name: str) -> None:
    receiver, sender = ShmReceiver(name), ShmSender(name)
    sender.write(packet(0))
    sender.write(Events.from_numpy(t=[1], x=[0], y=[0], p=[0], width=8, height=8))
    assert sum(map(len, receiver.take(5.0))) == 1000
    assert receiver.counters()["refused_packets"] == 1
    sender.close()
    receiver.close()


def test_closing_from_another_thread_ends_a_waiting_stream(name: str) -> None:
    receiver, sender = ShmReceiver(name), ShmSender(name)
    receiver.close()
    opened: list[object] = []
    opener = threading.Thread(target=lambda: opened.append(open_shm(name)))
    opener.start()
    while opener.is_alive():
        sender.write(packet(0))
        opener.join(0.05)
    (stream,) = opened
    threading.Timer(0.2, stream.close).start()  # type: ignore[attr-defined]
    assert sum(map(len, stream)) >= 1000  # type: ignore[call-overload]
    sender.close()


def test_nobody_there_is_said_in_time(name: str) -> None:
    with pytest.raises(AestreamError, match=f"nothing came from shared memory {name} in 0.1 s"):
        open_shm(name, wait_s=0.1)


@pytest.mark.parametrize("bad", ["", "/", "a b", "a//b", "../x", "a/", "x" * 200])
def test_what_is_no_name_is_named(bad: str) -> None:
    with pytest.raises(InvalidArgumentError, match="name is "):
        topic_of(bad)


def test_a_ros_topic_is_a_name() -> None:
    assert topic_of("/event_camera/events") == "/event_camera/events"
    assert topic_of("camera") == "/camera"
