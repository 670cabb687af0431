"""A subscriber that is killed without a chance to say so."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from books import Books

DRIVER = "aestream_driver.ros.node"
ACCUMULATOR = "aestream_gpu.ros.node"
DEPTH = 1000
LEASE_S = 2
GROWTH_BYTES = 48_000_000
PROFILE = Path(__file__).resolve().parents[2] / "config" / "fastdds.xml"
LEASE = f"""<rtps><builtin><discovery_config>
  <leaseDuration><sec>{LEASE_S}</sec></leaseDuration>
  <leaseAnnouncement><sec>1</sec></leaseAnnouncement>
</discovery_config></builtin>"""


@pytest.fixture
def short_lease(tmp_path: Path) -> dict[str, str]:
    """The shipped profile, with which the death of a process is noticed after 2 s rather than 20 s."""
    path = tmp_path / "lease.xml"
    path.write_text(PROFILE.read_text().replace("<rtps>", LEASE, 1))
    return {name: str(path) for name in ("FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_DEFAULT_PROFILES_FILE")}


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def test_the_publisher_goes_on_stops_encoding_and_does_not_grow(
    start_node: Callable[..., Any], books: Callable[..., Books], short_lease: dict[str, str]
) -> None:
    sensor = {"width": 64, "height": 48, "rate_hz": 1e6}
    driver = start_node(DRIVER, sensor)
    victim = start_node(
        ACCUMULATOR,
        {"device": "cpu", "reliability": "reliable"},
        remap=("~/events:=/event_camera/events",),
        env=short_lease,
    )
    listening = books("event_camera", "accumulator")
    listening.wait_for("accumulator", lambda status: status.messages > DEPTH, what="messages to the subscriber")
    before = listening.wait_for("event_camera", lambda status: status.products > DEPTH, what="a full history")
    before_bytes = resident_bytes(driver.pid)
    victim.send_signal(signal.SIGKILL)
    victim.wait(20)

    at_rest: list[Any] = []

    def stopped_sending() -> bool:
        status = listening.latest["event_camera"]
        if not at_rest or status.products != at_rest[0].products:
            at_rest[:] = [status]
        return bool(status.events > at_rest[0].events + 500_000)

    listening.wait(stopped_sending, what="a publisher that encodes for nobody no more")
    after = listening.latest["event_camera"]
    assert after.state == "active"
    assert after.events > before.events
    assert after.bytes_copied == at_rest[0].bytes_copied
    assert resident_bytes(driver.pid) < before_bytes + GROWTH_BYTES
