"""Configuration of SpeckBridge: one field a ROS parameter."""

from dataclasses import dataclass

from aestream_bridge.speck.config import SpeckConfig
from aestream_core.config import setting
from aestream_core.transports.names import TRANSPORTS


@dataclass(frozen=True)
class SpeckBridgeConfig(SpeckConfig):
    """A network on a device, and how events come to the node."""

    queue_limit_bytes: int = setting(
        16_000_000,
        "bytes of events that may wait; more are dropped and counted",
        unit="B",
        bounds=(1_000_000, 4_000_000_000),
    )
    frame_id: str = setting("event_camera", "frame of the sensor in message headers")
    reliability: str = setting(
        "best_effort", "reliability asked of the event topic", choices=("reliable", "best_effort")
    )
    transport: str = setting("dds", "how events come from other processes", choices=TRANSPORTS)
