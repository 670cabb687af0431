"""AEDAT 3.0 and 3.1: packets of many types, clocks that overflow, damaged packets."""

import contextlib
import struct
from pathlib import Path

import numpy as np
import pytest
from aedat3_reference import FRAME, IMU6, IMU9, POLARITY, SPECIAL, frame, header, imu, packet, polarity, special
from hypothesis import given, settings
from hypothesis import strategies as st
from recording_files import drained, joined

from aestream_core import _core
from aestream_core.errors import DamagedRecordingError, FormatError
from aestream_core.events import Events
from aestream_core.files import file_info, open_file, read_file

Row = tuple[int, int, int, int]
rng = np.random.default_rng(3)
GRAVITY, RATE, FIELD = [0.0, -1.0, 0.5], [10.0, 20.0, -30.0], [1.0, 2.0, 3.0]


def some_rows(count: int, *, start_us: int = 0, width: int = 128, height: int = 128) -> list[Row]:
    times = start_us + np.cumsum(rng.integers(0, 1000, count))
    return [(int(t), *(int(v) for v in rng.integers(0, (width, height, 2)))) for t in times]


def events_packet(rows: list[Row], *, overflows: int = 0, room: int = 0) -> bytes:
    return packet(POLARITY, (polarity(*row) for row in rows), overflows=overflows, room=room)


def mixed(rows: list[Row]) -> bytes:
    """Give packets of every kind around the events."""
    half = len(rows) // 2
    return b"".join(
        [
            packet(SPECIAL, [special(5, 2), special(6, 3), special(7, 1)]),
            events_packet(rows[:half], room=2),
            packet(FRAME, [frame(10, 20, 3, 2, 1, list(range(6)))]),
            packet(IMU6, [imu(30, GRAVITY, RATE, 25.0, [])]),
            events_packet([]),
            packet(IMU9, [imu(31, GRAVITY, RATE, 26.0, FIELD)]),
            packet(7, [b"0123456789"]),
            events_packet(rows[half:]),
        ]
    )


def as_rows(packets: list[Events]) -> list[Row]:
    return [tuple(map(int, row)) for row in joined(packets)]


def aedat_file(folder: Path, data: bytes) -> Path:
    path = folder / "recording.aedat"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("source", "size"), [("DVS128", (128, 128)), ("DAVIS240C", (240, 180)), ("DAVIS346 of a lab", (346, 260))]
)
def test_events_are_read_and_the_source_says_the_sensor(tmp_path: Path, source: str, size: tuple[int, int]) -> None:
    rows = [(0, 0, 0, 1), (1, size[0] - 1, size[1] - 1, 0), *some_rows(3000)]
    path = aedat_file(tmp_path, header(source) + events_packet(rows[:1000]) + events_packet(rows[1000:]))
    assert as_rows([read_file(path)]) == rows
    info = file_info(path)
    assert (info.format, info.width, info.height, info.sensor_assumed) == ("aedat3", *size, False)
    assert info.details["version"] == "3.1"


def test_a_source_that_is_not_known_leaves_the_sensor_to_the_events(tmp_path: Path) -> None:
    rows = some_rows(500, width=640, height=480)
    info = file_info(aedat_file(tmp_path, header("a new camera") + events_packet(rows)))
    assert (info.width, info.height, info.sensor_assumed) == (640, 480, True)
    info = file_info(aedat_file(tmp_path, header("a new camera")))
    assert (info.width, info.height, info.sensor_assumed) == (1280, 720, True)


def test_version_3_0_counts_rows_from_the_bottom(tmp_path: Path) -> None:
    rows = some_rows(300)
    flipped = [(t, x, 127 - y, on) for t, x, y, on in rows]
    path = aedat_file(tmp_path, header("DVS128", version="3.0") + events_packet(flipped))
    assert as_rows([read_file(path)]) == rows


