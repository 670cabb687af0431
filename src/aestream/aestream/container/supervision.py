"""What the nodes of a container say about themselves, and what follows for the container. Knows no ROS.

A component may have the attributes `failure` (str or None: why it can do no more work) and `finished` (bool:
it has nothing more to do, for example after the end of a file; None: that never happens to it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Exit:
    """Why and with which status the container ends."""

    status: int
    reason: str


def failed_nodes(nodes: Mapping[str, Any]) -> dict[str, str]:
    """Return the reason of each failed node, by full node name."""
    reasons = {name: getattr(node, "failure", None) for name, node in nodes.items()}
    return {name: str(reason) for name, reason in reasons.items() if reason is not None}


def all_finished(nodes: Mapping[str, Any]) -> bool:
    """Return whether there are nodes that can finish, and all of them have."""
    states = [getattr(node, "finished", None) for node in nodes.values()]
    known = [state for state in states if state is not None]
    return bool(known) and all(known)
