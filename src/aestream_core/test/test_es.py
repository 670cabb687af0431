"""Event Stream: read as the specification and the format's own library say, and written so that both read it."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import event_stream
import numpy as np
import numpy.typing as npt
import pytest
from es_reference import ATIS, COLOR, DVS, Record, decode, encode, header
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recording_files import drained, joined

from aestream_core import _core
from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError
from aestream_core.events import EVENT_DTYPE, Events
from aestream_core.files import create_file, file_info, open_file, read_file

KINDS = (DVS, ATIS, COLOR)
WIDTH, HEIGHT = 64, 48
rng = np.random.default_rng(8)


def es_file(folder: Path, kind: int, data: bytes, *, width: int = WIDTH, height: int = HEIGHT) -> Path:
    path = folder / "recording.es"
    path.write_bytes(header(kind, width, height) + data)
    return path


def some_records(count: int, *, step_us: int = 300) -> list[Record]:
    times = np.cumsum(rng.integers(0, step_us, count))
    return [
        Record(int(t), int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT)), bool(rng.integers(2))) for t in times
    ]


def some_events(count: int, *, start_us: int = 0, step_us: int = 300) -> npt.NDArray[np.void]:
    events = np.zeros(count, EVENT_DTYPE)
    events["t"] = start_us + np.cumsum(rng.integers(0, step_us, count))
    events["x"] = rng.integers(0, WIDTH, count)
    events["y"] = rng.integers(0, HEIGHT, count)
    events["p"] = rng.integers(0, 2, count)
    return events


def to_packet(events: npt.NDArray[np.void]) -> Events:
    return Events.from_numpy(events, width=WIDTH, height=HEIGHT)


def write(path: Path, *parts: npt.NDArray[np.void]) -> int:
    """Write packets; gives the time that the file's time 0 stands for."""
    writer = create_file(path, width=WIDTH, height=HEIGHT)
    for part in parts:
        writer.write(to_packet(part))
    writer.close()
    return writer.counters().lost_base_us


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("resets", [False, True])
def test_every_kind_of_stream_is_read_as_its_specification_says(tmp_path: Path, kind: int, resets: bool) -> None:
    records = some_records(3000)
    if kind == ATIS:
        records[10::7] = [Record(r.t_us, r.x, r.y, r.on, crossing=True) for r in records[10::7]]
    data = encode(kind, records, resets=resets)
    stream = open_file(es_file(tmp_path, kind, data))
    events = joined(list(stream))
    kept = [r for r in records if not r.crossing]
    assert events["t"].tolist() == [r.t_us for r in kept]
    assert events["x"].tolist() == [r.x for r in kept]
    assert events["y"].tolist() == [HEIGHT - 1 - r.y for r in kept]
    assert events["p"].tolist() == [1 if kind == COLOR else r.on for r in kept]
    assert stream.counters()["skipped_packets"] == len(records) - len(kept)


def test_a_real_recording_is_read_exactly(recordings: Path) -> None:
    expected = json.loads((recordings / "digests.json").read_text())["faery_dvs.es"]
    events = read_file(recordings / "faery_dvs.es").to_numpy()
    as_written = {"t": events["t"], "x": events["x"], "y": 239 - events["y"], "p": events["p"]}
    kinds = {"t": "<i8", "x": "<u2", "y": "<u2", "p": "u1"}
    digests = {
        name: hashlib.sha256(as_written[name].astype(kind).tobytes()).hexdigest() for name, kind in kinds.items()
    }
    assert digests == expected["sha256"]


def test_a_real_recording_is_written_back_to_the_same_bytes(recordings: Path, tmp_path: Path) -> None:
    source = recordings / "faery_dvs.es"
    writer = create_file(tmp_path / "copy.es", width=320, height=240)
    for packet in open_file(source):
        writer.write(packet)
    writer.close()
    assert (tmp_path / "copy.es").read_bytes() == source.read_bytes()


LIBRARY_WRITES = """
import sys, event_stream, numpy
path, name, width, height, rows = sys.argv[1:]
with event_stream.Encoder(path, name, int(width), int(height)) as encoder:
    encoder.write(numpy.load(rows))
"""


