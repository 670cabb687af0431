"""Quality of service: what publishers offer, what a recorder asks for, what a player offers again."""

from collections.abc import Sequence
from typing import Any

import yaml
from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, HistoryPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy

from aestream.bag.metadata import profiles
from aestream_ros.qos import EVENT_QUEUE_DEPTH


def offered_text(offers: Sequence[QoSProfile]) -> str:
    """Write what publishers offer as rosbag2 does."""
    return str(yaml.safe_dump([_as_dict(offer) for offer in offers], sort_keys=False)) if offers else ""


def recording_qos(offers: Sequence[QoSProfile]) -> QoSProfile:
    """Ask for as much as every publisher of a topic offers, so that each is heard."""
    reliable = all(offer.reliability == ReliabilityPolicy.RELIABLE for offer in offers)
    latched = all(offer.durability == DurabilityPolicy.TRANSIENT_LOCAL for offer in offers)
    return _profile(reliable=reliable, latched=latched and bool(offers))


def playing_qos(text: str) -> QoSProfile:
    """Offer what was offered when it was recorded. Reliable always: that serves every subscriber."""
    durabilities = [str(each.get("durability")) for each in profiles(text)]
    latched = bool(durabilities) and all(each in ("transient_local", "1") for each in durabilities)
    return _profile(reliable=True, latched=latched)


def _profile(*, reliable: bool, latched: bool) -> QoSProfile:
    return QoSProfile(
        depth=EVENT_QUEUE_DEPTH,
        history=HistoryPolicy.KEEP_LAST,
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )


def _as_dict(offer: QoSProfile) -> dict[str, Any]:
    return {
        "history": HistoryPolicy(offer.history).name.lower(),
        "depth": offer.depth,
        "reliability": ReliabilityPolicy(offer.reliability).name.lower(),
        "durability": DurabilityPolicy(offer.durability).name.lower(),
        "deadline": _as_time(offer.deadline),
        "lifespan": _as_time(offer.lifespan),
        "liveliness": LivelinessPolicy(offer.liveliness).name.lower(),
        "liveliness_lease_duration": _as_time(offer.liveliness_lease_duration),
        "avoid_ros_namespace_conventions": bool(offer.avoid_ros_namespace_conventions),
    }


def _as_time(duration: Duration) -> dict[str, int]:
    seconds, nanoseconds = divmod(duration.nanoseconds, 10**9)
    return {"sec": seconds, "nsec": nanoseconds}
