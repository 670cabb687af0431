"""The benchmark of transport measures what it says."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from bench.sections import sections, write_section
from bench.transport.case import Case
from bench.transport.figures import figures
from bench.transport.packets import Schedule, recording, schedule
from bench.transport.paths.table import PATHS
from bench.transport.plan import points, rates
from bench.transport.processes import SHIPPED, measure
from bench.transport.stamps import Received, Sent
from bench.transport.sweep import SWEEPS, profile_with

CASE = Case("exchange", 1e6, seconds=0.5)
LATENCY_NS = 250_000


@pytest.fixture(scope="module")
def plan() -> Schedule:
    recording(CASE.rate_hz)
    return schedule(CASE)


def test_every_path_is_in_the_table_and_every_sweep_has_variants(tmp_path: Path) -> None:
    assert {case.path for case in (*rates((1.0, 10.0)), *points())} == set(PATHS)
    for sweep in SWEEPS.values():
        assert len({case for _, case in sweep(tmp_path)}) > 1


def test_a_packet_is_due_when_its_last_event_has_happened(plan: Schedule) -> None:
    assert (np.diff(plan.due_ns) > 0).all()
    seconds = plan.due_ns[-1] / 1e9
    assert plan.event_counts().sum() / seconds == pytest.approx(CASE.rate_hz, rel=0.1)


def test_a_packet_that_is_missing_is_a_loss_and_latencies_are_those_of_the_rest(plan: Schedule, tmp_path: Path) -> None:
    count = len(plan.due_ns)
    Sent(list(range(count)), list(range(count)), nbytes=8 * count, cpu_s=1.0).save(tmp_path / "sent.npz")
    kept = np.delete(np.arange(count), [plan.warm + 3, plan.warm + 4])
    np.savez(
        tmp_path / "received.npz",
        seq=kept,
        arrived_ns=kept + LATENCY_NS,
        viewable_ns=kept + 2 * LATENCY_NS,
        events=plan.event_counts()[kept],
        cpu_s=1.0,
    )
    row = figures(CASE, plan, tmp_path)
    assert row["loss"] == pytest.approx(2 / (count - plan.warm))
    assert (row["arrival_p50_us"], row["p99_us"]) == (LATENCY_NS / 1e3, 2 * LATENCY_NS / 1e3)


def test_a_packet_that_arrives_with_other_events_gives_no_figures(plan: Schedule, tmp_path: Path) -> None:
    count = len(plan.due_ns)
    Sent(list(range(count)), list(range(count))).save(tmp_path / "sent.npz")
    received = Received(plan)
    for seq in range(count):
        received.note(seq, 0, 1)
    assert received.done
    received.save(tmp_path / "received.npz")
    with pytest.raises(AssertionError, match="events differ"):
        figures(CASE, plan, tmp_path)


def test_a_case_is_measured_in_processes_of_its_own() -> None:
    row = measure(CASE)
    assert row["loss"] == 0
    assert 0 < row["p50_us"] <= row["p99_us"]


def test_a_profile_with_another_value_is_the_shipped_one_otherwise(tmp_path: Path) -> None:
    changed = Path(profile_with(tmp_path, "segment_size", 4 << 20))
    assert b"<dds xmlns=" in changed.read_bytes(), "Fast DDS knows no prefixes"
    ours, theirs = (list(ElementTree.parse(path).getroot().iter()) for path in (SHIPPED, changed))
    differing = [
        left.tag.rpartition("}")[2] for left, right in zip(ours, theirs, strict=True) if left.text != right.text
    ]
    assert differing == ["segment_size", "maxMessageSize"]


def test_a_section_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    for name, text in (("files", "old files"), ("transport", "transport"), ("files", "new files")):
        write_section(name, text, page)
    assert sections(page.read_text()) == {"transport": "transport", "files": "new files"}
