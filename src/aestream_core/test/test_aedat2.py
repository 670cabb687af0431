"""AEDAT 2.0: addresses by camera, mirrored and upside down as cameras send them; a 32-bit clock that wraps."""

import contextlib
from pathlib import Path

import numpy as np
import pytest
from aedat2_reference import (
    davis_address,
    davis_trigger,
    dvs128_address,
    frame_sample,
    header,
    wide_record,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from recording_files import drained, joined

from aestream_core import _core
from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.files import file_info, open_file, read_file

Row = tuple[int, int, int, int]
DAVIS240 = "AEChip: eu.seebetter.ini.chips.davis.DAVIS240C"
DAVIS346 = "AEChip: eu.seebetter.ini.chips.davis.Davis346blue"
rng = np.random.default_rng(2)


def some_rows(count: int, width: int, height: int) -> list[Row]:
    times = np.cumsum(rng.integers(0, 1000, count))
    return [(int(t), *(int(v) for v in rng.integers(0, (width, height, 2)))) for t in times]


def davis_bytes(rows: list[Row], width: int, height: int) -> bytes:
    return b"".join(wide_record(davis_address(x, y, on, width=width, height=height), t) for t, x, y, on in rows)


def dvs128_bytes(rows: list[Row]) -> bytes:
    return b"".join(wide_record(dvs128_address(x, y, on), t) for t, x, y, on in rows)


def as_rows(packets: list[Events]) -> list[Row]:
    return [tuple(map(int, row)) for row in joined(packets)]


def aedat_file(folder: Path, data: bytes) -> Path:
    path = folder / "recording.aedat"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("line", "width", "height"),
    [
        (DAVIS240, 240, 180),
        (DAVIS346, 346, 260),
        ("AEChip: eu.seebetter.ini.chips.davis.Davis640", 640, 480),
        ("HardwareInterface: DAVIS208 of some kind", 208, 192),
    ],
)
def test_the_camera_in_the_header_says_what_addresses_mean(tmp_path: Path, line: str, width: int, height: int) -> None:
    rows = [(0, 0, 0, 1), (1, width - 1, height - 1, 0), *some_rows(2000, width, height)]
    path = aedat_file(tmp_path, header("2.0", line) + davis_bytes(rows, width, height))
    assert as_rows([read_file(path)]) == rows
    info = file_info(path)
    assert (info.format, info.width, info.height, info.sensor_assumed) == ("aedat2", width, height, False)


def test_a_dvs128_is_mirrored_and_of_opposite_polarity(tmp_path: Path) -> None:
    rows = some_rows(2000, 128, 128)
    path = aedat_file(tmp_path, header("2.0", "AEChip: ch.unizh.ini.jaer.chip.retina.DVS128") + dvs128_bytes(rows))
    assert as_rows([read_file(path)]) == rows
    # x bits 7:1, y bits 14:8, polarity bit 0: pixel (0, 0) of the wire is the lower right one.
    path = aedat_file(tmp_path, header("2.0") + wide_record(0, 5) + wide_record(0x7FFF, 6))
    assert as_rows([read_file(path)]) == [(5, 127, 127, 1), (6, 0, 0, 0)]


def test_a_camera_that_no_header_names_is_guessed_by_the_addresses(tmp_path: Path) -> None:
    info = file_info(aedat_file(tmp_path, header("2.0") + dvs128_bytes(some_rows(100, 128, 128))))
    assert (info.details["layout"], info.width, info.height, info.sensor_assumed) == ("dvs128", 128, 128, False)
    for width, height in ((240, 180), (346, 260), (640, 480)):
        rows = [(0, 0, 0, 1), *some_rows(100, width, height)]
        path = aedat_file(tmp_path, header("2.0") + davis_bytes(rows, width, height))
        info = file_info(path)
        assert (info.details["layout"], info.width, info.height, info.sensor_assumed) == ("davis", width, height, True)
        assert as_rows([read_file(path)]) == rows


def test_a_given_camera_overrides_the_header(tmp_path: Path) -> None:
    rows = some_rows(50, 346, 260)
    path = aedat_file(tmp_path, header("2.0", DAVIS240) + davis_bytes(rows, 346, 260))
    assert as_rows([read_file(path, camera="davis346")]) == rows
    assert as_rows([read_file(path, camera="davis", width=346, height=260)]) == rows
    stream = open_file(path)
    assert len(joined(list(stream))) + stream.counters()["outside_sensor"] == 50
    with pytest.raises(InvalidArgumentError, match="option camera is 'gopro'; it may be dvs128, davis128"):
        read_file(path, camera="gopro")


