"""Recordings that the driver writes."""

from pathlib import Path

import numpy as np
import pytest

from aestream_core import (
    AestreamError,
    InvalidArgumentError,
    SimConfig,
    create_file,
    file_info,
    open_simulator,
    read_file,
)
from aestream_driver.config import DriverConfig
from aestream_driver.recording.raw import RawRecorder
from aestream_driver.sources.table import open_source


def test_what_is_recorded_reads_back_event_for_event(tmp_path: Path) -> None:
    path = tmp_path / "sim.raw"
    config = DriverConfig(source="sim", width=64, height=48, rate_hz=1e5, speed=0.0, duration_s=0.2)
    recorder = RawRecorder(str(path), encoding="evt3", width=64, height=48)
    sent = []
    for packet in open_source(config):
        recorder.write(packet.wire().data)
        sent += packet.events()
    recorder.close()
    info = file_info(path)
    assert (info.format, info.width, info.height, info.sensor_assumed) == ("evt3", 64, 48, False)
    assert np.array_equal(read_file(path).to_numpy(), np.concatenate([events.to_numpy() for events in sent]))


@pytest.mark.parametrize("encoding", ["evt2", "evt21"])
def test_a_recording_that_passes_through_is_recorded_in_its_own_encoding(tmp_path: Path, encoding: str) -> None:
    writer = create_file(tmp_path / "first.raw", width=64, height=48, format=encoding)
    for events in open_simulator(SimConfig(width=64, height=48, rate_hz=1e5, duration_us=200_000)):
        writer.write(events)
    writer.close()
    source = open_source(DriverConfig(source="file", path=str(tmp_path / "first.raw"), speed=0.0))
    recorder = RawRecorder(str(tmp_path / "again.raw"), encoding=source.encoding, width=64, height=48)
    for packet in source:
        recorder.write(packet.wire())
    recorder.close()
    assert file_info(tmp_path / "again.raw").format == encoding
    first, again = (read_file(tmp_path / f"{name}.raw").to_numpy() for name in ("first", "again"))
    assert len(first) > 10_000
    assert np.array_equal(first, again)


def test_an_encoding_that_no_raw_recording_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match=r"the source gives 'mono'; .raw holds evt3, evt2, evt21"):
        RawRecorder(str(tmp_path / "a.raw"), encoding="mono", width=1, height=1)


def test_another_suffix_and_a_file_that_is_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match=r"record is 'run.bag'; it must end in .raw"):
        RawRecorder("run.bag", encoding="evt3", width=1, height=1)
    there = tmp_path / "there.raw"
    there.touch()
    with pytest.raises(InvalidArgumentError, match=r"there.raw', which is there already"):
        RawRecorder(str(there), encoding="evt3", width=1, height=1)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AestreamError, match=r"cannot record to .*missing/run.raw: No such file or directory"):
        RawRecorder(str(tmp_path / "missing" / "run.raw"), encoding="evt3", width=1, height=1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_an_error_not_a_loss_in_silence(tmp_path: Path) -> None:
    full = tmp_path / "full.raw"
    recorder = RawRecorder(str(full), encoding="evt3", width=64, height=48)
    recorder._file.close()
    recorder._file = Path("/dev/full").open("wb")  # noqa: SIM115
    packet = next(iter(open_source(DriverConfig(source="sim", width=64, height=48, rate_hz=1e5, speed=0.0))))
    recorder.write(packet.wire().data)
    with pytest.raises(AestreamError, match=r"cannot record to .*full.raw: No space left on device"):
        recorder.close()
    recorder._file.raw.close()  # type: ignore[attr-defined]
