"""A camera driver in one process, a subscriber in another, faults between: the books balance over DDS."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aestream_msgs.msg import StreamStatus
from camera_process import write_script
from event_camera_msgs.msg import EventPacket
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rclpy.node import Node

from aestream_ros.conversions import EventPacketDecoder
from aestream_ros.qos import event_qos

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src/aestream_driver/test"))

from playback_device import Data, Overflow, Unplug
from recorded_packets import decoded, headless, usb_packets

ATTEMPTS = 5


@pytest.fixture
def packets(recordings: Path) -> list[Data]:
    return usb_packets(headless(recordings / "expelliarmus_evt3.raw"))


@pytest.fixture
def driver(packets: list[Data], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    lost = Overflow(tuple(each.packet for each in packets[10:13]))
    sessions = [[*packets[:10], lost, *packets[13:20], Unplug()], [*packets[20:]]]
    script = write_script(tmp_path / "camera.json", sessions)
    parameters = ["-p", "source:=camera", "-p", "autostart:=false"]
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("camera_process.py")), str(script), "--ros-args", *parameters],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    yield process
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors


def test_events_received_and_events_counted_as_dropped_are_the_events_of_the_camera(
    driver: subprocess.Popen[str], packets: list[Data], listener: Node, spin_until: Callable[..., None]
) -> None:
    decoder = EventPacketDecoder()
    parts: list[Any] = []
    statuses: list[StreamStatus] = []

    def receive(message: EventPacket) -> None:
        parts.extend(part.to_numpy() for part in decoder.decode(message))

    events = listener.create_subscription(EventPacket, "/event_camera/events", receive, event_qos("reliable"))
    listener.create_subscription(StreamStatus, "/event_camera/status", statuses.append, 10)
    ask(listener, Transition.TRANSITION_CONFIGURE, spin_until, seen=lambda: events.get_publisher_count() > 0)
    ask(listener, Transition.TRANSITION_ACTIVATE, spin_until, seen=lambda: len(parts) > 0)
    # What the camera gave, less what stands before the first time word after each gap: nobody could say when it was.
    expected = [alone(packets[:10]), alone(packets[13:20]), alone(packets[20:])]
    spin_until(lambda: sum(map(len, parts)) >= sum(map(len, expected)), what="every event")
    spin_until(lambda: statuses and statuses[-1].dropped_packets == 3 and statuses[-1].state == "active", what="status")
    received = np.concatenate(parts)
    assert decoder.lost_packets == 3
    assert (np.diff(received["t"] // 4096) >= 0).all()
    assert len(received) == sum(len(part) for part in expected)
    assert np.array_equal(received[: len(expected[0])][["x", "y", "p"]], expected[0][["x", "y", "p"]])
    assert np.array_equal(received[-1000:][["x", "y", "p"]], expected[2][-1000:][["x", "y", "p"]])


def ask(node: Node, wanted: int, spin_until: Callable[..., None], *, seen: Callable[[], bool]) -> None:
    """Ask the driver for a transition until its effect is seen: DDS can lose a request to a process just started."""
    client = node.create_client(ChangeState, "/event_camera/change_state")
    for _ in range(ATTEMPTS):
        spin_until(client.service_is_ready, what="the driver's lifecycle service")
        client.call_async(ChangeState.Request(transition=Transition(id=wanted)))
        with contextlib.suppress(AssertionError):
            spin_until(seen, what=f"transition {wanted}", timeout_s=5)
            return
    raise AssertionError(f"the driver did not take transition {wanted}")


def alone(packets: list[Data]) -> Any:
    """Decode packets with a decoder that knows nothing of what came before them."""
    return decoded([b"".join(each.packet for each in packets)], width=1280, height=720)
