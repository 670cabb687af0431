"""The thread that writes packets out: everything is written or counted, whatever stops it."""

import threading
from collections.abc import Callable

import pytest
from link_packets import packet

from aestream_bridge.outflow import Outflow
from aestream_core import queue_worker
from aestream_core.errors import AestreamError
from aestream_core.events import Events
from aestream_core.exchange import Envelope, Subscription


class Written:
    """Keeps what is written; waits where told to, until it is stopped."""

    def __init__(self) -> None:
        self.packets: list[Events] = []
        self.gate = threading.Event()
        self.gate.set()
        self.stopped = threading.Event()
        self.fault: Exception | None = None

    def write(self, events: Events) -> None:
        if self.fault is not None:
            raise self.fault
        while not self.gate.wait(0.01) and not self.stopped.is_set():
            pass
        self.packets.append(events)

    def stop(self) -> None:
        self.stopped.set()


Made = tuple[Outflow, Subscription, Written, list[str]]


@pytest.fixture
def made() -> Made:
    queue, writer, failures = Subscription(1_000_000), Written(), []
    return Outflow(queue, writer, on_written=lambda _: None, on_failure=failures.append), queue, writer, failures


def offer(queue: Subscription, count: int) -> None:
    for n in range(count):
        queue.offer(Envelope(packet(n), 0, 1000))


def until(condition: Callable[[], bool]) -> None:
    deadline = threading.Event()
    threading.Timer(10, deadline.set).start()
    while not condition():
        assert not deadline.is_set()


def test_everything_is_written_in_order_also_what_waits_when_it_is_stopped(made: Made) -> None:
    flow, queue, writer, failures = made
    offer(queue, 20)
    flow.start()
    flow.stop()
    assert [each.t0_us for each in writer.packets] == [packet(n).t0_us for n in range(20)]
    assert (flow.packets, flow.t_us, failures) == (20, packet(19).last_us, [])
    assert not writer.stopped.is_set()


def test_the_end_of_the_stream_is_seen_and_forgotten_with_the_next_packet(made: Made) -> None:
    flow, queue, _, _ = made
    flow.start()
    offer(queue, 1)
    queue.offer(Envelope(None, 0))
    until(lambda: flow.ended)
    offer(queue, 1)
    until(lambda: flow.packets == 2)
    assert not flow.ended
    flow.stop()


def test_what_a_stuck_writer_leaves_is_counted_as_dropped(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_worker, "DRAIN_S", 0.05)
    flow, queue, writer, _ = made
    writer.gate.clear()
    flow.start()
    offer(queue, 10)
    flow.stop()
    assert writer.stopped.is_set()
    assert len(writer.packets) == 1
    assert queue.dropped_events + 1000 * len(writer.packets) == 10_000


@pytest.mark.parametrize(
    ("fault", "said"),
    [(AestreamError("no way there"), "no way there"), (ValueError("odd"), "sending stopped: ValueError: odd")],
)
def test_a_writer_that_fails_is_reported_once_and_what_comes_later_is_counted(
    made: Made, fault: Exception, said: str
) -> None:
    flow, queue, writer, failures = made
    writer.fault = fault
    flow.start()
    offer(queue, 1)
    until(lambda: queue.closed)
    offer(queue, 3)
    flow.stop()
    assert failures == [said]
    assert queue.dropped_events == 3000
