"""Transports beside DDS: every event in another process, losses counted, a missing library said."""

import subprocess
import sys
import threading
import uuid

import numpy as np
import pytest

from aestream_core import AestreamError, Events, InvalidArgumentError
from aestream_core.transports.feed import Feed
from aestream_core.transports.names import TRANSPORTS
from aestream_core.transports.table import LIBRARIES, RECEIVERS, SENDERS, open_receiver, open_sender, require

PACKETS, EVENTS = 200, 5000
SENDER = f"""
import sys
import numpy as np
from aestream_core import Events
from aestream_core.transports.table import open_sender

def packet(seq):
    rng = np.random.default_rng(seq)
    return Events.from_numpy(
        t=seq * 1000 + np.sort(rng.integers(0, 1000, {EVENTS})), x=rng.integers(0, 640, {EVENTS}),
        y=rng.integers(0, 480, {EVENTS}), p=rng.integers(0, 2, {EVENTS}), width=640, height=480,
    )

if __name__ == "__main__":
    sender = open_sender(sys.argv[1], sys.argv[2])
    for line in sys.stdin:
        for seq in range(*map(int, line.split())):
            sender.send(packet(seq), 1_000_000 + seq)
        print(sender.subscribers, flush=True)
"""


def packet(seq: int) -> Events:
    namespace: dict = {"__name__": "sender"}
    exec(SENDER, namespace)
    return namespace["packet"](seq)


@pytest.fixture(params=[name for name in TRANSPORTS if name != "dds"])
def transport(request: pytest.FixtureRequest) -> str:
    pytest.importorskip(request.param)
    return str(request.param)


@pytest.fixture
def topic() -> str:
    return f"/test_{uuid.uuid4().hex}/events"


@pytest.fixture
def sender(transport: str, topic: str):
    process = subprocess.Popen(
        [sys.executable, "-c", SENDER, transport, topic], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def send(first: int, last: int) -> int:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{first} {last}\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    yield send
    process.communicate("", timeout=20)
    assert process.returncode == 0


def test_every_transport_has_a_row_in_each_table() -> None:
    names = set(TRANSPORTS) - {"dds"}
    assert set(SENDERS) == set(RECEIVERS) == set(LIBRARIES) == names
    assert open_sender("dds", "/events") is None
    assert open_receiver("dds", "/events") is None


def test_events_cross_processes_bit_for_bit_in_order(transport: str, topic: str, sender) -> None:
    receiver = open_receiver(transport, topic)
    assert receiver is not None
    assert sender(0, PACKETS) == 1
    arrivals = receiver.take(5)
    while len(arrivals) < PACKETS and (more := receiver.take(5)):
        arrivals += more
    assert [arrival.stamp_ns for arrival in arrivals] == [1_000_000 + seq for seq in range(PACKETS)]
    for seq, arrival in enumerate(arrivals):
        assert np.array_equal(arrival.events.to_numpy(), packet(seq).to_numpy())
        assert (arrival.events.width, arrival.events.height) == (640, 480)
    assert (receiver.lost_packets, receiver.lost_events) == (0, 0)
    receiver.close()


def test_a_subscriber_that_does_not_take_loses_the_oldest_and_counts_every_event(
    transport: str, topic: str, sender
) -> None:
    receiver = open_receiver(transport, topic)
    assert receiver is not None
    sender(0, 1)
    first = receiver.take(5)
    sender(1, 1000)
    rest = receiver.take(5)
    received = sum(len(arrival.events) for arrival in first + rest)
    assert rest[-1].stamp_ns == 1_000_000 + 999
    assert receiver.lost_packets == 1000 - len(first) - len(rest) > 0
    assert received + receiver.lost_events == 1000 * EVENTS
    receiver.close()


def test_a_packet_larger_than_those_before_arrives_whole(transport: str, topic: str) -> None:
    sender, receiver = open_sender(transport, topic), open_receiver(transport, topic)
    assert sender is not None
    assert receiver is not None
    for count in (10, 300_000, 1_000_000):
        events = Events.from_numpy(
            t=np.arange(count),
            x=np.arange(count) % 640,
            y=np.arange(count) % 480,
            p=np.ones(count),
            width=640,
            height=480,
        )
        sender.send(events, 0)
        (arrival,) = receiver.take(5)
        assert np.array_equal(arrival.events.records(), events.records())
    sender.close()
    receiver.close()


def test_a_feed_hands_on_what_comes_until_it_is_closed_and_opens_again(transport: str, topic: str, sender) -> None:
    came, failures = threading.Semaphore(0), []
    seen: list[int] = []

    def sink(arrival) -> None:
        seen.append(arrival.stamp_ns)
        came.release()

    feed = Feed(transport, topic, sink=sink, on_failure=failures.append)
    feed.open()
    sender(0, 1)
    assert came.acquire(timeout=10)
    feed.close()
    sender(1, 2)
    feed.open()
    sender(2, 3)
    assert came.acquire(timeout=10)
    feed.close()
    assert seen == [1_000_000, 1_000_002]
    assert (feed.lost, failures) == ((0, 0), [])


def test_a_subscriber_that_leaves_is_no_longer_counted(transport: str, topic: str) -> None:
    sender, receiver = open_sender(transport, topic), open_receiver(transport, topic)
    assert sender is not None
    assert receiver is not None
    assert sender.subscribers == 1
    receiver.close()
    assert sender.subscribers == 0
    sender.close()


def test_a_killed_subscriber_neither_holds_the_sender_back_nor_takes_a_place_for_ever(
    transport: str, topic: str
) -> None:
    sender, events = open_sender(transport, topic), packet(0)
    assert sender is not None
    listen = f"""
from aestream_core.transports.table import open_receiver
receiver = open_receiver({transport!r}, {topic!r})
print("listening", flush=True)
while True:
    receiver.take(1)
"""
    for _ in range(2):
        process = subprocess.Popen([sys.executable, "-c", listen], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "listening\n"
        assert sender.subscribers == 1, "the one before is forgotten when the next comes"
        process.kill()
        process.communicate()
        for seq in range(1000):
            sender.send(events, seq)
    receiver = open_receiver(transport, topic)
    assert receiver is not None
    sender.send(packet(1), 77)
    assert [arrival.stamp_ns for arrival in receiver.take(5)] == [77]
    receiver.close()
    sender.close()


@pytest.mark.parametrize("name", [name for name in TRANSPORTS if name != "dds"])
def test_a_transport_that_is_not_installed_says_what_to_do(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(AestreamError, match=f"pip install {name}"):
        require(name)
    with pytest.raises(AestreamError, match="not installed"):
        Feed(name, "/events", sink=lambda _: None, on_failure=lambda _: None)


def test_records_of_another_process_become_events_again() -> None:
    events = packet(3)
    again = Events.from_records(events.records().tobytes(), t0_us=events.t0_us, width=640, height=480)
    assert np.array_equal(again.to_numpy(), events.to_numpy())
    assert again.address != events.address
    assert len(Events.from_records(b"", t0_us=0, width=1, height=1)) == 0


def test_records_that_are_not_whole_or_not_in_one_block_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="whole 8-byte records"):
        Events.from_records(b"123456789", t0_us=0, width=1, height=1)
    with pytest.raises(InvalidArgumentError, match="whole 8-byte records"):
        Events.from_records(np.zeros(8, "u8")[::2], t0_us=0, width=1, height=1)
    with pytest.raises(InvalidArgumentError, match="width is 0"):
        Events.from_records(b"", t0_us=0, width=0, height=1)
