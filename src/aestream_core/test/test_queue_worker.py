"""A worker works on everything that waits, says what went wrong, and ends when it is told to."""

import threading
from collections.abc import Callable

import pytest

from aestream_core import Events, InvalidArgumentError
from aestream_core.exchange import Envelope, Subscription
from aestream_core.queue_worker import QueueWorker

TIMEOUT_S = 20.0


class Writing(QueueWorker):
    """Writes down what it is asked to do."""

    def __init__(self, queue: Subscription, *, task: Callable[[Envelope], None] = lambda _: None) -> None:
        self.failures: list[str] = []
        super().__init__(queue, task="writing", on_failure=self.failures.append, poll_s=0.001)
        self.done: list[str] = []
        self.idled = threading.Event()
        self.ends = threading.Event()
        self._do = task

    def handle(self, envelope: Envelope) -> None:
        self._do(envelope)
        self.done.append(f"packet {envelope.stamp_ns}")

    def idle(self) -> None:
        self.idled.set()

    def finish(self) -> None:
        self.done.append("finish")

    def end(self) -> None:
        self.ends.set()


def packet(number: int) -> Envelope:
    return Envelope(Events.from_numpy(t=[1], x=[1], y=[1], p=[1], width=4, height=4), number, 1)


@pytest.fixture
def queue() -> Subscription:
    return Subscription(10_000)


def test_stopping_works_on_what_waits_and_finishes_once(queue: Subscription) -> None:
    worker = Writing(queue)
    for number in range(3):
        queue.offer(packet(number))
    worker.start()
    worker.stop()
    assert worker.done == ["packet 0", "packet 1", "packet 2", "finish"]
    assert queue.closed
    assert not worker.ended


def test_the_end_of_a_stream_is_passed_on_and_another_may_follow(queue: Subscription) -> None:
    worker = Writing(queue)
    worker.start()
    queue.offer(packet(0))
    queue.offer(Envelope(None, 1))
    assert worker.ends.wait(TIMEOUT_S)
    queue.offer(packet(2))
    worker.stop()
    assert worker.done == ["packet 0", "finish", "packet 2", "finish"]
    assert not worker.ended


def test_it_is_idle_while_nothing_comes(queue: Subscription) -> None:
    worker = Writing(queue)
    worker.start()
    assert worker.idled.wait(TIMEOUT_S)
    worker.stop()


@pytest.mark.parametrize(
    ("error", "said"),
    [(InvalidArgumentError("no such place"), "no such place"), (KeyError("x"), "writing stopped: KeyError: 'x'")],
)
def test_what_goes_wrong_is_said_and_ends_the_queue(queue: Subscription, error: Exception, said: str) -> None:
    def fail(_: Envelope) -> None:
        raise error

    worker = Writing(queue, task=fail)
    worker.start()
    queue.offer(packet(0))
    worker.stop()
    assert worker.failures == [said]
    assert not queue.offer(packet(1))
    assert queue.dropped_events == 1


def test_work_that_waits_for_ever_is_interrupted(queue: Subscription, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aestream_core.queue_worker.DRAIN_S", 0.01)
    begun, released = threading.Event(), threading.Event()

    def wait(_: Envelope) -> None:
        begun.set()
        assert released.wait(TIMEOUT_S)

    worker = Writing(queue, task=wait)
    monkeypatch.setattr(worker, "interrupt", released.set)
    worker.start()
    queue.offer(packet(0))
    assert begun.wait(TIMEOUT_S)
    worker.stop()
    assert worker.done[0] == "packet 0"