def write_with_library(path: Path, name: str, rows: npt.NDArray[np.void]) -> None:
    """In a process of its own: its encoder of colours leaves NumPy's uint8 type changed for all that follows."""
    np.save(path.with_suffix(".npy"), rows)
    words = [str(path), name, str(WIDTH), str(HEIGHT), str(path.with_suffix(".npy"))]
    subprocess.run([sys.executable, "-c", LIBRARY_WRITES, *words], check=True)


@pytest.mark.parametrize(("kind", "name"), [(DVS, "dvs"), (ATIS, "atis"), (COLOR, "color")])
def test_what_the_formats_own_library_writes_is_read(tmp_path: Path, kind: int, name: str) -> None:
    rows = np.zeros(2000, getattr(event_stream, f"{name}_dtype"))
    rows["t"] = np.cumsum(rng.integers(0, 400, len(rows)))
    rows["x"] = rng.integers(0, WIDTH, len(rows))
    rows["y"] = rng.integers(0, HEIGHT, len(rows))
    polarity = {DVS: "on", ATIS: "polarity", COLOR: None}[kind]
    if polarity:
        rows[polarity] = rng.integers(0, 2, len(rows))
    path = tmp_path / "recording.es"
    write_with_library(path, name, rows)
    events = read_file(path).to_numpy()
    assert np.array_equal(events["t"], rows["t"])
    assert np.array_equal(events["x"], rows["x"])
    assert np.array_equal(events["y"], HEIGHT - 1 - rows["y"])
    assert np.array_equal(events["p"], rows[polarity] if polarity else np.ones(len(rows)))


def test_the_formats_own_library_reads_what_is_written(tmp_path: Path) -> None:
    events = some_events(5000)
    path = tmp_path / "recording.es"
    write(path, events[:3], events[3:4000], events[4000:])
    with event_stream.Decoder(str(path)) as decoder:
        assert (decoder.width, decoder.height) == (WIDTH, HEIGHT)
        rows = np.concatenate(list(decoder))
    assert np.array_equal(rows["t"], events["t"])
    assert np.array_equal(rows["x"], events["x"])
    assert np.array_equal(HEIGHT - 1 - rows["y"], events["y"])
    assert np.array_equal(rows["on"], events["p"])


def test_what_is_written_is_read_back_whatever_the_steps_of_time(tmp_path: Path) -> None:
    events = np.concatenate(
        [some_events(300), some_events(300, start_us=10**6, step_us=2), some_events(9, start_us=10**8)]
    )
    write(tmp_path / "recording.es", events[:450], events[450:])
    assert np.array_equal(read_file(tmp_path / "recording.es").to_numpy(), events)


@pytest.mark.parametrize(("start_us", "lost_us"), [(60_000_000, 0), (60_000_001, 60_000_001), (1 << 50, 1 << 50)])
def test_files_of_late_times_count_from_their_first_event_and_say_so(
    tmp_path: Path, start_us: int, lost_us: int
) -> None:
    events = some_events(100)
    events["t"] += start_us - int(events["t"][0])
    assert write(tmp_path / "recording.es", events) == lost_us
    back = read_file(tmp_path / "recording.es").to_numpy()
    events["t"] -= lost_us
    assert np.array_equal(back, events)
    assert (tmp_path / "recording.es").stat().st_size < 600_000


def test_times_that_step_back_are_refused_and_nothing_of_the_packet_is_written(tmp_path: Path) -> None:
    events = some_events(10, step_us=1)
    events["t"] = [5, 6, 7, 8, 9, 10, 11, 4, 12, 13]
    writer = create_file(tmp_path / "recording.es", width=WIDTH, height=HEIGHT)
    writer.write(to_packet(events[:3]))
    with pytest.raises(InvalidArgumentError, match=r"steps back from 11 to 4 us; .* sort the events by time first"):
        writer.write(to_packet(events[3:]))
    with pytest.raises(InvalidArgumentError, match="steps back from 7 to 4 us"):
        writer.write(to_packet(events[7:8]))
    writer.write(to_packet(events[8:]))
    writer.close()
    assert read_file(tmp_path / "recording.es").to_numpy()["t"].tolist() == [5, 6, 7, 12, 13]


def test_a_gap_of_hours_is_refused_within_and_between_packets(tmp_path: Path) -> None:
    events = some_events(2, step_us=1)
    events["t"] = [0, 3_600_000_001]
    for parts in ([events], [events[:1], events[1:]]):
        with pytest.raises(InvalidArgumentError, match="gap of 3600000001 us"):
            write(tmp_path / "recording.es", *parts)


