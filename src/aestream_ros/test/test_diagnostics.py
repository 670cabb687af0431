"""Entries of /diagnostics: error while something is wrong, a warning for a while after a loss, then none."""

from typing import Any

import pytest
from aestream_msgs.msg import StreamStatus
from diagnostic_msgs.msg import DiagnosticStatus

from aestream_ros.diagnostics import TROUBLES, WARNING_S, StageDiagnostics


def entry(diagnostics: StageDiagnostics, now_s: float, **changes: Any) -> DiagnosticStatus:
    status = StreamStatus(**{"stage": "source", "state": "active", **changes})
    return diagnostics.entry(status, hardware_id="camera 7", now_s=now_s)


def test_an_entry_names_node_stage_and_hardware_and_carries_every_counter() -> None:
    made = entry(StageDiagnostics("/robot/eye"), 0.0, event_rate=1e6, latency_p99_ms=2.5, queue_bytes=7)
    assert (made.name, made.hardware_id, made.message) == ("/robot/eye: source", "camera 7", "active")
    assert made.level == DiagnosticStatus.OK
    values = {pair.key: pair.value for pair in made.values}
    assert values["event_rate"] == "1000000.0"
    assert (values["latency_p99_ms"], values["queue_bytes"]) == ("2.5", "7")
    names = set(StreamStatus.get_fields_and_field_types())
    assert set(values) == names - {"header", "stage", "message", "t_us"}


def test_without_a_device_the_node_s_name_is_the_hardware_id() -> None:
    made = StageDiagnostics("/eye").entry(StreamStatus(), hardware_id="", now_s=0.0)
    assert made.hardware_id == "/eye"


@pytest.mark.parametrize("counter", TROUBLES)
def test_a_loss_warns_for_a_while_and_not_for_ever(counter: str) -> None:
    diagnostics = StageDiagnostics("/eye")
    assert entry(diagnostics, 0.0).level == DiagnosticStatus.OK
    lost = entry(diagnostics, 1.0, **{counter: 3})
    assert (lost.level, lost.message) == (DiagnosticStatus.WARN, f"active, 3 {TROUBLES[counter]}")
    assert entry(diagnostics, 1.0 + WARNING_S - 0.1, **{counter: 3}).level == DiagnosticStatus.WARN
    later = entry(diagnostics, 1.0 + WARNING_S + 0.1, **{counter: 3})
    assert (later.level, later.message) == (DiagnosticStatus.OK, "active")
    assert {pair.key: pair.value for pair in later.values}[counter] == "3", "the total stays"
    again = entry(diagnostics, 20.0, **{counter: 5})
    assert (again.level, again.message) == (DiagnosticStatus.WARN, f"active, 2 {TROUBLES[counter]}")


def test_counters_that_begin_again_are_no_loss() -> None:
    diagnostics = StageDiagnostics("/eye")
    entry(diagnostics, 0.0, dropped_events=5)
    assert entry(diagnostics, 100.0, dropped_events=0).level == DiagnosticStatus.OK


def test_a_failure_is_an_error_with_its_reason_and_so_is_one_beside_the_stream() -> None:
    diagnostics = StageDiagnostics("/eye")
    failed = entry(diagnostics, 0.0, state="failed", message="unplugged")
    assert (failed.level, failed.message) == (DiagnosticStatus.ERROR, "unplugged")
    full = entry(diagnostics, 1.0, message="cannot record to a.raw: No space left on device")
    assert (full.level, full.message) == (DiagnosticStatus.ERROR, "cannot record to a.raw: No space left on device")


@pytest.mark.parametrize("state", ["reconnecting", "stalled"])
def test_a_fault_that_is_being_mended_is_a_warning(state: str) -> None:
    made = entry(StageDiagnostics("/eye"), 0.0, state=state, message="the camera was unplugged")
    assert (made.level, made.message) == (DiagnosticStatus.WARN, "the camera was unplugged")
