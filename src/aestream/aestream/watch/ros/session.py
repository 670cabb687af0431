"""A watcher's life in a process of its own."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console

from aestream.watch.display import open_display
from aestream.watch.model import History
from aestream.watch.options import WatchOptions
from aestream.watch.ros.node import WatchNode
from aestream_ros.process import make_executor, ros_process, spin_until_shutdown


def watch(options: WatchOptions, *, console: Console, stop: Callable[[], bool] = lambda: False) -> History:
    """Listen and show until the options, a signal or `stop` say that it is enough.

    Args:
        options: What to listen to, and for how long.
        console: Where to show it.
        stop: Looked at at least every 0.1 s.

    Returns:
        What was heard; its times are seconds since the watcher began.
    """
    with ros_process([]), open_display(console) as display:
        executor = make_executor()
        node = WatchNode(options)
        executor.add_node(node)

        def done() -> bool:
            display.show(node.history, now_s=node.now_s())
            return stop() or options.is_over(node.history, now_s=node.now_s())

        spin_until_shutdown(executor, done=done)
        executor.remove_node(node)
        node.destroy_node()
        executor.shutdown()
    return node.history
