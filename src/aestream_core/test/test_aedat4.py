"""AEDAT4: every compression, several streams, files that are cut or damaged."""

import contextlib
import struct
from pathlib import Path

import numpy as np
import pytest
from aedat4_files import START_US, drained, joined, some_events, written
from aedat4_writer import COMPRESSIONS, Stream, Writer, event_payload, header
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aestream_core.errors import DamagedRecordingError, FormatError
from aestream_core.events import EVENT_DTYPE
from aestream_core.files import file_info, open_file, read_file


@pytest.mark.parametrize("compression", range(5), ids=COMPRESSIONS)
@pytest.mark.parametrize("table", [True, False])
def test_every_compression_is_read_with_and_without_a_data_table(tmp_path: Path, compression: int, table: bool) -> None:
    batches = [
        some_events(3000),
        some_events(1, start_us=START_US + 50_000),
        some_events(5000, start_us=START_US + 60_000),
    ]
    writer = Writer(compression=compression)
    for batch in batches:
        writer.add_events(0, batch)
    path = written(tmp_path, writer.to_bytes(table=table))
    assert np.array_equal(read_file(path).to_numpy(), np.concatenate(batches))
    details = file_info(path).details
    assert details["compression"] == COMPRESSIONS[compression]
    assert details["finished"] == ("yes" if table else "no")


def test_a_packet_that_compresses_a_hundredfold_is_read(tmp_path: Path) -> None:
    events = np.zeros(400_000, EVENT_DTYPE)
    events["t"] = START_US
    for compression in (1, 3):
        path = written(tmp_path, Writer(compression=compression).add_events(0, events).to_bytes())
        assert np.array_equal(read_file(path).to_numpy(), events)


def test_events_come_from_the_first_event_stream_whatever_its_number(tmp_path: Path) -> None:
    streams = [Stream(3, "FRME"), Stream(7, "EVTS", 32, 24, "TheCamera"), Stream(1, "IMUS"), Stream(9, "EVTS", 8, 8)]
    events = some_events(100, width=32, height=24)
    writer = Writer(streams)
    writer.add(3, b"frame").add_events(7, events[:60]).add(1, b"imu").add_events(9, events).add_events(7, events[60:])
    path = written(tmp_path, writer.to_bytes())
    stream = open_file(path)
    assert np.array_equal(joined(list(stream)), events)
    assert stream.counters()["skipped_packets"] == 3
    info = file_info(path)
    assert (info.format, info.width, info.height, info.sensor_assumed) == ("aedat4", 32, 24, False)
    assert info.details["camera"] == "TheCamera"
    assert info.details["stream"] == "7"
    assert info.details["other_streams"] == "3 FRME, 1 IMUS, 9 EVTS"


def test_a_file_without_an_event_stream_is_refused_with_the_streams_it_has(tmp_path: Path) -> None:
    path = written(tmp_path, Writer([Stream(0, "FRME"), Stream(1, "IMUS")]).to_bytes())
    with pytest.raises(FormatError, match=r"no event stream \(EVTS\); its streams are: 0 FRME, 1 IMUS"):
        open_file(path)


def test_a_sensor_size_that_the_header_lacks_is_assumed_and_said_to_be(tmp_path: Path) -> None:
    path = written(tmp_path, Writer([Stream(0, width=None)]).add_events(0, some_events(10)).to_bytes())
    assert file_info(path).sensor_assumed
    assert (file_info(path).width, file_info(path).height) == (1280, 720)
    with open_file(path, width=64, height=48) as stream:
        assert (stream.width, stream.height) == (64, 48)
        assert not stream.info.sensor_assumed


def test_events_outside_the_sensor_are_dropped_and_counted(tmp_path: Path) -> None:
    events = some_events(4)
    events["x"] = [0, 64, 63, 65535]
    stream = open_file(written(tmp_path, Writer().add_events(0, events).to_bytes()))
    assert joined(list(stream))["x"].tolist() == [0, 63]
    assert stream.counters()["outside_sensor"] == 2


