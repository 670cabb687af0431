"""Event-by-event state-space models (Event-SSM): trained in parallel, run one event at a time. Knows no ROS.

Equations cite the paper they are from and, as `event_ssm/FILE: NAME`, where its authors' code has them
(github.com/Efficient-Scalable-Machine-Learning/event-ssm at d9ceb07): what our code was compared with, line by line and
by numbers. docs/event_ssm.md lists them.
"""

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
