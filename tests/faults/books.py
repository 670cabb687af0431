"""The books of a pipeline: what every stage says of itself on `~/status`, and that it adds up.

Between stages of one process, in events:   source.events = sink.events + sink.dropped_events + sink.invalid_events
Between processes, in messages:             source.products = sink.messages + sink.lost_messages
Between a stage and its recordings:         what was to be recorded = recorded_events + unrecorded_events

They add up at rest: while events flow, some are in a queue or between two counters.
"""

import contextlib
import time
from collections.abc import Callable

from aestream_msgs.msg import StreamStatus
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rclpy.node import Node

from aestream_ros.process import make_executor

TIMEOUT_S = 40.0
ATTEMPTS = 5


class Books:
    """Listens to the status of stages and to /diagnostics, on an executor of its own.

    Attributes:
        latest: newest status, by node name.
        alarms: diagnostics so far, by node name.
        node: for services of the stages.
    """

    def __init__(self, *names: str) -> None:
        self.latest: dict[str, StreamStatus] = {}
        self.alarms: dict[str, list[DiagnosticStatus]] = {name: [] for name in names}
        self.node = Node("books", use_global_arguments=False)
        for name in names:
            self.node.create_subscription(
                StreamStatus, f"/{name}/status", lambda status, name=name: self.latest.update({name: status}), 10
            )
        self.node.create_subscription(DiagnosticArray, "/diagnostics", self._on_diagnostics, 10)
        self._executor = make_executor()
        self._executor.add_node(self.node)

    def close(self) -> None:
        self._executor.remove_node(self.node)
        self.node.destroy_node()
        self._executor.shutdown()

    def wait(self, condition: Callable[[], bool], *, what: str, timeout_s: float = TIMEOUT_S) -> None:
        """Listen until something holds; fail with its name and the newest books where it does not in time."""
        deadline_s = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline_s, f"not within {timeout_s} s: {what}; {self.latest}"
            self._executor.spin_once(timeout_sec=0.05)

    def wait_for(self, name: str, condition: Callable[[StreamStatus], bool], *, what: str) -> StreamStatus:
        """Listen until a stage's newest status fulfils a condition, and give it."""
        self.wait(lambda: name in self.latest and condition(self.latest[name]), what=what)
        return self.latest[name]

    def is_in(self, name: str, state: str) -> bool:
        """Say whether a stage's newest status names this state of its life."""
        return name in self.latest and self.latest[name].state == state

    def bring_up(self, name: str, *, matched: Callable[[], bool], flowing: Callable[[], bool]) -> None:
        """Configure a stage in another process until its topic is matched, and activate it until something comes."""
        self.change(name, Transition.TRANSITION_CONFIGURE, matched)
        self.change(name, Transition.TRANSITION_ACTIVATE, flowing)

    def change(self, name: str, wanted: int, seen: Callable[[], bool]) -> None:
        """Ask for a transition until its effect is seen: DDS can lose a request to a process that has just started."""
        client = self.node.create_client(ChangeState, f"/{name}/change_state")
        for _ in range(ATTEMPTS):
            self.wait(client.service_is_ready, what=f"the lifecycle service of {name}")
            client.call_async(ChangeState.Request(transition=Transition(id=wanted)))
            with contextlib.suppress(AssertionError):
                self.wait(seen, what="the effect", timeout_s=5)
                break
        self.wait(seen, what=f"the effect of transition {wanted} of {name}", timeout_s=1)
        self.node.destroy_client(client)

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            node = status.name.split(":")[0].strip("/")
            if node in self.alarms:
                self.alarms[node].append(status)


def events_balance(source: StreamStatus, sink: StreamStatus) -> bool:
    """Say whether every event of a source is in the books of a sink in its process."""
    return bool(source.events == sink.events + sink.dropped_events + sink.invalid_events)


def messages_balance(source: StreamStatus, sink: StreamStatus) -> bool:
    """Say whether every message of a source is in the books of a sink in another process."""
    return bool(source.products == sink.messages + sink.lost_messages)


def recordings_balance(stage: StreamStatus) -> bool:
    """Say whether every event of a stage that recorded from its first is in its recordings or counted as not."""
    return bool(stage.events == stage.recorded_events + stage.unrecorded_events)