def test_an_empty_recording_gives_no_packets(tmp_path: Path) -> None:
    path = written(tmp_path, Writer().to_bytes())
    assert list(open_file(path)) == []
    assert len(read_file(path)) == 0


@pytest.mark.parametrize("compression", range(5), ids=COMPRESSIONS)
@pytest.mark.parametrize("table", [True, False])
def test_a_file_cut_at_any_byte_gives_a_prefix_and_says_that_it_is_damaged(
    tmp_path: Path, compression: int, table: bool
) -> None:
    batches = [some_events(7), some_events(9, start_us=START_US + 1000)]
    writer = Writer([Stream(0), Stream(1, "IMUS")], compression)
    writer.add_events(0, batches[0]).add(1, b"0123456789").add_events(0, batches[1])
    data, ends = writer.to_bytes(table=table), writer.boundaries
    for size in range(1, len(data)):
        path = written(tmp_path, data[:size])
        if size < ends[0]:
            with pytest.raises(FormatError):
                open_file(path)
            continue
        got, fault = drained(path)
        whole = [batch for batch, end in zip(batches, (ends[1], ends[3]), strict=True) if size >= end]
        assert np.array_equal(got, np.concatenate([np.empty(0, EVENT_DTYPE), *whole]))
        clean = size >= ends[-1] if table else size in ends
        assert (fault is None) == clean
        assert fault is None or fault.byte_offset == size


def test_the_message_about_a_cut_file_names_it_and_the_byte(tmp_path: Path) -> None:
    path = written(tmp_path, Writer().add_events(0, some_events(50)).to_bytes(table=False)[:-3])
    size = path.stat().st_size
    with pytest.raises(
        DamagedRecordingError, match=rf"recording.aedat4' is damaged at byte {size}: it ends inside a packet"
    ):
        read_file(path)
    with pytest.raises(DamagedRecordingError, match="it ends inside its header"):
        file_info(written(tmp_path, path.read_bytes()[:40]))


def damaged(folder: Path, tail: bytes, *, compression: int = 0) -> DamagedRecordingError:
    """Read a file of ten good events and that tail; the ten must arrive."""
    events = some_events(10)
    writer = Writer(compression=compression).add_events(0, events)
    got, fault = drained(written(folder, writer.to_bytes(table=False) + tail))
    assert np.array_equal(got, events)
    assert fault is not None
    return fault


@pytest.mark.parametrize(
    ("tail", "message"),
    [
        (struct.pack("<ii", 0, -5), "its size is -5"),
        (struct.pack("<ii", 0, 0), "its size is 0"),
        (struct.pack("<ii", 77, 4), "it belongs to stream 77, which the header does not list"),
        (struct.pack("<ii", 0, 0x7FFFFFFF), "it ends inside a packet"),
        (struct.pack("<ii", 0, 3) + b"abc", "an offset in it points past its end"),
        (struct.pack("<iiIII", 0, 12, 0xFFFFFFFF, 0, 0), "its size reaches past its end"),
        (struct.pack("<iiII4s", 0, 12, 8, 0, b"FRME"), "it is not of type EVTS"),
    ],
)
def test_a_damaged_packet_is_named_and_everything_before_it_delivered(
    tmp_path: Path, tail: bytes, message: str
) -> None:
    assert message in str(damaged(tmp_path, tail))


def test_a_list_that_claims_more_events_than_there_are_is_damage(tmp_path: Path) -> None:
    payload = bytearray(event_payload(some_events(2)))
    payload[28:32] = struct.pack("<I", 0xFFFFFFFF)
    tail = struct.pack("<ii", 0, len(payload)) + bytes(payload)
    assert "a list in it reaches past its end" in str(damaged(tmp_path, tail))


