"""What a watcher is asked to do, and when it is done."""

from __future__ import annotations

import math
from dataclasses import dataclass

from aestream.watch.errors import NoStageError, StageFailedError
from aestream.watch.model import History
from aestream_core.errors import InvalidArgumentError

DEFAULT_TIMEOUT_S = 15.0


@dataclass(frozen=True, kw_only=True)
class WatchOptions:
    """What to listen to, and for how long.

    Attributes:
        duration_s: How long to watch, from the moment at which the newest stage was first heard; None: until stopped.
        timeout_s: How long to wait for the expected stages.
        expected: What must be heard, as stages call themselves, "accumulator"; empty: any stage.
        stages: Nodes or namespaces to listen to, "/event_camera", "/robot"; empty: all.
    """

    duration_s: float | None = None
    timeout_s: float = DEFAULT_TIMEOUT_S
    expected: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be done.

        Raises:
            InvalidArgumentError: A time is not a positive, finite number.
        """
        for name, value_s in (("duration", self.duration_s), ("timeout", self.timeout_s)):
            if value_s is not None and not (math.isfinite(value_s) and value_s > 0):
                raise InvalidArgumentError(f"{name} must be a number of seconds above 0, got {value_s}")

    def covers(self, node: str) -> bool:
        """Return whether a node of that full name is to be listened to."""
        prefixes = ["/" + stage.strip("/") for stage in self.stages]
        return not prefixes or any(prefix in ("/", node) or node.startswith(prefix + "/") for prefix in prefixes)

    def is_over(self, history: History, *, now_s: float) -> bool:
        """Return whether there is nothing more to wait for: time is up, all finished, one failed or is missing."""
        if history.failed():
            return True
        heard = {stage.latest.stage for stage in history.stages}
        if not heard or not heard.issuperset(self.expected):
            return now_s >= self.timeout_s
        if all(stage.latest.state == "finished" for stage in history.stages):
            return True
        return self.duration_s is not None and now_s >= history.newest_stage_s + self.duration_s


def require_healthy(history: History, *, waited_s: float) -> None:
    """Check that stages were heard and that none of them failed.

    Args:
        history: What was heard.
        waited_s: How long the watcher listened, for the message.

    Raises:
        NoStageError: No stage was heard.
        StageFailedError: A stage reported that it failed.
    """
    if not history.stages:
        raise NoStageError(
            f"no stage was heard within {waited_s:.0f} s; is a pipeline running, with the same ROS_DOMAIN_ID? "
            "'aestream launch camera_to_gpu' starts one"
        )
    failed = history.failed()
    if failed:
        raise StageFailedError("; ".join(f"{reading.node} failed: {reading.message}" for reading in failed))