def test_events_that_a_filter_took_out_are_not_delivered_but_counted(tmp_path: Path) -> None:
    events = [polarity(1, 2, 3, 1), polarity(2, 3, 4, 1, valid=0), polarity(3, 200, 4, 1), polarity(4, 5, 6, 0)]
    stream = open_file(aedat_file(tmp_path, header("DVS128") + packet(POLARITY, events)))
    assert as_rows(list(stream)) == [(1, 2, 3, 1), (4, 5, 6, 0)]
    counters = stream.counters()
    assert (counters["skipped_words"], counters["outside_sensor"]) == (1, 1)


def test_overflows_of_the_clock_are_added(tmp_path: Path) -> None:
    rows = [(5, 1, 2, 1), ((1 << 31) - 1, 1, 2, 1), ((1 << 31) + 3, 3, 4, 0), ((7 << 31) + 9, 5, 6, 1)]
    data = events_packet(rows[:2]) + events_packet(rows[2:3], overflows=1) + events_packet(rows[3:], overflows=7)
    assert as_rows(list(open_file(aedat_file(tmp_path, header("DVS128") + data)))) == rows


def test_triggers_imu_samples_and_frames_are_collected_where_wanted(tmp_path: Path) -> None:
    rows = some_rows(10)
    stream = open_file(aedat_file(tmp_path, header("DVS128") + mixed(rows)), extras=("triggers", "imu", "frames"))
    assert as_rows(list(stream)) == rows
    assert stream.side is not None
    assert stream.side.take_triggers().tolist() == [(5, 0, 1), (6, 0, 0)]
    six, nine = stream.side.take_imu()
    assert (six["t_us"], six["temperature_c"], nine["temperature_c"]) == (30, 25.0, 26.0)
    assert six["acceleration_g"].tolist() == GRAVITY
    assert six["angular_rate_dps"].tolist() == RATE
    assert np.isnan(six["magnetic_field_ut"]).all()
    assert nine["magnetic_field_ut"].tolist() == FIELD
    (picture,) = stream.side.take_frames()
    assert (picture.start_us, picture.end_us, picture.x, picture.y) == (10, 20, 5, 6)
    assert picture.pixels().tolist() == [[0, 1, 2], [3, 4, 5]]
    assert stream.counters()["triggers"] == 2


def test_what_is_not_wanted_is_passed_over_and_counted(tmp_path: Path) -> None:
    rows = some_rows(10)
    stream = open_file(aedat_file(tmp_path, header("DVS128") + mixed(rows)))
    assert as_rows(list(stream)) == rows
    assert stream.counters()["skipped_packets"] == 5
    assert stream.side is None


@pytest.mark.parametrize(("version", "rows"), [("3.1", [0, 1]), ("3.0", [1, 0])])
def test_colour_frames_are_blue_green_red_from_the_top(tmp_path: Path, version: str, rows: list[int]) -> None:
    samples = list(range(12))
    data = header("DVS128", version=version) + packet(FRAME, [frame(1, 2, 2, 2, 3, samples)])
    stream = open_file(aedat_file(tmp_path, data), extras=("frames",))
    assert list(stream) == []
    assert stream.side is not None
    (picture,) = stream.side.take_frames()
    expected = np.array(samples).reshape(2, 2, 3)[rows][..., ::-1]
    assert np.array_equal(picture.pixels(), expected)


@settings(max_examples=150, deadline=None)
@given(sizes=st.lists(st.integers(0, 60), min_size=1, max_size=30), resume=st.booleans())
def test_a_stream_cut_anywhere_decodes_to_the_same_events(sizes: list[int], resume: bool) -> None:
    rows = some_rows(20)
    packets = _core.decode_pieces("a.aedat", header("DVS128") + mixed(rows), sizes, resume)
    assert as_rows([Events(each) for each in packets]) == rows