@pytest.mark.parametrize(("times", "message"), [([-1], "time -1 us"), ([5, 1 << 40], "us apart")])
def test_absurd_times_are_damage(tmp_path: Path, times: list[int], message: str) -> None:
    events = some_events(len(times))
    events["t"] = times
    payload = event_payload(events)
    writer = Writer(compression=0).add_events(0, some_events(3)).add(0, payload)
    _, fault = drained(written(tmp_path, writer.to_bytes()))
    assert message in str(fault)
    assert fault is not None
    assert fault.byte_offset == writer.boundaries[1] + 8


def test_times_too_far_apart_in_one_packet_are_damage_though_they_fit_behind_the_packet_before(tmp_path: Path) -> None:
    events = some_events(2)
    events["t"] = [START_US + 3_000_000_000, START_US + 5]
    writer = Writer(compression=0).add_events(0, some_events(3)).add(0, event_payload(events))
    _, fault = drained(written(tmp_path, writer.to_bytes()))
    assert "its events lie 2999999995 us apart" in str(fault)


@pytest.mark.parametrize(("compression", "name"), [(1, "LZ4"), (2, "LZ4"), (3, "Zstandard"), (4, "Zstandard")])
def test_a_payload_that_is_not_compressed_as_the_header_says_is_damage(
    tmp_path: Path, compression: int, name: str
) -> None:
    tail = struct.pack("<ii", 0, 40) + b"x" * 40
    assert f"its {name} frame is damaged" in str(damaged(tmp_path, tail, compression=compression))


@pytest.mark.parametrize(("compression", "name"), [(1, "LZ4"), (3, "Zstandard")])
def test_a_payload_whose_compressed_frame_is_cut_is_damage(tmp_path: Path, compression: int, name: str) -> None:
    whole = Writer(compression=compression).add_events(0, some_events(50)).packets[0][8:]
    tail = struct.pack("<ii", 0, len(whole) - 9) + whole[:-9]
    assert f"its {name} frame is" in str(damaged(tmp_path, tail, compression=compression))


def test_a_packet_that_reaches_into_the_data_table_is_damage(tmp_path: Path) -> None:
    writer = Writer(compression=0).add_events(0, some_events(5))
    body = b"".join(writer.packets)
    data = header(writer.streams, 0, writer.boundaries[-1] - 4) + body
    _, fault = drained(written(tmp_path, data))
    assert "reach into the data table" in str(fault)


def test_a_header_that_claims_gigabytes_is_damage(tmp_path: Path) -> None:
    data = b"#!AER-DAT4.0\r\n" + struct.pack("<I", 0xF0000000) + b"x" * 100
    with pytest.raises(DamagedRecordingError, match="its header claims 4026531840 bytes"):
        file_info(written(tmp_path, data))


def test_a_header_with_an_unknown_compression_is_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedRecordingError, match="names compression 9; AEDAT4 knows 0 to 4"):
        file_info(written(tmp_path, header([Stream(0)], 9, -1)))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 4),
    st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_random_damage_ends_in_an_error_or_in_events_and_never_in_a_crash(
    tmp_path: Path, compression: int, changes: list[tuple[int, int]]
) -> None:
    writer = Writer([Stream(0), Stream(1, "TRIG")], compression)
    writer.add_events(0, some_events(20)).add(1, b"trigger").add_events(0, some_events(30))
    data = bytearray(writer.to_bytes())
    for at, value in changes:
        data[at % len(data)] = value
    with contextlib.suppress(FormatError):
        drained(written(tmp_path, bytes(data)))


def test_a_clock_that_runs_backwards_costs_no_pass_over_the_packet_an_event(tmp_path: Path) -> None:
    events = some_events(300_000)
    events["t"] = START_US - 5000 * np.arange(len(events))
    data = Writer(compression=0).add_events(0, events).to_bytes()
    # With a pass over all events at each step back this takes minutes; the timeout of the test run is the judge.
    delivered, fault = drained(written(tmp_path, data))
    assert fault is None
    assert np.array_equal(delivered, events)
