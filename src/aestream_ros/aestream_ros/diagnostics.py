"""Entries of /diagnostics: how a stage is, for `rqt_robot_monitor`, aggregators and alarms."""

from collections.abc import Mapping
from types import MappingProxyType

from aestream_msgs.msg import StreamStatus
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

WARNING_S = 5.0
"""A loss is a warning for this long. It stays in the totals, but an hour later it is no news."""

TROUBLED_STATES = ("reconnecting", "stalled", "waiting")
"""States of a stage that works on a fault: a warning."""

_SHOWN = (
    "state device events packets products messages lost_messages event_rate product_rate dropped_events "
    "dropped_packets invalid_events late_events filtered_events queue_bytes queue_limit_bytes "
    "latency_p50_ms latency_p99_ms bytes_copied recorded_events unrecorded_events "
    "clock_offset_ns clock_skew_ppm clock_resets reconnects"
)
TROUBLES = {
    "dropped_events": "events dropped",
    "dropped_packets": "packets dropped",
    "invalid_events": "events outside the sensor",
    "unrecorded_events": "events not recorded",
    "clock_resets": "clock jumps",
    "reconnects": "reconnections",
}
"""Counters whose rise is a warning, and what to call it."""


class StageDiagnostics:
    """Turns the readings of one stage into entries: error where it failed, warning for a while after a loss."""

    def __init__(self, node_name: str) -> None:
        """Begin with nothing lost."""
        self._node_name = node_name
        self._totals = dict.fromkeys(TROUBLES, 0)
        self._news = ""
        self._warn_until_s = 0.0

    def entry(
        self,
        status: StreamStatus,
        *,
        hardware_id: str,
        now_s: float,
        details: Mapping[str, object] = MappingProxyType({}),
    ) -> DiagnosticStatus:
        """Make the entry of a reading.

        Args:
            status: the reading; its message is a reason where something is wrong, else empty.
            hardware_id: which device this is about.
            now_s: time of a clock that cannot be set.
            details: what this kind of stage says beyond its counters.
        """
        self._look_for_losses(status, now_s)
        level, text = DiagnosticStatus.OK, status.state
        if status.state in TROUBLED_STATES:
            level, text = DiagnosticStatus.WARN, status.message or status.state
        elif status.state == "failed" or status.message:
            level, text = DiagnosticStatus.ERROR, status.message or status.state
        elif now_s < self._warn_until_s:
            level, text = DiagnosticStatus.WARN, f"{status.state}, {self._news}"
        values = [KeyValue(key=key, value=str(getattr(status, key))) for key in _SHOWN.split()]
        values += [KeyValue(key=key, value=str(value)) for key, value in details.items()]
        return DiagnosticStatus(
            level=level,
            name=f"{self._node_name}: {status.stage}",
            message=text,
            hardware_id=hardware_id or self._node_name,
            values=values,
        )

    def message(self, status: StreamStatus, *, hardware_id: str, now_s: float) -> DiagnosticArray:
        """Make the message around one entry."""
        return DiagnosticArray(header=status.header, status=[self.entry(status, hardware_id=hardware_id, now_s=now_s)])

    def _look_for_losses(self, status: StreamStatus, now_s: float) -> None:
        now = {key: int(getattr(status, key)) for key in TROUBLES}
        risen = {key: now[key] - self._totals[key] for key in TROUBLES if now[key] > self._totals[key]}
        self._totals = now
        if risen:
            self._news = ", ".join(f"{count} {TROUBLES[key]}" for key, count in risen.items())
            self._warn_until_s = now_s + WARNING_S
