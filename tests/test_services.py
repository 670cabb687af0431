"""Services of the driver: record the stream, hold and move a recording; what cannot be done is refused."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aestream_msgs.srv import Record, Seek
from evt3_file import moving_dots, write_evt3
from rclpy.executors import Executor
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_srvs.srv import SetBool

from aestream_core import Events, read_file
from aestream_core.exchange import EXCHANGE, Subscription
from aestream_driver.ros.node import DriverNode

TOPIC = "/event_camera/events"
Call = Callable[..., Any]


@pytest.fixture
def make_driver(executor: Executor) -> Iterator[Callable[..., DriverNode]]:
    nodes: list[DriverNode] = []

    def make(**parameters: Any) -> DriverNode:
        overrides = [Parameter(name, value=value) for name, value in parameters.items()]
        node = DriverNode(parameter_overrides=overrides, use_global_arguments=False)
        executor.add_node(node)
        nodes.append(node)
        return node

    yield make
    for node in nodes:
        executor.remove_node(node)
        node.close()
        node.destroy_node()


@pytest.fixture
def call(executor: Executor, spin_until: Callable[..., None]) -> Iterator[Call]:
    """Call a service of the driver."""
    caller = Node("caller", use_global_arguments=False)
    executor.add_node(caller)

    def ask(kind: Any, name: str, **fields: Any) -> Any:
        client = caller.create_client(kind, f"/event_camera/{name}")
        spin_until(client.service_is_ready, what="the service")
        future = client.call_async(kind.Request(**fields))
        spin_until(future.done, what="an answer")
        caller.destroy_client(client)
        return future.result()

    yield ask
    executor.remove_node(caller)
    caller.destroy_node()


@pytest.fixture
def sim(make_driver: Callable[..., DriverNode]) -> DriverNode:
    return make_driver(width=64, height=48, rate_hz=1e5)


@pytest.fixture
def listening() -> Iterator[Subscription]:
    queue = EXCHANGE.subscribe(TOPIC, limit_bytes=10**9)
    yield queue
    EXCHANGE.unsubscribe(TOPIC, queue)


def heard(queue: Subscription) -> list[int]:
    """Take the times of all events that have come; -1 for the end of a stream."""
    times: list[int] = []
    while (envelope := queue.take(0)) is not None:
        events = envelope.payload
        times += events.to_numpy()["t"].tolist() if isinstance(events, Events) else [-1]
    return times


@pytest.mark.parametrize("name", ["run.raw", "run.aedat4", "run.csv", "run.h5", "run.npz"])
def test_a_recording_of_any_format_starts_and_stops_while_streaming_and_its_events_are_counted(
    sim: DriverNode, call: Call, spin_until: Callable[..., None], tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    started = call(Record, "record", path=str(path))
    assert (started.success, started.message, started.events) == (True, f"recording to {path}", 0)
    begin = sim.reading().events
    spin_until(lambda: sim.reading().events > begin + 20_000, what="events")
    stopped = call(Record, "record")
    assert (stopped.success, stopped.message) == (True, f"{stopped.events} events recorded to {path}")
    assert stopped.events >= 20_000
    assert len(read_file(path)) == stopped.events
    assert (sim.reading().recorded_events, sim.reading().unrecorded_events) == (stopped.events, 0)
    goes_on = sim.reading().events
    spin_until(lambda: sim.reading().events > goes_on, what="events after the recording")


def test_recordings_that_cannot_be_are_refused_and_the_stream_goes_on(
    sim: DriverNode, call: Call, spin_until: Callable[..., None], tmp_path: Path
) -> None:
    there = tmp_path / "there.raw"
    there.write_bytes(b"old")
    for path, reason in (
        ("", "nothing is being recorded; name a path to start"),
        (str(there), f"cannot record to {str(there)!r}, which is there already"),
        (str(tmp_path / "run.bag"), "run.bag"),
        (str(tmp_path / "missing" / "run.raw"), "No such file or directory"),
    ):
        answer = call(Record, "record", path=path)
        assert not answer.success
        assert reason in answer.message
    assert there.read_bytes() == b"old"
    assert call(Record, "record", path=str(there), overwrite=True).success
    second = call(Record, "record", path=str(tmp_path / "b.raw"))
    assert f"already recording to {str(there)!r}; stop that first, with an empty path" in second.message
    assert sim.failure is None
    before = sim.reading().events
    spin_until(lambda: sim.reading().events > before, what="events")


def test_only_recordings_can_be_moved_and_paused(sim: DriverNode, call: Call) -> None:
    reason = "this is simulator, scene shapes, 64x48, 0.1 Mev/s, seed 0"
    assert call(Seek, "seek", t_us=5).message == f"only recordings can be moved; {reason}"
    assert call(SetBool, "set_paused", data=True).message == f"only recordings can be paused; {reason}"


def test_where_no_source_is_open_every_service_says_so(make_driver: Callable[..., DriverNode], call: Call) -> None:
    make_driver(autostart=False)
    for answer in (
        call(Record, "record", path="a.raw"),
        call(Seek, "seek"),
        call(SetBool, "set_paused", data=True),
    ):
        assert not answer.success
        assert "no source is open; configure and activate the node first" in answer.message
    assert not Path("a.raw").exists()


def test_a_paused_recording_holds_goes_on_and_loses_nothing(
    make_driver: Callable[..., DriverNode],
    call: Call,
    spin_until: Callable[..., None],
    listening: Subscription,
    tmp_path: Path,
) -> None:
    events = moving_dots(500_000)
    driver = make_driver(source="file", path=str(write_evt3(tmp_path / "dots.raw", events)))
    spin_until(lambda: driver.reading().events > 0, what="events")
    paused = call(SetBool, "set_paused", data=True)
    assert (paused.success, paused.message) == (True, "paused")
    counts: list[int] = []

    def stands_still() -> bool:
        counts.append(driver.reading().events)
        return len(counts) > 20 and counts[-1] == counts[-20]

    spin_until(stands_still, what="a playback that stands still")
    assert driver.reading().events < len(events)
    assert call(SetBool, "set_paused", data=False).message == "playing"
    spin_until(lambda: driver.finished, what="the end")
    assert heard(listening) == [*events.to_numpy()["t"].tolist(), -1]


def test_a_recording_goes_on_from_where_it_is_moved_to_and_consumers_learn_of_the_jump(
    make_driver: Callable[..., DriverNode],
    call: Call,
    spin_until: Callable[..., None],
    listening: Subscription,
    tmp_path: Path,
) -> None:
    events = moving_dots(200_000)
    all_times = events.to_numpy()["t"]
    driver = make_driver(source="file", path=str(write_evt3(tmp_path / "dots.raw", events)), speed=0.0, autostart=False)
    assert driver.trigger_configure() == TransitionCallbackReturn.SUCCESS
    assert call(SetBool, "set_paused", data=True).success
    assert driver.trigger_activate() == TransitionCallbackReturn.SUCCESS
    moved = call(Seek, "seek", t_us=1_150_000)
    after = all_times[all_times >= 1_150_000]
    assert (moved.success, moved.t_us) == (True, after[0])
    refused = call(Seek, "seek", t_us=99_000_000)
    assert not refused.success
    assert refused.message == "t_us is 99000000; the recording has no events at or after that time"
    assert call(SetBool, "set_paused", data=False).success
    spin_until(lambda: driver.finished, what="the end")
    assert heard(listening) == [-1, *after.tolist(), -1]

    assert call(Seek, "seek", t_us=0).success
    spin_until(lambda: driver.finished and driver.reading().events == len(after) + len(events), what="all of it again")
    assert np.array_equal(heard(listening), [*all_times.tolist(), -1])
