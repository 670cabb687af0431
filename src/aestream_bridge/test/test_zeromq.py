"""ZeroMQ links: every event arrives or is counted, receivers come and go, and nobody waits for ever."""

import multiprocessing
import threading
from pathlib import Path

import numpy as np
import pytest
from link_packets import HEIGHT, WIDTH, joined, packet

from aestream_bridge.links.zeromq_receiver import ZmqReceiver, ZmqReceiverConfig, open_zmq
from aestream_bridge.links.zeromq_sender import MESSAGE_EVENTS, ZmqSender, ZmqSenderConfig
from aestream_core.errors import AestreamError, InvalidArgumentError, MissingDependencyError

zmq = pytest.importorskip("zmq")


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"ipc://{tmp_path}/link"


def send(address: str, packets: int, count: int, config: ZmqSenderConfig) -> None:
    sender = ZmqSender(address, config, width=WIDTH, height=HEIGHT)
    for n in range(packets):
        sender.write(packet(n, count))
    sender.close()


def start(address: str, packets: int, count: int = 1000, **config: object) -> threading.Thread:
    thread = threading.Thread(target=send, args=(address, packets, count, ZmqSenderConfig(**config)))  # type: ignore[arg-type]
    thread.start()
    return thread


@pytest.mark.parametrize("where", ["ipc", "tcp://127.0.0.1:*", "tcp://[::1]:*"])
def test_every_event_arrives_in_order_and_the_end_ends_the_stream(where: str, address: str) -> None:
    receiver = ZmqReceiver(address if where == "ipc" else where, ZmqReceiverConfig(bind=True))
    config = ZmqSenderConfig(receivers=1, wait=True, connect=True)
    thread = threading.Thread(target=send, args=(receiver.address, 20, 1000, config))
    thread.start()
    taken = []
    while not receiver.ended:
        taken += receiver.take(1.0)
    receiver.close()
    thread.join()
    assert np.array_equal(joined(taken), joined([packet(n) for n in range(20)]))
    assert receiver.counters()["lost_events"] == 0


def test_a_process_of_its_own_reads_what_another_one_sends(address: str) -> None:
    config = ZmqSenderConfig(receivers=1, wait=True)
    process = multiprocessing.get_context("spawn").Process(target=send, args=(address, 50, 20_000, config))
    process.start()
    with open_zmq(address, wait_s=60) as stream:
        assert (stream.width, stream.height) == (WIDTH, HEIGHT)
        packets = list(stream)
    process.join()
    assert max(map(len, packets)) <= MESSAGE_EVENTS
    assert np.array_equal(joined(packets), joined([packet(n, 20_000) for n in range(50)]))


def test_a_push_holds_the_source_back_and_loses_nothing(address: str) -> None:
    thread = start(address, 300, 10_000, pattern="push", queue_mb=1)
    with open_zmq(address, ZmqReceiverConfig(pattern="push", queue_mb=1), wait_s=20) as stream:
        assert thread.is_alive()  # 24 MB do not fit into what may wait
        count = sum(map(len, stream))
    thread.join()
    assert count == 3_000_000
    assert stream.counters()["lost_events"] == 0


def test_a_slow_subscriber_counts_what_it_did_not_get(address: str) -> None:
    receiver = ZmqReceiver(address, ZmqReceiverConfig(queue_mb=1))
    sender = ZmqSender(address, ZmqSenderConfig(receivers=1, queue_mb=1), width=WIDTH, height=HEIGHT)
    for n in range(400):
        sender.write(packet(n, 10_000))
    taken = []
    closer = threading.Thread(target=sender.close)
    closer.start()
    while not receiver.ended:
        taken += receiver.take(1.0)
    counters = receiver.counters()
    receiver.close()
    closer.join()
    assert 0 < counters["lost_events"] < 4_000_000
    assert counters["events"] == sum(map(len, taken))
    assert counters["events"] + counters["lost_events"] == 4_000_000


