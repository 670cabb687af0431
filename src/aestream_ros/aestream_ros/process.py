"""How every process of the suite starts, spins and ends. One place, because each step has a trap."""

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import rclpy
from rclpy.executors import Executor, ExternalShutdownException, SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from aestream_core.errors import AestreamError

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# Longest wait between two looks at the stop flag: a Python signal handler runs only when the executor returns.
POLL_PERIOD_S = 0.1

_stop_requested = False


@contextmanager
def ros_process(args: Sequence[str] | None = None) -> Iterator[None]:
    """Initialise ROS for a whole process, and shut it down at the end.

    SIGINT and SIGTERM become a request that `spin_until_shutdown` obeys. They never raise, because Ctrl-C reaches a
    launched process twice (from the terminal and from launch), and the second one would interrupt the clean-up.
    They are handled even where a background shell started the process with SIGINT ignored, and stay without effect
    after this context, which is therefore the last thing that a process does.
    """
    global _stop_requested
    _stop_requested = False
    for number in STOP_SIGNALS:
        signal.signal(number, _request_stop)
    rclpy.init(args=None if args is None else list(args), signal_handler_options=SignalHandlerOptions.NO)
    try:
        yield
    finally:
        rclpy.try_shutdown()
        # Python restores the default action of other handlers while it ends, and a late Ctrl-C would then kill it.
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)


def make_executor() -> Executor:
    """Return the executor of the suite: the EventsExecutor where rclpy has it, else the single-threaded one.

    The EventsExecutor takes half the processor time per message. A multi-threaded executor loses most of a fast topic.
    """
    try:
        from rclpy.experimental import EventsExecutor
    except ImportError:
        return SingleThreadedExecutor()
    executor: Executor = EventsExecutor()
    return executor


def spin_until_shutdown(executor: Executor, *, done: Callable[[], bool] = lambda: False) -> None:
    """Run callbacks until a signal arrives, ROS shuts down, or `done()` is true.

    `spin()` of the EventsExecutor hangs at full load where its wheel was built against an old glibc, `spin_once` with
    a timeout does not.

    Args:
        executor: Executor with its nodes added.
        done: Looked at between callbacks, at least every 0.1 s.
    """
    try:
        while rclpy.ok() and not _stop_requested and not done():
            executor.spin_once(timeout_sec=POLL_PERIOD_S)
    except ExternalShutdownException:
        pass


def stop_requested() -> bool:
    """Return whether SIGINT or SIGTERM has arrived since `ros_process` began."""
    return _stop_requested


def run_node(node_class: Callable[[], Any]) -> int:
    """Run one node of the suite in a process of its own until it is stopped or fails.

    Returns:
        Exit status: 0, or 1 where the node could not start or failed; the reason is on stderr in one line.
    """
    with ros_process():
        try:
            node = node_class()
        except AestreamError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        executor = make_executor()
        executor.add_node(node)
        spin_until_shutdown(executor, done=lambda: node.failure is not None)
        failure: str | None = node.failure
        node.close()
        executor.remove_node(node)
        node.destroy_node()
        executor.shutdown()
    return 0 if failure is None else 1


def _request_stop(_number: int, _frame: FrameType | None) -> None:
    global _stop_requested
    _stop_requested = True
