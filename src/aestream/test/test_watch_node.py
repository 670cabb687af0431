import array
import math
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import rclpy
from aestream_msgs.msg import StreamStatus
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import Image

from aestream.demo_launch import free_domain_id
from aestream.watch.options import WatchOptions
from aestream.watch.ros.conversions import to_frame, to_reading
from aestream.watch.ros.node import WatchNode
from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_ros.process import make_executor

STAGE = """
import array, sys
import rclpy
from aestream_msgs.msg import StreamStatus
from aestream_ros.process import make_executor, ros_process, spin_until_shutdown
from rclpy.node import Node
from sensor_msgs.msg import Image

with ros_process([]):
    node = Node("accumulator")
    status = node.create_publisher(StreamStatus, "~/status", 10)
    image = node.create_publisher(Image, "~/image", 5)
    alien = node.create_publisher(Image, "/somebody_else/image", 5)
    count = 0

    def publish():
        global count
        count += 1000
        message = StreamStatus(stage="accumulator", state=sys.argv[1], message="out of memory", events=count)
        message.header.stamp = node.get_clock().now().to_msg()
        status.publish(message)
        pixels = array.array("B", bytes(range(24)))
        image.publish(Image(height=2, width=4, step=12, encoding="rgb8", data=pixels))
        alien.publish(Image(height=2, width=4, step=12, encoding="rgb8", data=pixels))

    node.create_timer(0.05, publish)
    executor = make_executor()
    executor.add_node(node)
    spin_until_shutdown(executor)
"""


@pytest.fixture
def stage(monkeypatch):
    """Start a stage in a process of its own, in a domain of its own."""
    monkeypatch.setenv("ROS_DOMAIN_ID", str(free_domain_id()))
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    started = []

    def start(state: str = "active") -> None:
        started.append(subprocess.Popen([sys.executable, "-c", STAGE, state]))

    yield start
    for process in started:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0


def spin(node: WatchNode, *, until, limit_s: float = 20.0) -> None:
    executor = make_executor()
    executor.add_node(node)
    deadline_s = time.monotonic() + limit_s
    while not until() and time.monotonic() < deadline_s:
        executor.spin_once(timeout_sec=0.1)
    executor.remove_node(node)
    executor.shutdown()


def watch_command(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "aestream", "watch", *arguments]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def own_lines(text: str) -> list[str]:
    """Leave out what the middleware says where a process that crashed left its shared memory behind."""
    return [line for line in text.splitlines() if "RTPS" not in line]


def test_a_node_finds_stages_by_itself_and_hears_status_and_image(stage):
    stage()
    rclpy.init(args=[], signal_handler_options=SignalHandlerOptions.NO)
    try:
        node = WatchNode(WatchOptions())
        spin(
            node,
            until=lambda: (
                node.history.image_counts() and node.history.stages and len(node.history.stages[0].readings()) > 3
            ),
        )
        latest = node.history.stages[0].latest
        assert latest.node == "/accumulator"
        assert latest.stage == "accumulator"
        assert latest.events >= 3000
        assert set(node.history.image_counts()) == {"/accumulator/image"}
        assert node.history.frames()[0].rgb.shape == (2, 4, 3)
        node.destroy_node()
    finally:
        rclpy.try_shutdown()


def test_the_command_shows_lines_and_leaves_a_picture(stage, tmp_path):
    stage()
    done = watch_command("--duration", "0.5", "--picture", str(tmp_path / "run.png"))
    assert done.returncode == 0, done.stderr
    assert "accumulator active" in done.stdout
    assert (tmp_path / "run.png").exists()


def test_the_command_fails_with_the_reason_of_a_failed_stage(stage):
    stage("failed")
    done = watch_command()
    assert done.returncode == 1
    assert "/accumulator failed: out of memory" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_fails_in_one_line_where_no_stage_speaks():
    done = watch_command("--timeout", "0.3", ROS_DOMAIN_ID=str(free_domain_id()))
    assert done.returncode == 1
    assert own_lines(done.stderr)[0].startswith("aestream: error: no stage was heard within")
    assert len(own_lines(done.stderr)) == 1


def test_ctrl_c_ends_early_and_still_draws(stage, tmp_path):
    stage()
    command = [sys.executable, "-m", "aestream", "watch", "--picture", str(tmp_path / "run.png")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watcher:
        assert "accumulator" in watcher.stdout.readline()
        watcher.send_signal(signal.SIGINT)
        _, errors = watcher.communicate(timeout=30)
    assert (watcher.returncode, own_lines(errors)) == (0, [])
    assert (tmp_path / "run.png").exists()


def test_a_status_becomes_a_reading_field_by_field():
    message = StreamStatus(stage="source", state="active", events=7, dropped_packets=2, latency_p50_ms=math.nan)
    message.header.stamp.sec = 5
    message.header.stamp.nanosec = 250_000_000
    reading = to_reading(message, node="/event_camera", received_s=1.5)
    assert (reading.node, reading.received_s, reading.stamp_s) == ("/event_camera", 1.5, 5.25)
    assert (reading.stage, reading.events, reading.dropped_packets) == ("source", 7, 2)
    assert math.isnan(reading.latency_p50_ms)


@pytest.mark.parametrize(
    ("encoding", "data", "expected"),
    [
        ("rgb8", [1, 2, 3, 4, 5, 6, 0, 0], [[1, 2, 3], [4, 5, 6]]),
        ("bgr8", [1, 2, 3, 4, 5, 6, 0, 0], [[3, 2, 1], [6, 5, 4]]),
        ("mono8", [1, 2, 0, 0, 0, 0, 0, 0], [[1, 1, 1], [2, 2, 2]]),
    ],
)
def test_images_become_rgb_whatever_their_encoding_and_padding(encoding, data, expected):
    message = Image(height=1, width=2, step=8, encoding=encoding, data=array.array("B", data))
    np.testing.assert_array_equal(to_frame(message, topic="/image", received_s=0.0).rgb, [expected])


def test_an_unknown_encoding_is_refused_with_the_known_ones():
    with pytest.raises(UnknownNameError, match="unknown image encoding '32FC1'; known: bgr8, mono8, rgb8"):
        to_frame(Image(encoding="32FC1"), topic="/image", received_s=0.0)


def test_an_image_with_too_little_data_is_refused():
    message = Image(height=2, width=2, step=6, encoding="rgb8", data=array.array("B", bytes(6)))
    with pytest.raises(InvalidArgumentError, match="2 x 2 pixels, rgb8, step 6 bytes, came with 6 bytes"):
        to_frame(message, topic="/image", received_s=0.0)
