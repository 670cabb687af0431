"""Recording and playing for the command: a node's life in a process of its own."""

import sys
import time
from collections.abc import Callable

from aestream.bag.config import PlayerConfig, RecorderConfig
from aestream.bag.keys import Keys
from aestream.bag.live_line import LiveLine
from aestream.bag.report import Moment, played, playing_line, recorded, recording_line
from aestream.bag.ros.parameters import overrides
from aestream.bag.ros.player_node import PlayerNode
from aestream.bag.ros.recorder_node import RecorderNode
from aestream_core.errors import AestreamError
from aestream_ros.process import make_executor, ros_process, spin_until_shutdown

_SWITCH_INTERVAL_S = 0.0005


def record(config: RecorderConfig, *, duration_s: float | None) -> str:
    """Record until a signal arrives, the time is over, or the disk is full.

    Returns:
        What is in the bag, in words.

    Raises:
        AestreamError: the bag could not be begun; or it stopped, with what is in it.
    """
    with ros_process([]):
        node = RecorderNode(parameter_overrides=overrides(config))
        assert node.recorder is not None
        assert node.topics is not None
        begin = before = Moment(time.monotonic(), 0)

        def say() -> str:
            nonlocal before
            assert node.recorder is not None
            counters = node.recorder.counters
            now = Moment(time.monotonic(), sum(each.received_bytes for each in counters))
            line = recording_line(counters, begin=begin, before=before, now=now, queue=node.recorder.queue_bytes)
            before = now
            return line

        def done() -> bool:
            line.update()
            return node.failure is not None or (
                duration_s is not None and time.monotonic() - begin.time_s >= duration_s
            )

        with LiveLine(say) as line:
            _spin(node, done=done)
        recorder, refused = node.recorder, node.topics.refused
        text = recorded(
            recorder.counters, path=str(recorder.recording.path), files=len(recorder.recording.files), refused=refused
        )
        failure = node.failure
        node.destroy_node()
    if failure is not None:
        sys.stdout.write(f"{text}\n")
        raise AestreamError(failure)
    return text


def play(config: PlayerConfig, *, remaps: tuple[str, ...] = ()) -> str:
    """Play until the bag ends or a signal arrives; space pauses in a terminal.

    Returns:
        What was played, in words.

    Raises:
        AestreamError: the bag cannot be played, or reading it failed.
    """
    # The thread that publishes is not to wait 5 ms, Python's own interval, for one that runs.
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    with ros_process([]):
        rules = [word for rule in remaps for word in ("-r", rule)]
        node = PlayerNode(parameter_overrides=overrides(config), cli_args=["--ros-args", *rules] if rules else None)
        player = node.player
        assert player is not None
        begin_ns = 0

        def say() -> str:
            nonlocal begin_ns
            position_ns = player.position_ns()
            begin_ns = begin_ns or position_ns
            return playing_line(player.counters, position_s=(position_ns - begin_ns) / 1e9, paused=player.paused)

        def done() -> bool:
            line.update()
            if keys.pressed() == " ":
                player.set_paused(not player.paused)
            return node.finished or node.failure is not None

        with Keys() as keys, LiveLine(say) as line:
            _spin(node, done=done)
        text = played(player.counters, path=config.path, damage=player.damage, skipped=node.skipped.values())
        failure = node.failure
        node.destroy_node()
    if failure is not None:
        raise AestreamError(failure)
    return text


def _spin(node: RecorderNode | PlayerNode, *, done: Callable[[], bool]) -> None:
    executor = make_executor()
    executor.add_node(node)
    spin_until_shutdown(executor, done=done)
    node.close()
    executor.remove_node(node)
    executor.shutdown()
