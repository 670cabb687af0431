"""AEDAT4: triggers, IMU samples and frames beside the events, as dv-processing writes and reads them."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aedat4_files import START_US, drained, joined, some_events, written
from aedat4_writer import Stream, Writer

from aestream_core.files import EXTRAS, open_file

WIDTH, HEIGHT = 64, 48


def extras_of(path: Path, *extras: str, **options: Any) -> tuple[Any, Any, Any]:
    stream = open_file(path, extras=extras or EXTRAS, **options)
    list(stream)
    side = stream.side
    assert side is not None
    return side.take_triggers(), side.take_imu(), side.take_frames()


def recorded(dv: Any, path: Path, *, kind: str = "none") -> None:
    """Write events, two triggers, two IMU samples and a frame of that kind through dv-processing."""
    config = dv.io.MonoCameraWriter.Config("TestCamera")
    config.addEventStream((WIDTH, HEIGHT))
    config.addFrameStream((WIDTH, HEIGHT))
    config.addImuStream()
    config.addTriggerStream()
    writer = dv.io.MonoCameraWriter(str(path), config)
    events = dv.EventStore()
    for i in range(100):
        events.push_back(START_US + i, i % WIDTH, i % HEIGHT, i % 2 == 0)
    writer.writeEvents(events)
    writer.writeTrigger(dv.Trigger(START_US + 5, dv.TriggerType.EXTERNAL_SIGNAL_RISING_EDGE))
    writer.writeTrigger(dv.Trigger(START_US + 6, dv.TriggerType.EXTERNAL_SIGNAL_FALLING_EDGE))
    for i in range(2):
        writer.writeImu(dv.IMU(START_US + 7 + i, 25.5, 1, 2, 3, 4, 5, 6, 7, 8, 9))
    if kind != "none":
        writer.writeFrame(dv.Frame(START_US + 9, picture(kind)))
    del writer


def picture(kind: str) -> Any:
    channels = {"grey": (), "colour": (3,), "alpha": (4,)}[kind]
    count = WIDTH * HEIGHT * (channels[0] if channels else 1)
    return (np.arange(count) % 251).astype(np.uint8).reshape(HEIGHT, WIDTH, *channels)


def test_triggers_and_imu_samples_are_those_that_dv_processing_wrote(tmp_path: Path) -> None:
    dv = pytest.importorskip("dv_processing")
    recorded(dv, tmp_path / "a.aedat4")
    triggers, imu, frames = extras_of(tmp_path / "a.aedat4")
    assert triggers.tolist() == [(START_US + 5, 1, 1), (START_US + 6, 2, 0)]
    assert imu["t_us"].tolist() == [START_US + 7, START_US + 8]
    assert imu["temperature_c"].tolist() == [25.5, 25.5]
    assert imu["acceleration_g"][0].tolist() == [1, 2, 3]
    assert imu["angular_rate_dps"][0].tolist() == [4, 5, 6]
    assert imu["magnetic_field_ut"][0].tolist() == [7, 8, 9]
    assert frames == []


@pytest.mark.parametrize("kind", ["grey", "colour", "alpha"])
def test_frames_are_those_that_dv_processing_wrote(tmp_path: Path, kind: str) -> None:
    dv = pytest.importorskip("dv_processing")
    recorded(dv, tmp_path / "a.aedat4", kind=kind)
    (frame,) = extras_of(tmp_path / "a.aedat4", "frames")[2]
    assert np.array_equal(frame.pixels(), picture(kind))
    assert (frame.x, frame.y) == (0, 0)
    assert frame.start_us == frame.end_us == START_US + 9


def test_the_extras_of_a_real_recording_are_those_that_dv_processing_reads(recordings: Path) -> None:
    dv = pytest.importorskip("dv_processing")
    path = recordings / "tonic_sample.aedat4"
    recording = dv.io.MonoCameraRecording(str(path))
    samples: list[Any] = []
    while (batch := recording.getNextImuBatch()) is not None:
        samples.extend(batch)
    triggers, imu, frames = extras_of(path)
    assert imu["t_us"].tolist() == [sample.timestamp for sample in samples]
    assert len(imu) > 400
    rates = [(sample.gyroscopeX, sample.gyroscopeY, sample.gyroscopeZ) for sample in samples]
    assert np.array_equal(imu["angular_rate_dps"], np.array(rates, np.float32))
    assert np.array_equal(imu["temperature_c"], np.array([sample.temperature for sample in samples], np.float32))
    assert (len(triggers), len(frames)) == (0, 0)


def test_the_imu_samples_of_a_real_recording_are_those_that_aedat_reads(recordings: Path) -> None:
    aedat = pytest.importorskip("aedat")
    path = recordings / "tonic_sample.aedat4"
    samples = np.concatenate([packet["imus"] for packet in aedat.Decoder(str(path)) if "imus" in packet])
    imu = extras_of(path, "imu")[1]
    assert np.array_equal(imu["t_us"], samples["t"])
    for axis, name in enumerate("xyz"):
        assert np.array_equal(imu["acceleration_g"][:, axis], samples[f"accelerometer_{name}"])


def test_only_what_is_asked_for_is_collected_and_the_events_are_the_same(tmp_path: Path) -> None:
    dv = pytest.importorskip("dv_processing")
    path = tmp_path / "a.aedat4"
    recorded(dv, path, kind="grey")
    events = joined(list(open_file(path)))
    for wanted, skipped in (((), 4), (("imu",), 2), (("triggers", "frames"), 2), (EXTRAS, 0)):
        stream = open_file(path, extras=wanted)
        assert np.array_equal(joined(list(stream)), events)
        # dv-processing writes one IMU packet, or one for each sample.
        assert (stream.counters()["skipped_packets"] == 0) == (skipped == 0)
    assert open_file(path).side is None
    stream = open_file(path, extras=("triggers",))
    list(stream)
    assert stream.counters()["triggers"] == 2


def frame_payload(fields: dict[int, bytes], pixels: bytes) -> bytes:
    """Make a FRME flatbuffer of those scalar fields, by number, and pixels."""
    table, offsets = b"", [0] * 11
    for number, value in fields.items():
        offsets[number] = 4 + len(table)
        table += value
    offsets[10] = 4 + len(table)
    table += struct.pack("<I", 4)
    vtable = struct.pack("<HH11H", 26, 4 + len(table), *offsets)
    at = 8 + len(vtable)
    body = struct.pack("<I4s", at, b"FRME") + vtable + struct.pack("<i", len(vtable)) + table
    body += struct.pack("<I", len(pixels)) + pixels
    return struct.pack("<I", len(body)) + body


def frame_fields(width: int, height: int, pixel_format: int, **more: bytes) -> dict[int, bytes]:
    fields = {3: struct.pack("<q", START_US), 4: struct.pack("<q", START_US + 100)}
    fields |= {5: struct.pack("<b", pixel_format), 6: struct.pack("<h", width), 7: struct.pack("<h", height)}
    return fields | {int(number[1:]): value for number, value in more.items()}


def frame_file(folder: Path, payload: bytes) -> Path:
    events = some_events(10)
    writer = Writer([Stream(0), Stream(4, "FRME")], compression=1).add_events(0, events).add(4, payload)
    return written(folder, writer.add_events(0, events).to_bytes())


def test_a_frame_of_16_bits_has_its_corner_and_its_exposure(tmp_path: Path) -> None:
    pixels = np.arange(12, dtype="<u2") * 1000
    fields = frame_fields(4, 3, 2, f8=struct.pack("<h", 5), f9=struct.pack("<h", 6))
    (frame,) = extras_of(frame_file(tmp_path, frame_payload(fields, pixels.tobytes())), "frames")[2]
    assert np.array_equal(frame.pixels(), pixels.reshape(3, 4))
    assert (frame.x, frame.y, frame.start_us, frame.end_us) == (5, 6, START_US, START_US + 100)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (frame_fields(4, 3, 0), "its frame of 4x3 pixels has 5 bytes rather than 12"),
        (frame_fields(32767, 32767, 26), "rather than 8589410312"),
        (frame_fields(-4, 3, 0), "its frame has the side or corner -4"),
        (frame_fields(4, 3, 5), "its frame has the pixel format 5; known are 0, 16, 24"),
        (frame_fields(4, 3, 0, f3=struct.pack("<q", -1)), "a record in it has the time -1 us"),
    ],
)
def test_a_broken_frame_is_damage_only_where_frames_are_wanted(
    tmp_path: Path, fields: dict[int, bytes], message: str
) -> None:
    path = frame_file(tmp_path, frame_payload(fields, b"12345"))
    events, fault = drained(path, extras=("frames",))
    assert message in str(fault)
    assert len(events) == 10
    events, fault = drained(path)
    assert fault is None
    assert len(events) == 20
    assert len(drained(path, extras=("frames",), skip_errors=True)[0]) == 20
