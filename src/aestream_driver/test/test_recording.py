"""Recordings beside the stream: every event is in the file or in the books."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aestream_core import AestreamError, Events, InvalidArgumentError, read_file
from aestream_driver.config import DriverConfig
from aestream_driver.recording.desk import RecordingDesk
from aestream_driver.recording.recording import Recording, RecordingRequest, open_recording
from aestream_driver.sources.base import SourcePacket
from aestream_driver.sources.table import open_source

needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")


@pytest.fixture(scope="module")
def packets() -> list[SourcePacket]:
    config = DriverConfig(source="sim", width=64, height=48, rate_hz=1e6, speed=0.0, duration_s=0.2)
    return list(open_source(config))


def count(packets: list[SourcePacket]) -> int:
    return sum(packet.count for packet in packets)


def request(path: Path, **changes: Any) -> RecordingRequest:
    return RecordingRequest(path=str(path), width=64, height=48, **changes)


def refuse(reason: str) -> None:
    raise AssertionError(reason)


@pytest.mark.parametrize(("name", "raw"), [("a.raw", True), ("a.raw", False), ("a.aedat4", False), ("a.csv", False)])
def test_every_event_is_in_the_file_and_in_the_books(
    packets: list[SourcePacket], tmp_path: Path, name: str, raw: bool
) -> None:
    recording = open_recording(request(tmp_path / name, encoding="evt3" if raw else ""), refuse)
    for packet in packets:
        recording.offer(packet, wait=True)
    recording.close()
    sent = np.concatenate([packet.events()[0].to_numpy() for packet in packets])
    assert np.array_equal(read_file(tmp_path / name).to_numpy(), sent)
    assert (recording.recorded_events, recording.unrecorded_events, recording.failure) == (len(sent), 0, None)


@needs_full
@pytest.mark.parametrize("name", ["full.raw", "full.csv", "full.aedat4"])
def test_a_full_disk_ends_the_recording_with_its_reason_and_every_event_counted(
    packets: list[SourcePacket], tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.symlink_to("/dev/full")
    reasons: list[str] = []
    recording = open_recording(request(path, overwrite=True), reasons.append)
    for packet in packets:
        recording.offer(packet, wait=True)
    recording.close()
    (reason,) = reasons
    assert "No space left on device" in reason
    assert recording.failure == reason
    assert recording.recorded_events + recording.unrecorded_events == count(packets)
    assert recording.recorded_events == 0


class SlowDisk:
    """A writer that waits until it is let go."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.writing = threading.Event()
        self.events = 0

    def write(self, events: Events) -> None:
        self.writing.set()
        assert self.free.wait(20)
        self.events += len(events)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


def test_a_slow_disk_costs_events_of_the_recording_which_are_counted_and_holds_up_nobody(
    packets: list[SourcePacket],
) -> None:
    disk = SlowDisk()
    recording = Recording("slow", disk, raw=None, limit_bytes=100_000, on_failure=refuse)
    for packet in packets:
        recording.offer(packet, wait=False)
        assert recording.queued_bytes <= recording.limit_bytes
    disk.free.set()
    recording.close()
    assert recording.unrecorded_events > 0
    assert recording.recorded_events == disk.events
    assert recording.recorded_events + recording.unrecorded_events == count(packets)


def test_what_comes_after_the_end_of_a_recording_is_nobody_s_loss(packets: list[SourcePacket], tmp_path: Path) -> None:
    recording = open_recording(request(tmp_path / "a.raw"), refuse)
    recording.offer(packets[0], wait=True)
    recording.close()
    recording.offer(packets[1], wait=True)
    recording.close()
    assert (recording.recorded_events, recording.unrecorded_events) == (packets[0].count, 0)


def test_a_writer_that_breaks_is_named_with_its_error(packets: list[SourcePacket]) -> None:
    class Broken(SlowDisk):
        def write(self, events: Events) -> None:
            raise OSError(5, "Input/output error")

    reasons: list[str] = []
    recording = Recording("broken.h5", Broken(), raw=None, limit_bytes=10**9, on_failure=reasons.append)
    for packet in packets:
        recording.offer(packet, wait=True)
    recording.close()
    assert reasons == ["cannot record to broken.h5: OSError: [Errno 5] Input/output error"]
    assert recording.unrecorded_events == count(packets)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("there.raw", r"there.raw', which is there already; choose another name or remove it"),
        ("run.bag", r"run.bag"),
        ("missing/run.aedat4", r"No such file or directory"),
    ],
)
def test_what_cannot_be_recorded_to_is_refused(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "there.raw").touch()
    with pytest.raises(AestreamError, match=message):
        open_recording(request(tmp_path / name), refuse)
    assert (tmp_path / "there.raw").read_bytes() == b""


@pytest.mark.parametrize("raw", [True, False])
def test_a_file_is_replaced_only_where_that_is_asked_for(
    packets: list[SourcePacket], tmp_path: Path, raw: bool
) -> None:
    path = tmp_path / "there.raw"
    path.write_bytes(b"old")
    recording = open_recording(request(path, overwrite=True, encoding="evt3" if raw else ""), refuse)
    recording.offer(packets[0], wait=True)
    recording.close()
    assert len(read_file(path)) == packets[0].count


def test_the_desk_runs_one_recording_at_a_time_and_keeps_the_books_of_all(
    packets: list[SourcePacket], tmp_path: Path
) -> None:
    desk = RecordingDesk(refuse)
    with pytest.raises(InvalidArgumentError, match=r"nothing is being recorded; name a path to start"):
        desk.stop()
    for name in ("a.raw", "b.csv"):
        desk.start(request(tmp_path / name))
        with pytest.raises(InvalidArgumentError, match=rf"already recording to '.*{name}'; stop that first"):
            desk.start(request(tmp_path / "c.raw"))
        desk.offer(packets[0], wait=True)
        assert desk.stop().recorded_events == packets[0].count
        desk.offer(packets[1], wait=True)
    assert (desk.recorded_events, desk.unrecorded_events, desk.failure) == (2 * packets[0].count, 0, "")
    assert not (tmp_path / "c.raw").exists()


@needs_full
def test_a_recording_that_failed_gives_way_to_the_next_and_stays_in_the_books(
    packets: list[SourcePacket], tmp_path: Path
) -> None:
    full = tmp_path / "full.raw"
    full.symlink_to("/dev/full")
    failed = threading.Event()
    desk = RecordingDesk(lambda _: failed.set())
    desk.start(request(full, overwrite=True))
    desk.offer(packets[0], wait=True)
    assert failed.wait(20)
    assert "No space left" in desk.failure
    desk.start(request(tmp_path / "a.raw"))
    desk.offer(packets[1], wait=True)
    desk.close()
    assert (desk.recorded_events, desk.unrecorded_events) == (packets[1].count, packets[0].count)
