"""What each launch file of the suite must bring up, asserted from outside its processes: one table, one function.

`test_launched_graphs.py` checks it on `aestream launch`, `test_launch_testing.py` on ROS 2's own launch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import rclpy
from aestream_msgs.msg import StreamStatus
from event_camera_msgs.msg import EventPacket
from lifecycle_msgs.srv import GetState
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import Image

from aestream_ros.conversions import EventPacketDecoder
from aestream_ros.qos import STATUS_QOS, event_qos, product_qos

PATIENCE_S = 60.0


@dataclass(frozen=True)
class LaunchCase:
    """One way to launch, and what must then be there.

    Attributes:
        file: name of the launch file, without `.launch.yaml`.
        arguments: launch arguments by name.
        nodes: full names of the nodes.
        cameras: encoding and frame by event topic.
    """

    file: str
    arguments: Mapping[str, str]
    nodes: tuple[str, ...]
    cameras: Mapping[str, tuple[str, str]] = field(default_factory=dict)


SIM = {"rate": "200e3"}
CASES = {
    "camera_only": LaunchCase(
        "camera_only",
        {**SIM, "encoding": "libcaer_cmp", "namespace": "robot1", "camera_name": "front"},
        ("/robot1/aestream_container", "/robot1/front"),
        {"/robot1/front/events": ("libcaer_cmp", "front")},
    ),
    "camera_to_gpu": LaunchCase(
        "camera_to_gpu",
        {**SIM, "device": "cpu"},
        ("/aestream_container", "/event_camera", "/accumulator"),
        {"/event_camera/events": ("evt3", "event_camera")},
    ),
    "two_cameras": LaunchCase(
        "two_cameras",
        {**SIM, "namespace": "/robot2"},
        ("/robot2/aestream_container", "/robot2/left", "/robot2/right"),
        {"/robot2/left/events": ("evt3", "left"), "/robot2/right/events": ("evt3", "right")},
    ),
}


def check_graph(case: LaunchCase) -> None:
    """Assert that what the case names comes up and that its events arrive, decode and are counted.

    Raises:
        AssertionError: something is not there in time; the message says what is.
    """
    with Observer() as observer:
        observer.wait(lambda: set(case.nodes) <= observer.nodes(), lambda: f"of {case.nodes}, {observer.nodes()} run")
        stages = [name for name in case.nodes if not name.endswith("_container")]
        for name in stages:
            assert observer.state_of(name) == "active"
            assert observer.next_status(name).stage
        for topic, (encoding, frame) in case.cameras.items():
            check_events(observer, topic, encoding, frame)
        if "/accumulator" in stages:
            image = observer.next(Image, "/accumulator/image", product_qos("best_effort"))
            assert (image.encoding, image.width * image.height > 0) == ("rgb8", True)


def check_events(observer: Observer, topic: str, encoding: str, frame: str) -> None:
    """Assert that messages follow each other without a gap, and that their events lie on the sensor in order."""
    decoder, seen, last_us = EventPacketDecoder(), 0, 0

    def take(message: EventPacket) -> bool:
        nonlocal seen, last_us
        assert (message.encoding, message.header.frame_id) == (encoding, frame)
        for events in decoder.decode(message):
            assert events.first_us >= last_us
            seen, last_us = seen + len(events), events.last_us
        return seen > 10_000

    observer.listen(EventPacket, topic, event_qos("reliable"), take)
    assert decoder.lost_packets == decoder.invalid_events == 0


class Observer:
    """A node of its own in the domain of the launch."""

    def __enter__(self) -> Observer:
        """Join."""
        self._context = Context()
        rclpy.init(context=self._context)
        self._node = Node("observer", context=self._context, start_parameter_services=False)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave."""
        self._executor.shutdown()
        self._node.destroy_node()
        self._context.try_shutdown()

    def nodes(self) -> set[str]:
        """Give the full names of the nodes that are known."""
        return {f"{space.rstrip('/')}/{name}" for name, space in self._node.get_node_names_and_namespaces()}

    def wait(self, condition: Callable[[], bool], otherwise: Callable[[], str]) -> None:
        """Run callbacks until something holds."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline_s, f"not within {PATIENCE_S:g} s: {otherwise()}"
            self._executor.spin_once(timeout_sec=0.1)

    def listen(self, kind: Any, topic: str, qos: Any, take: Callable[[Any], bool]) -> None:
        """Hand messages of a topic to a function until it has seen enough."""
        enough: list[bool] = []
        subscription = self._node.create_subscription(
            kind, topic, lambda message: enough.append(take(message)) if not any(enough) else None, qos
        )
        self.wait(lambda: any(enough), lambda: f"{len(enough)} messages on {topic}")
        self._node.destroy_subscription(subscription)

    def next(self, kind: Any, topic: str, qos: Any) -> Any:
        """Give the next message of a topic."""
        found: list[Any] = []
        self.listen(kind, topic, qos, lambda message: found.append(message) or True)
        return found[0]

    def next_status(self, name: str) -> StreamStatus:
        """Give the next status of a stage."""
        return self.next(StreamStatus, f"{name}/status", STATUS_QOS)

    def state_of(self, name: str) -> str:
        """Ask a lifecycle node for its state; again where the answer is lost."""
        client = self._node.create_client(GetState, f"{name}/get_state")
        self.wait(client.service_is_ready, lambda: f"{name}/get_state")
        answers = [client.call_async(GetState.Request())]
        asked_s = time.monotonic()

        def answered() -> bool:
            nonlocal asked_s
            if time.monotonic() - asked_s > 5.0:
                answers.append(client.call_async(GetState.Request()))
                asked_s = time.monotonic()
            return any(answer.done() for answer in answers)

        self.wait(answered, lambda: f"the state of {name}")
        self._node.destroy_client(client)
        answer = next(answer for answer in answers if answer.done())
        return str(answer.result().current_state.label)
