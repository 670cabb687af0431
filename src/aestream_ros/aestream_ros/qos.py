"""Quality of service of the suite's topics."""

from typing import Literal, get_args

from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy

Reliability = Literal["reliable", "best_effort"]
RELIABILITIES: tuple[str, ...] = get_args(Reliability)

EVENT_QUEUE_DEPTH = 1000
"""Packets kept for a subscriber of an event topic: what the drivers of the ecosystem use."""


def event_qos(reliability: str) -> QoSProfile:
    """QoS of an event topic. A reliable publisher serves reliable and best-effort subscribers alike."""
    return _profile(reliability, EVENT_QUEUE_DEPTH)


def product_qos(reliability: str) -> QoSProfile:
    """QoS of tensors and images: only the newest few matter."""
    return _profile(reliability, 5)


STATUS_QOS = QoSProfile(depth=10, history=HistoryPolicy.KEEP_LAST, reliability=ReliabilityPolicy.RELIABLE)


def _profile(reliability: str, depth: int) -> QoSProfile:
    policy = ReliabilityPolicy.RELIABLE if reliability == "reliable" else ReliabilityPolicy.BEST_EFFORT
    return QoSProfile(
        depth=depth, history=HistoryPolicy.KEEP_LAST, reliability=policy, durability=DurabilityPolicy.VOLATILE
    )
