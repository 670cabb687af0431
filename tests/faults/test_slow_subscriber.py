"""A subscriber that cannot keep up: in this process, and in another."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from books import Books, events_balance, messages_balance
from rclpy.executors import Executor

from aestream_core.events import Events
from aestream_driver.ros.node import DriverNode
from aestream_gpu.ros.node import AccumulatorNode
from aestream_gpu.surfaces.count import CountSurface

SENSOR = {"width": 64, "height": 48}
EVENTS = ("~/events:=/event_camera/events",)
DEPTH = 1000
DRIVER = "aestream_driver.ros.node"


@pytest.fixture
def slow_device(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """An accumulation that waits until this is set."""
    free = threading.Event()
    add = CountSurface.add

    def wait_and_add(self: CountSurface, events: Events) -> None:
        assert free.wait(60)
        add(self, events)

    monkeypatch.setattr(CountSurface, "add", wait_and_add)
    return free


def test_in_one_process_the_queue_is_bounded_in_bytes_and_every_event_that_it_dropped_is_counted(
    make_node: Callable[..., Any],
    slow_device: threading.Event,
    spin_until: Callable[..., None],
) -> None:
    sink = make_node(AccumulatorNode, *EVENTS, device="cpu", queue_limit_bytes=1_000_000)
    source = make_node(DriverNode, rate_hz=5e6, **SENSOR)
    spin_until(lambda: sink.reading().dropped_events > 100_000, what="drops")
    assert 0 < sink.reading().queue_bytes <= sink.reading().queue_limit_bytes == 1_000_000
    source.trigger_deactivate()
    slow_device.set()
    spin_until(lambda: sink.reading().queue_bytes == 0, what="an empty queue")
    spin_until(lambda: events_balance(source.reading(), sink.reading()), what="balanced books")
    assert sink.reading().events > 0


def test_of_a_stage_that_is_stopped_with_a_full_queue_every_event_is_in_the_books(
    make_node: Callable[..., Any],
    slow_device: threading.Event,
    spin_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("aestream_core.queue_worker.DRAIN_S", -1.0)
    sink = make_node(AccumulatorNode, *EVENTS, device="cpu", queue_limit_bytes=1_000_000)
    source = make_node(DriverNode, rate_hz=5e6, **SENSOR)
    spin_until(lambda: sink.reading().queue_bytes > 500_000, what="a queue")
    source.trigger_deactivate()
    slow_device.set()
    sink.trigger_deactivate()
    assert events_balance(source.reading(), sink.reading())


def test_between_processes_messages_that_overflowed_are_counted_by_their_numbers(
    start_node: Callable[..., Any],
    make_node: Callable[..., Any],
    books: Callable[..., Books],
    executor: Executor,
    spin_until: Callable[..., None],
) -> None:
    sink = make_node(AccumulatorNode, *EVENTS, device="cpu", reliability="best_effort")
    start_node(DRIVER, {"rate_hz": 1e5, "packet_us": 100, "duration_s": 2.0, "autostart": "false", **SENSOR})
    listening = books("event_camera")

    def flowing() -> bool:
        executor.spin_once(timeout_sec=0)
        return bool(sink.reading().messages)

    assert sink.inlet is not None
    inlet = sink.inlet
    listening.bring_up("event_camera", matched=lambda: inlet.matched_publishers == 1, flowing=flowing)
    # Nobody takes messages in this process meanwhile: the sink's executor stands still.
    listening.wait_for("event_camera", lambda status: status.state == "finished", what="the end of the stream")
    source = listening.latest["event_camera"]
    assert source.products > 2 * DEPTH
    spin_until(lambda: messages_balance(source, sink.reading()), what="balanced books")
    assert sink.reading().lost_messages > 0
    assert sink.reading().messages >= DEPTH
    assert sink.reading().dropped_packets == sink.reading().lost_messages
