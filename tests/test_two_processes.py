"""Driver and accumulator in two processes, over every transport, give the same tensors, event for event."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from evt3_file import moving_dots, write_evt3
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rclpy.executors import Executor
from rclpy.node import Node
from rclpy.parameter import Parameter

from aestream_core import Events
from aestream_core.exchange import EXCHANGE
from aestream_core.transports.names import TRANSPORTS
from aestream_gpu import Window, WindowAccumulator, make_surface
from aestream_gpu.ros.node import AccumulatorNode

TOPIC = "/event_camera/events"
EVENT_COUNT = 300_000
ATTEMPTS = 5


@pytest.fixture
def recording(tmp_path: Path) -> tuple[Path, Events]:
    events = moving_dots(EVENT_COUNT)
    return write_evt3(tmp_path / "dots.raw", events), events


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> str:
    if request.param != "dds":
        pytest.importorskip(request.param)
    return str(request.param)


@pytest.fixture
def driver_process(recording: tuple[Path, Events], transport: str) -> Iterator[subprocess.Popen[str]]:
    code = "import sys; from aestream_driver.ros.node import main; sys.exit(main())"
    parameters = {"source": "file", "path": recording[0], "autostart": "false", "transport": transport}
    options = [text for name, value in parameters.items() for text in ("-p", f"{name}:={value}")]
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--ros-args", *options], stderr=subprocess.PIPE, text=True, env=os.environ
    )
    yield process
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors


@pytest.fixture
def accumulator(executor: Executor, transport: str) -> Iterator[AccumulatorNode]:
    node = AccumulatorNode(
        parameter_overrides=[
            Parameter(name, value=value)
            for name, value in (("device", "cpu"), ("reliability", "reliable"), ("transport", transport))
        ],
        cli_args=["--ros-args", "-r", f"~/events:={TOPIC}"],
        use_global_arguments=False,
    )
    executor.add_node(node)
    yield node
    executor.remove_node(node)
    node.close()
    node.destroy_node()


def transition(
    node: Node, wanted: int, spin_until: Callable[..., None], *, seen: Callable[[], bool], what: str
) -> None:
    """Ask the driver for a transition until its effect is seen: DDS can lose a request to a process just started."""
    client = node.create_client(ChangeState, "/event_camera/change_state")
    for _ in range(ATTEMPTS):
        spin_until(client.service_is_ready, what="the driver's lifecycle service")
        client.call_async(ChangeState.Request(transition=Transition(id=wanted)))
        with contextlib.suppress(AssertionError):
            spin_until(seen, what=what, timeout_s=5)
            break
    spin_until(seen, what=what, timeout_s=1)
    node.destroy_client(client)


def directly_accumulated(events: Events, window_us: int) -> list[Window]:
    surface = make_surface("count", width=events.width, height=events.height, device=torch.device("cpu"))
    windows = WindowAccumulator(surface, window_us=window_us)
    return windows.add(events) + windows.flush()


def test_two_processes_give_the_same_tensors_event_for_event(
    driver_process: subprocess.Popen[str],
    recording: tuple[Path, Events],
    accumulator: AccumulatorNode,
    spin_until: Callable[..., None],
) -> None:
    tensors = EXCHANGE.subscribe("/accumulator/tensor", limit_bytes=10**9)

    def matched() -> bool:
        assert accumulator.inlet is not None
        heard = accumulator.inlet.matched_publishers
        return (accumulator.count_publishers(TOPIC) if heard is None else heard) == 1

    transition(
        accumulator, Transition.TRANSITION_CONFIGURE, spin_until, seen=matched, what="the driver's matched publisher"
    )
    transition(
        accumulator,
        Transition.TRANSITION_ACTIVATE,
        spin_until,
        seen=lambda: accumulator.reading().events == EVENT_COUNT,
        what="every event",
    )
    expected = directly_accumulated(recording[1], accumulator.config.window_us)
    spin_until(lambda: accumulator.reading().products == len(expected), what="every window")

    reading = accumulator.reading()
    assert (reading.dropped_packets, reading.dropped_events, reading.invalid_events) == (0, 0, 0)
    for window in expected:
        envelope = tensors.take(1)
        assert envelope is not None
        received = envelope.payload
        assert isinstance(received, Window)
        assert (received.start_us, received.event_count) == (window.start_us, window.event_count)
        assert torch.equal(received.tensor, window.tensor)
