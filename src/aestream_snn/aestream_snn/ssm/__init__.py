"""Event-by-event state-space models (Event-SSM): trained in parallel, run one event at a time. Knows no ROS."""

from aestream_snn.ssm.config import SSMConfig
from aestream_snn.ssm.model import EventSSM
from aestream_snn.ssm.presets import PRESETS, preset
from aestream_snn.ssm.scan import scan_fn, scan_ref
from aestream_snn.ssm.tokens import gaps_ms, packet_tokens, vision_tokens

__all__ = [
    "PRESETS",
    "EventSSM",
    "SSMConfig",
    "gaps_ms",
    "packet_tokens",
    "preset",
    "scan_fn",
    "scan_ref",
    "vision_tokens",
]