def test_frames_are_left_out_and_counted_and_triggers_collected(tmp_path: Path) -> None:
    rows = some_rows(3, 240, 180)
    parts = [davis_bytes([row], 240, 180) for row in rows]
    noise = wide_record(frame_sample(3, 4, 511), 20) * 5
    edges = wide_record(davis_trigger(3), 30) + wide_record(davis_trigger(2), 40) + wide_record(davis_trigger(4), 50)
    path = aedat_file(tmp_path, header("2.0", DAVIS240) + parts[0] + noise + parts[1] + edges + parts[2])
    stream = open_file(path, extras=("triggers",))
    assert as_rows(list(stream)) == rows
    counters = stream.counters()
    assert (counters["skipped_packets"], counters["triggers"]) == (5, 3)
    assert stream.side is not None
    assert stream.side.take_triggers().tolist() == [(30, 0, 1), (40, 0, 0), (50, 0, 1)]


@pytest.mark.parametrize("wrap_us", [1 << 31, 1 << 32])
def test_the_clock_is_unwrapped_wherever_it_wraps_and_late_events_stay_late(tmp_path: Path, wrap_us: int) -> None:
    steps = [wrap_us - 100_000_000, wrap_us - 5, wrap_us + 3, wrap_us - 2, wrap_us + 7, wrap_us + 100_000_000]
    later = [int(t) for t in np.arange(wrap_us + 200_000_000, 5 * wrap_us, 200_000_000)]
    times = steps + later
    data = b"".join(wide_record(0, t % wrap_us) for t in times)
    packets = list(open_file(aedat_file(tmp_path, header("2.0") + data)))
    assert [row[0] for row in as_rows(packets)] == times


def test_a_clock_that_was_reset_steps_back(tmp_path: Path) -> None:
    times = [600_000_000, 600_000_001, 0, 5]
    data = b"".join(wide_record(0, t) for t in times)
    assert [row[0] for row in as_rows(list(open_file(aedat_file(tmp_path, header("2.0") + data))))] == times


def test_data_that_begins_like_a_header_line_is_no_header(tmp_path: Path) -> None:
    row = (0, 10, 180 - 1 - (0x23 << 2), 0)
    data = davis_bytes([row] * 3000, 240, 180)
    assert data.startswith(b"#")
    path = aedat_file(tmp_path, header("2.0", DAVIS240, tail="") + data)
    assert as_rows([read_file(path)]) == [row] * 3000


def test_a_header_of_megabytes_is_read_to_its_end(tmp_path: Path) -> None:
    head = header("2.0", *(f'<entry key="DAVIS240C.Bias{i}" value="false"/>' for i in range(40_000)), DAVIS346)
    path = aedat_file(tmp_path, head + davis_bytes(some_rows(3, 346, 260), 346, 260))
    info = file_info(path)
    assert info.data_begin == len(head) > 2_000_000
    assert info.width == 346


@settings(max_examples=100, deadline=None)
@given(sizes=st.lists(st.integers(0, 20), min_size=1, max_size=20), resume=st.booleans())
def test_a_stream_cut_anywhere_decodes_to_the_same_events(sizes: list[int], resume: bool) -> None:
    rows = some_rows(20, 240, 180)
    packets = _core.decode_pieces("a.aedat", header("2.0", DAVIS240) + davis_bytes(rows, 240, 180), sizes, resume)
    assert as_rows([Events(packet) for packet in packets]) == rows


def test_a_file_cut_at_any_byte_gives_the_whole_records_before(tmp_path: Path) -> None:
    rows, head = some_rows(9, 240, 180), header("2.0", DAVIS240)
    data = davis_bytes(rows, 240, 180)
    for size in range(len(data) + 1):
        packets, fault = drained(aedat_file(tmp_path, head + data[:size]))
        assert as_rows(packets) == rows[: size // 8]
        assert (fault is None) == (size % 8 == 0)
        assert fault is None or (fault.byte_offset == len(head) + size and "ends inside an event" in str(fault))


@pytest.mark.parametrize("size", range(1, 200, 7))
def test_a_cut_header_never_crashes(tmp_path: Path, size: int) -> None:
    path = aedat_file(tmp_path, header("2.0", DAVIS240)[:size])
    with contextlib.suppress(FormatError):
        drained(path)


def test_random_bytes_decode_to_events_on_the_sensor(tmp_path: Path) -> None:
    data = rng.integers(0, 256, 80_000, dtype=np.uint8).tobytes()
    stream = open_file(aedat_file(tmp_path, header("2.0", DAVIS240) + data))
    events = joined(list(stream))
    counters = stream.counters()
    lost = counters["outside_sensor"] + counters["triggers"] + counters["skipped_packets"]
    assert len(events) + lost == 10_000
    assert events["x"].max() < 240
    assert events["y"].max() < 180


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"says version 1.0 of AEDAT; it was to be read as 2.0"):
        file_info(aedat_file(tmp_path, header("1.0")), format="aedat2")