def test_subscribers_come_and_go_and_events_for_nobody_are_counted(address: str) -> None:
    sender = ZmqSender(address, width=WIDTH, height=HEIGHT)
    sender.write(packet(0))
    assert sender.unheard_events == 1000
    receivers = [ZmqReceiver(address) for _ in range(2)]
    while sender.receivers < 2:
        pass
    sender.write(packet(1))
    assert [len(receiver.take(5.0)) for receiver in receivers] == [1, 1]
    for receiver in receivers:
        receiver.close()
    while sender.receivers:
        pass
    sender.write(packet(2))
    assert (sender.unheard_events, sender.events) == (2000, 3000)
    sender.close()


def test_other_messages_are_counted_and_left_out(address: str) -> None:
    receiver = ZmqReceiver(address, ZmqReceiverConfig(pattern="push", bind=True))
    context = zmq.Context()
    socket = context.socket(zmq.PUSH)
    socket.connect(address)
    for frames in ([b"hello"], [b""], [b"a", b"b"], [b"a", b"b", b"c"], [bytes(64), bytes(8)]):
        socket.send_multipart(frames)
    while receiver.counters()["refused_packets"] < 5:
        assert receiver.take(0.05) == []
    context.destroy()
    receiver.close()


def test_closing_from_another_thread_ends_a_waiting_stream(address: str) -> None:
    sender = ZmqSender(address, ZmqSenderConfig(), width=WIDTH, height=HEIGHT)
    opened: list[object] = []
    opener = threading.Thread(target=lambda: opened.append(open_zmq(address)))
    opener.start()
    while sender.receivers < 1:
        pass
    sender.write(packet(0))
    opener.join()
    (stream,) = opened
    assert len(next(stream)) == 1000  # type: ignore[call-overload]
    threading.Timer(0.1, stream.close).start()  # type: ignore[attr-defined]
    assert list(stream) == []  # type: ignore[call-overload]
    sender.close()
    sender.close()


def test_a_silent_sender_ends_the_stream_where_asked_to(address: str) -> None:
    sender = ZmqSender(address, ZmqSenderConfig(pattern="push"), width=WIDTH, height=HEIGHT)
    writer = threading.Thread(target=sender.write, args=(packet(0),))
    writer.start()
    with open_zmq(address, ZmqReceiverConfig(pattern="push"), idle_s=0.2, wait_s=20) as stream:
        assert sum(map(len, stream)) == 1000
    writer.join()
    sender._context.destroy(linger=0)


def test_nobody_there_is_said_in_time(address: str) -> None:
    with pytest.raises(AestreamError, match=r"nothing came from ipc://.* in 0.1 s"):
        open_zmq(address, wait_s=0.1)


@pytest.mark.parametrize("bad", ["5555", "tcp://1.2.3.4", "tcp://a:70000", "udp://a:1", "tcp://a b:1", ""])
def test_what_is_no_address_is_named(bad: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"address is .*; it must be tcp://HOST:PORT"):
        ZmqSender(bad, width=WIDTH, height=HEIGHT)


def test_an_address_in_use_is_said(address: str) -> None:
    sender = ZmqSender("tcp://127.0.0.1:*", width=WIDTH, height=HEIGHT)
    with pytest.raises(AestreamError, match=r"cannot listen on 'tcp://127.0.0.1:\d+': Address already in use"):
        ZmqSender(sender.address, width=WIDTH, height=HEIGHT)
    sender.close()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("pattern", "pair", "pattern is 'pair'; it must be one of pub, push"),
        ("queue_mb", 0, "queue_mb is 0; it must be 1 to 65536 MB"),
        ("receivers", -1, "receivers is -1"),
        ("linger_s", -0.5, "linger_s is -0.5"),
    ],
)
def test_settings_that_cannot_be_are_refused(name: str, value: object, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        ZmqSenderConfig(**{name: value})  # type: ignore[arg-type]


@pytest.fixture
def without_pyzmq(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "zmq", None)


@pytest.mark.usefixtures("without_pyzmq")
def test_a_missing_library_is_said_with_what_brings_it(address: str) -> None:
    with pytest.raises(MissingDependencyError, match="ZeroMQ needs pyzmq, which is not installed: pip install pyzmq"):
        ZmqSender(address, width=WIDTH, height=HEIGHT)
