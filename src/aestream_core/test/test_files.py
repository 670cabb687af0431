"""Recordings: the table, what does not belong to it, the header of .raw files, streams."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from evt3_reference import ADDR_X, TIME_HIGH, WRAP, Reference, encode, header, to_bytes, word
from recording_files import camera_words, joined, raw_file

from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError
from aestream_core.files import FILE_FORMATS, file_info, open_file, read_file
from aestream_core.raw_files import open_raw_file

# The table and what does not belong to it.


def test_the_table_lists_every_format_with_its_extensions() -> None:
    assert FILE_FORMATS["evt3"].extensions == (".raw",)
    assert FILE_FORMATS["aedat4"].extensions == (".aedat4",)
    assert [each.name for each in FILE_FORMATS.values() if each.raw] == ["evt3", "evt2", "evt21"]


def test_an_unknown_extension_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(b"x")
    with pytest.raises(
        InvalidArgumentError, match=r"unknown file extension '.mp4'; known: .raw \(evt3\), .raw \(evt2\)"
    ):
        file_info(path)


def test_extensions_count_in_capitals_too(tmp_path: Path) -> None:
    assert file_info(raw_file(tmp_path, b"", name="A.RAW")).format == "evt3"


def test_a_missing_file_is_refused_with_path_and_reason(tmp_path: Path) -> None:
    for use in (file_info, open_file, read_file, open_raw_file):
        with pytest.raises(InvalidArgumentError, match=r"cannot read '.*nothing.raw': No such file or directory"):
            use(tmp_path / "nothing.raw")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder.raw"
    folder.mkdir()
    with pytest.raises(InvalidArgumentError, match="it is a directory"):
        file_info(folder)


@pytest.mark.parametrize("name", ["a.raw", "a.aedat4"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(FormatError, match="the file is empty"):
        file_info(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.raw", b"#!AER-DAT4.0\r\n", "holds AEDAT 4.0"),
        ("a.raw", b"\x89HDF\r\n\x1a\n", "holds HDF5"),
        ("a.raw", b"\x01\x02", "something unknown that starts with the bytes 01 02"),
        ("a.aedat4", b"#!AER-DAT3.1\r\n", "holds AEDAT 3.1"),
        ("a.aedat4", b"#!AER-DAT2.0\r\n", "holds an older AEDAT"),
        ("a.aedat4", b"% evt 3.0\n", "holds a Prophesee header"),
        ("a.aedat4", b"Event Stream", "holds Event Stream"),
    ],
)
def test_content_that_is_not_what_the_name_says_is_refused(
    tmp_path: Path, name: str, content: bytes, found: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FormatError, match=found):
        open_file(tmp_path / name)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("evt 2.0", "evt2"),
        ("format EVT2;height=480;width=640", "evt2"),
        ("evt 2.1", "evt21"),
        ("format EVT21;height=320;width=320", "evt21"),
        ("evt 3.0", "evt3"),
        ("format EVT3;height=720;width=1280", "evt3"),
    ],
)
def test_the_header_of_a_raw_file_names_its_format(tmp_path: Path, line: str, name: str) -> None:
    assert file_info(raw_file(tmp_path, b"", line)).format == name
    assert file_info(raw_file(tmp_path, b"", line, name="without_ending")).format == name


def test_other_encodings_of_raw_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"encoded as EVT4, of .raw files EVT2, EVT2.1 and EVT3 are read"):
        file_info(raw_file(tmp_path, b"", "evt 4.0"))


def test_a_format_that_the_header_contradicts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"encoded as EVT2.1, which format evt21 reads, not evt3"):
        file_info(raw_file(tmp_path, b"", "evt 2.1"), format="evt3")


def test_a_raw_header_without_an_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"does not say the encoding .* name the format: evt2, evt21 or evt3"):
        file_info(raw_file(tmp_path, b"", "Date 2026-01-01"))


@pytest.mark.parametrize("name", ["evt2", "evt21", "evt3"])
@pytest.mark.parametrize("lines", [("Date 2026-01-01",), ()])
def test_a_raw_file_that_says_no_encoding_is_read_as_the_one_that_is_given(
    tmp_path: Path, name: str, lines: tuple[str, ...]
) -> None:
    path = raw_file(tmp_path, b"", *(lines or ("x",)))
    if not lines:
        path.write_bytes(bytes(16))
    assert file_info(path, format=name).format == name


# The header of .raw files.


@pytest.mark.parametrize(
    ("lines", "size"),
    [
        (["format EVT3;height=320;width=240"], (240, 320, False)),
        (["evt 3.0", "geometry 346x260"], (346, 260, False)),
        (["evt 3.0", "plugin_name hal_plugin_gen41_evk3"], (1280, 720, False)),
        (["evt 3.0", "plugin_name hal_plugin_imx636_evk4"], (1280, 720, False)),
        (["evt 3.0", "plugin_name hal_plugin_gen31_evk2"], (640, 480, False)),
        (["evt 3.0", "sensor_name Gen3"], (640, 480, False)),
        (["evt 3.0", "system_ID 49"], (1280, 720, False)),
        (["evt 3.0", "system_ID 40"], (640, 480, False)),
        (["evt 3.0"], (1280, 720, True)),
        (["evt 3.0", "geometry 0x0"], (1280, 720, True)),
    ],
)
@pytest.mark.parametrize("end", [True, False])
def test_the_sensor_size_comes_from_the_header_or_the_camera_it_names(
    tmp_path: Path, lines: list[str], size: tuple[int, int, bool], end: bool
) -> None:
    info = file_info(raw_file(tmp_path, camera_words(3), *lines, end=end))
    assert (info.width, info.height, info.sensor_assumed) == size
    assert info.data_begin == len(header(*lines, end=end))
    assert len(read_file(tmp_path / "recording.raw")) == 3


def test_data_that_looks_like_a_header_line_is_data_after_the_end_mark(tmp_path: Path) -> None:
    data = to_bytes([int.from_bytes(b"% ", "little"), word(TIME_HIGH, 0), word(ADDR_X, 5)]) + b"\n\n"
    assert file_info(raw_file(tmp_path, data)).data_begin == len(header("evt 3.0", "geometry 640x480"))
    assert len(read_file(tmp_path / "recording.raw")) == 1


def test_the_header_has_its_fields_in_the_details(tmp_path: Path) -> None:
    info = file_info(raw_file(tmp_path, b"", "evt 3.0", "serial_number 0000abc", "Date 2026-01-01 10:00:00"))
    assert info.details["serial_number"] == "0000abc"
    assert info.details["Date"] == "2026-01-01 10:00:00"


def test_header_text_that_is_no_utf8_is_shown_with_question_marks(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    path.write_bytes("% evt 3.0\n% serial_number B\u00fcro ".encode() + b"\xff\xe2\x82\n% end\n")
    assert file_info(path).details["serial_number"] == "B\u00fcro ???"


def test_a_header_whose_lines_end_in_a_blank_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    path.write_bytes(b"% evt 3.0 \n% geometry 640x480 \n% \n" + camera_words(2))
    assert (file_info(path).width, len(read_file(path))) == (640, 2)


def test_a_header_with_windows_line_ends_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    path.write_bytes(b"% evt 3.0\r\n% geometry 640x480\r\n% end\r\n" + camera_words(2))
    assert len(read_file(path)) == 2


# Streams.


def test_a_stream_and_the_whole_file_hold_the_same_events(tmp_path: Path) -> None:
    data = camera_words(100_000)
    path = raw_file(tmp_path, data)
    stream = open_file(path)
    streamed = joined(list(stream))
    assert np.array_equal(streamed, read_file(path).to_numpy())
    assert len(streamed) == 100_000
    assert stream.counters()["bytes"] == len(data)
    assert stream.counters()["events"] == 100_000


def test_the_slow_twin_reads_the_same_events_from_a_file(tmp_path: Path) -> None:
    rows = [(i * 70_000, i % 640, i % 480, i % 2) for i in range(2000)]
    data = encode(rows)
    events = read_file(raw_file(tmp_path, data)).to_numpy()
    assert [tuple(map(int, row)) for row in events] == Reference(640, 480).feed(data).events == rows


def test_packets_are_cut_by_time_and_by_count(tmp_path: Path) -> None:
    path = raw_file(tmp_path, camera_words(1000))
    by_time = list(open_file(path, packet_us=4000))
    assert [len(packet) for packet in by_time] == [100] * 10
    by_count = list(open_file(path, packet_events=300))
    assert [len(packet) for packet in by_count] == [300, 300, 300, 100]
    assert [packet.seq for packet in by_count] == [0, 1, 2, 3]


def test_the_callers_sensor_size_replaces_the_headers(tmp_path: Path) -> None:
    path = raw_file(tmp_path, camera_words(200))
    with open_file(path, width=100, height=50) as stream:
        assert (stream.width, stream.height) == (100, 50)
        events = joined(list(stream))
        assert len(events) == 50
        assert stream.counters()["outside_sensor"] == 150
    assert len(read_file(path, width=100, height=50)) == 50


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"width": 10}, "give both or none"),
        ({"width": 0, "height": 5}, "width is 0"),
        ({"packet_us": 0}, "packet_us is 0"),
        ({"packet_events": 0}, "packet_events is 0"),
        ({"speed": 0.0}, "speed is 0"),
    ],
)
def test_impossible_arguments_are_refused(tmp_path: Path, arguments: dict[str, int], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        open_file(raw_file(tmp_path, b""), **arguments)


def test_an_odd_number_of_bytes_gives_every_event_and_then_an_error(tmp_path: Path) -> None:
    path = raw_file(tmp_path, camera_words(500) + b"\x21")
    size = path.stat().st_size
    for cut in ({}, {"packet_us": 1000}, {"packet_events": 100_000}):
        counts: list[int] = []
        packets = (len(packet) for packet in open_file(path, **cut))
        with pytest.raises(DamagedRecordingError, match=f"at byte {size}: it ends inside an EVT3 word") as fault:
            counts.extend(packets)
        assert sum(counts) == 500
        assert fault.value.byte_offset == size


def test_a_recording_too_long_for_one_packet_is_refused_as_one_and_streams(tmp_path: Path) -> None:
    path = raw_file(tmp_path, encode([(0, 1, 1, 0), (300 * WRAP, 2, 2, 1)]))
    with pytest.raises(InvalidArgumentError, match=rf"spans {300 * WRAP} us; one packet holds at most 4294967295 us"):
        read_file(path)
    assert joined(list(open_file(path)))["t"].tolist() == [0, 300 * WRAP]


def test_a_recording_runs_in_real_time_where_it_is_asked_to(tmp_path: Path) -> None:
    path = raw_file(tmp_path, camera_words(5000))  # 0.2 s
    start = time.monotonic()
    count = sum(len(packet) for packet in open_file(path, packet_us=10_000, speed=2.0))
    assert count == 5000
    assert time.monotonic() - start >= 0.08


def test_closing_from_another_thread_ends_a_waiting_stream(tmp_path: Path) -> None:
    path = raw_file(tmp_path, camera_words(1000, step_us=100_000))  # 100 s
    for stream in (open_file(path, packet_us=1000, speed=1.0), open_raw_file(path, speed=1.0)):
        threading.Timer(0.2, stream.close).start()
        start = time.monotonic()
        list(stream)
        assert time.monotonic() - start < 5