def test_events_outside_the_sensor_are_not_written(tmp_path: Path) -> None:
    events = some_events(3)
    writer = create_file(tmp_path / "recording.es", width=8, height=8)
    events["x"], events["y"] = [1, 2, 8], 3
    with pytest.raises(InvalidArgumentError, match="8x8"):
        writer.write(to_packet(events))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), sizes=st.lists(st.integers(0, 30), min_size=1, max_size=20), resume=st.booleans())
def test_any_bytes_cut_anywhere_decode_to_the_events_of_the_slow_twin(
    kind: int, data: bytes, sizes: list[int], resume: bool
) -> None:
    width, height = 30_000, 32_767
    expected, _ = decode(kind, data, width, height)
    whole = header(kind, width, height) + data
    try:
        got = joined([Events(p) for p in _core.decode_pieces("a.es", whole, sizes, resume)])
    except DamagedRecordingError:
        return
    assert np.array_equal(got, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_long_random_bytes_decode_to_the_events_of_the_slow_twin(tmp_path: Path, kind: int) -> None:
    data = rng.integers(0, 256, 50_000, dtype=np.uint8).tobytes() + b"\xff" * 9
    expected, outside = decode(kind, data, 20_000, 20_000)
    stream = open_file(es_file(tmp_path, kind, data, width=20_000, height=20_000), skip_errors=True)
    assert np.array_equal(joined(list(stream)), expected)
    assert stream.counters()["outside_sensor"] == outside


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_at_any_byte_gives_the_whole_records_before(tmp_path: Path, kind: int) -> None:
    data = encode(kind, some_records(12))
    for size in range(len(data) + 1):
        path = es_file(tmp_path, kind, data[:size])
        expected, _ = decode(kind, data[:size], WIDTH, HEIGHT)
        packets, fault = drained(path)
        assert fault is None or (fault.byte_offset == 20 + size and "it ends inside an event" in str(fault))
        assert np.array_equal(joined(packets), expected)


def test_gaps_of_hours_are_read_in_little_memory(tmp_path: Path) -> None:
    gap = b"\xff" * 40_000_000  # 84.7 minutes
    path = es_file(tmp_path, DVS, encode(DVS, [Record(1, 2, 3)]) + gap + encode(DVS, [Record(1, 2, 3)]))
    assert [int(packet.to_numpy()["t"][0]) for packet in open_file(path)] == [1, 40_000_000 * 127 + 2]


def test_the_header_says_what_the_stream_is(tmp_path: Path) -> None:
    info = file_info(es_file(tmp_path, COLOR, b""))
    assert (info.format, info.width, info.height, info.sensor_assumed) == ("es", WIDTH, HEIGHT, False)
    assert info.details["kind"] == "color"
    assert "ON events" in info.details["polarity"]
    renamed = es_file(tmp_path, DVS, b"").rename(tmp_path / "recording.dump")
    assert file_info(renamed).format == "es"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Event Stream\x02\x00\x00\x00abcdef", "generic events: bytes without coordinates"),
        (b"Event Stream\x02\x00\x00\x03abcdef", "of kind display; dvs, atis and color are read"),
        (b"Event Stream\x02\x00\x00\x63abcdef", r"of kind unknown \(99\)"),
        (b"Event Stream\x01\x00\x00\x01abcdef", "version 1.0; version 2 is read"),
        (b"something else", r"named like an Event Stream recording \(.es\) but holds something unknown"),
        (header(DVS, 0, 48), "sensor of 0x48 pixels"),
        (header(DVS, 40_000, 48), "sensor of 40000x48 pixels"),
    ],
)
def test_what_is_no_stream_of_pixel_events_is_refused_in_words(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "recording.es"
    path.write_bytes(data)
    with pytest.raises(FormatError, match=message):
        file_info(path)


@pytest.mark.parametrize("size", range(12, 20))
def test_a_cut_header_is_damage(tmp_path: Path, size: int) -> None:
    path = tmp_path / "recording.es"
    path.write_bytes(header(DVS, WIDTH, HEIGHT)[:size])
    with pytest.raises(DamagedRecordingError, match=f"at byte {size}: it ends inside its header"):
        file_info(path)
