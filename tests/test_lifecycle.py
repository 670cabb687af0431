"""Nodes are lifecycle nodes: configure opens, activate streams, deactivate stops, cleanup releases."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aestream_msgs.msg import StreamStatus
from aestream_msgs.srv import GetInfo
from evt3_file import moving_dots, write_evt3
from rclpy.executors import Executor
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.node import Node
from rclpy.parameter import Parameter

from aestream_core.exchange import EXCHANGE
from aestream_driver.ros.node import DriverNode
from aestream_gpu.ros.node import AccumulatorNode

TOPIC = "/event_camera/events"
OK, FAILED = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


def overrides(**values: Any) -> list[Parameter]:
    return [Parameter(name, value=value) for name, value in values.items()]


@pytest.fixture
def driver(executor: Executor) -> Iterator[DriverNode]:
    parameters = overrides(autostart=False, width=64, height=48, rate_hz=1e5)
    node = DriverNode(parameter_overrides=parameters, use_global_arguments=False)
    executor.add_node(node)
    yield node
    executor.remove_node(node)
    node.close()
    node.destroy_node()


@pytest.fixture
def accumulator(executor: Executor) -> Iterator[AccumulatorNode]:
    node = AccumulatorNode(
        parameter_overrides=overrides(device="cpu"),
        cli_args=["--ros-args", "-r", f"~/events:={TOPIC}"],
        use_global_arguments=False,
    )
    executor.add_node(node)
    yield node
    executor.remove_node(node)
    node.close()
    node.destroy_node()


def test_events_flow_only_while_active_and_again_after_another_activation(
    driver: DriverNode, accumulator: AccumulatorNode, spin_until: Callable[..., None]
) -> None:
    assert not EXCHANGE.has_publisher(TOPIC)
    assert driver.trigger_configure() == OK
    assert EXCHANGE.has_publisher(TOPIC)
    assert accumulator.reading().events == 0
    for _ in range(2):
        before = accumulator.reading().events
        assert driver.trigger_activate() == OK
        spin_until(lambda before=before: accumulator.reading().events > before + 1000, what="events")
        assert driver.trigger_deactivate() == OK
        handed_over = driver.reading().events
        spin_until(lambda: accumulator.reading().events == driver.reading().events, what="the last events")
        assert driver.reading().events == handed_over, "nothing arrives after deactivation"
    assert driver.trigger_cleanup() == OK
    assert not EXCHANGE.has_publisher(TOPIC)


def test_a_source_that_is_deactivated_has_not_finished_so_that_its_container_stays(driver: DriverNode) -> None:
    for _ in range(2):
        assert driver.trigger_configure() == OK
        assert driver.trigger_activate() == OK
        assert driver.trigger_deactivate() == OK
        assert not driver.finished
        assert driver.trigger_cleanup() == OK


def test_what_is_fixed_while_configured_can_change_after_cleanup(driver: DriverNode) -> None:
    driver.trigger_configure()
    (refused,) = driver.set_parameters(overrides(scene="digits"))
    assert (refused.successful, "scene cannot change while" in refused.reason) == (False, True)
    driver.trigger_cleanup()
    (taken,) = driver.set_parameters(overrides(scene="digits"))
    assert taken.successful
    assert driver.config.scene == "digits"


def test_the_window_length_changes_while_streaming(
    driver: DriverNode, accumulator: AccumulatorNode, spin_until: Callable[..., None]
) -> None:
    windows = EXCHANGE.subscribe("/accumulator/tensor", limit_bytes=10**9)
    driver.trigger_configure()
    driver.trigger_activate()
    spin_until(lambda: accumulator.reading().products > 2, what="windows")
    assert accumulator.set_parameters(overrides(window_us=2000))[0].successful
    spans: set[int] = set()

    def seen() -> bool:
        envelope = windows.take(0)
        if envelope is not None and envelope.payload is not None:
            spans.add(envelope.payload.end_us - envelope.payload.start_us)  # type: ignore[attr-defined]
        return spans == {10_000, 2000}

    spin_until(seen, what="windows of both lengths")


def test_a_source_that_cannot_open_leaves_the_node_unconfigured_with_the_reason_in_its_status(
    driver: DriverNode, executor: Executor, spin_until: Callable[..., None]
) -> None:
    heard: list[StreamStatus] = []
    listener = Node("listener", use_global_arguments=False)
    listener.create_subscription(StreamStatus, "/event_camera/status", heard.append, 10)
    executor.add_node(listener)
    driver.set_parameters(overrides(source="file", path="/missing.raw"))
    assert driver.trigger_configure() == FAILED
    assert not EXCHANGE.has_publisher(TOPIC)
    reason = "cannot read '/missing.raw': No such file or directory"
    spin_until(lambda: any(status.message == reason for status in heard), what="the reason in a status message")
    assert heard[-1].state == "failed"
    executor.remove_node(listener)
    listener.destroy_node()


def test_a_damaged_recording_fails_the_node_after_every_event_before_the_fault(
    driver: DriverNode, accumulator: AccumulatorNode, spin_until: Callable[..., None], tmp_path: Path
) -> None:
    path = write_evt3(tmp_path / "cut.raw", moving_dots(1000))
    path.write_bytes(path.read_bytes()[:-1])
    driver.set_parameters(overrides(source="file", path=str(path), speed=0.0, width=0, height=0))
    driver.trigger_configure()
    driver.trigger_activate()
    spin_until(lambda: driver.failure is not None, what="the failure")
    assert f"is damaged at byte {path.stat().st_size}" in str(driver.failure)
    spin_until(lambda: accumulator.reading().events == 999, what="every event before the fault")


def test_the_source_describes_itself(driver: DriverNode, executor: Executor, spin_until: Callable[..., None]) -> None:
    driver.trigger_configure()
    caller = Node("caller", use_global_arguments=False)
    executor.add_node(caller)
    client = caller.create_client(GetInfo, "/event_camera/get_info")
    spin_until(client.service_is_ready, what="the service")
    future = client.call_async(GetInfo.Request())
    spin_until(future.done, what="an answer")
    info = future.result()
    assert (info.success, info.source, info.width, info.height, info.encoding) == (True, "sim", 64, 48, "evt3")
    executor.remove_node(caller)
    caller.destroy_node()


def test_a_destroyed_node_leaves_no_lifecycle_service_behind(
    executor: Executor, spin_until: Callable[..., None]
) -> None:
    watcher = Node("watcher", use_global_arguments=False)
    executor.add_node(watcher)
    node = DriverNode(parameter_overrides=overrides(autostart=False), use_global_arguments=False)

    def lifecycle_services() -> list[str]:
        names = [name for name, _ in watcher.get_service_names_and_types()]
        return [name for name in names if name in ("/event_camera/change_state", "/event_camera/get_state")]

    spin_until(lambda: len(lifecycle_services()) == 2, what="the node's services")
    node.close()
    node.destroy_node()
    spin_until(lambda: not lifecycle_services(), what="no services of a destroyed node")
    executor.remove_node(watcher)
    watcher.destroy_node()