def test_a_file_cut_at_any_byte_gives_the_whole_events_before(tmp_path: Path) -> None:
    rows, head = some_rows(10), header("DVS128")
    data = mixed(rows)
    begins = [28 + 24 + 28, data.rindex(polarity(*rows[5]))]
    for size in range(len(data) + 1):
        packets, fault = drained(aedat_file(tmp_path, head + data[:size]), extras=("frames", "imu"))
        whole = sum(min(max((size - begin) // 8, 0), 5) for begin in begins)
        assert as_rows(packets) == rows[:whole]
        assert fault is None or (fault.byte_offset == len(head) + size and "ends inside a packet" in str(fault))
    assert fault is None


def raw_header(kind: int, size: int, overflows: int, room: int, count: int) -> bytes:
    return struct.pack("<hhiiiiii", kind, 1, size, 4, overflows, room, count, count)


@pytest.mark.parametrize(
    ("tail", "message"),
    [
        (raw_header(POLARITY, -8, 0, 1, 1), "claims 1 of 1 events of -8 bytes"),
        (raw_header(POLARITY, 8, 0, 1, 2), "claims 2 of 1 events"),
        (raw_header(POLARITY, 8, 0, 1, -2), "claims -2 of 1 events"),
        (raw_header(POLARITY, 8, -1, 1, 1), "after -1 overflows"),
        (raw_header(POLARITY, 12, 0, 1, 1), "type 1 claims events of 12 bytes, not 8"),
        (raw_header(IMU6, 8, 0, 1, 1), "type 3 claims events of 8 bytes, not 36"),
        (raw_header(FRAME, 0x7FFFFFFF, 0, 1, 1), "claims frames of 2147483647 bytes"),
        (raw_header(-32767, 8, 0, 1, 1), "a packet is compressed"),
        (raw_header(POLARITY, 8, 0, 0x7FFFFFFF, 0x7FFFFFFF), "it ends inside a packet"),
    ],
)
def test_a_damaged_packet_is_named_and_everything_before_it_delivered(
    tmp_path: Path, tail: bytes, message: str
) -> None:
    rows = some_rows(10)
    before = header("DVS128") + events_packet(rows)
    packets, fault = drained(aedat_file(tmp_path, before + tail), extras=("frames",))
    assert as_rows(packets) == rows
    assert message in str(fault)
    assert fault is not None
    assert fault.byte_offset == len(before) + (28 if "ends" in message else 0)


def test_a_packet_of_a_wrong_size_is_left_out_where_errors_are_skipped(tmp_path: Path) -> None:
    rows = some_rows(10)
    bad = raw_header(POLARITY, 12, 0, 3, 2) + bytes(36)
    data = header("DVS128") + events_packet(rows[:5]) + bad + events_packet(rows[5:])
    stream = open_file(aedat_file(tmp_path, data), skip_errors=True)
    assert as_rows(list(stream)) == rows
    assert stream.counters()["damaged"] == 1


def test_a_packet_whose_sizes_make_no_sense_ends_the_stream_where_errors_are_skipped(tmp_path: Path) -> None:
    rows = some_rows(10)
    data = header("DVS128") + events_packet(rows[:5]) + raw_header(POLARITY, -8, 0, 1, 1) + events_packet(rows[5:])
    stream = open_file(aedat_file(tmp_path, data), skip_errors=True)
    assert as_rows(list(stream)) == rows[:5]
    assert stream.counters()["damaged"] == 1


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=6), st.booleans())
def test_random_damage_ends_in_an_error_or_in_events_and_never_in_a_crash(
    changes: list[tuple[int, int]], resume: bool
) -> None:
    head = header("DVS128")
    data = bytearray(mixed(some_rows(20)))
    for at, value in changes:
        data[at % len(data)] = value
    with contextlib.suppress(DamagedRecordingError):
        _core.decode_pieces("a.aedat", head + bytes(data), [7, 50], resume)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (header("DVS128", packets="Serial-TS"), "stored as Serial-TS; of AEDAT 3 only RAW is read"),
        (b"#!AER-DAT3.7\r\n", "read as AEDAT 3 but holds an older AEDAT"),
    ],
)
def test_what_is_not_read_is_refused_in_words(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        file_info(aedat_file(tmp_path, data))


def test_a_cut_header_is_damage(tmp_path: Path) -> None:
    head = header("DVS128")
    for size in range(12, len(head)):
        with pytest.raises(DamagedRecordingError, match="it ends inside its header"):
            file_info(aedat_file(tmp_path, head[:size]))
