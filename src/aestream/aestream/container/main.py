"""The executable `component_container`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from aestream.container.node import ContainerNode
from aestream_ros.process import make_executor, ros_process, spin_until_shutdown


def run(args: Sequence[str] | None = None) -> int:
    """Run a component container until a signal, a failure that ends it, or the end of its sources.

    Args:
        args: Command line without the program name; None takes that of the process.

    Returns:
        Exit status: 0, or 1 where a node could not be loaded or failed and the parameters say that this ends it.
    """
    with ros_process(None if args is None else ["component_container", *args]):
        executor = make_executor()
        container = ContainerNode(executor)
        executor.add_node(container)
        spin_until_shutdown(executor, done=lambda: container.exit is not None)
        ending = container.exit
        if ending is not None:
            log = container.get_logger().fatal if ending.status else container.get_logger().info
            log(ending.reason)
        container.close()
        executor.remove_node(container)
        container.destroy_node()
        executor.shutdown()
    return ending.status if ending is not None else 0


def main() -> None:
    """Run as a console script."""
    sys.exit(run())
