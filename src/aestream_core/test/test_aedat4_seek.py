"""AEDAT4: parts of a recording through its data table, several streams of events, several cores, damage skipped."""

import struct
from pathlib import Path

import numpy as np
import pytest
from aedat4_files import START_US, created, drained, joined, some_events, written
from aedat4_reader import Aedat4File
from aedat4_writer import Stream, Writer, event_payload
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.files import open_file, read_file

COMPRESSIONS = ("none", "lz4", "zstd")


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_part_is_read_without_what_lies_before_it(tmp_path: Path, compression: str) -> None:
    events = some_events(20_000)
    path = created(tmp_path / "a.aedat4", events, compression=compression, packet_events=1024)
    packets = list(Aedat4File(path).packets())
    for first in (0, 1, 999, 1000, 13_337, 19_999):
        start_us = int(events["t"][first])
        stream = open_file(path, start_us=start_us)
        assert np.array_equal(joined(list(stream)), events[events["t"] >= start_us])
        assert stream.counters()["events"] <= 20_000 - first + 1024
    stop_us = int(events["t"][12_000])
    start_us = int(events["t"][11_000])
    wanted = events[(events["t"] >= start_us) & (events["t"] < stop_us)]
    assert np.array_equal(read_file(path, start_us=start_us, stop_us=stop_us).to_numpy(), wanted)
    assert len(packets) == 20


def test_a_part_after_the_end_is_empty(tmp_path: Path) -> None:
    path = created(tmp_path / "a.aedat4", some_events(3000), packet_events=1000)
    stream = open_file(path, start_us=START_US + 10**9)
    assert joined(list(stream)).tolist() == []
    assert stream.counters()["events"] == 0


def test_a_part_of_an_unfinished_file_is_found_without_a_table(tmp_path: Path) -> None:
    events = some_events(5000)
    path = written(tmp_path, Writer().add_events(0, events[:2500]).add_events(0, events[2500:]).to_bytes(table=False))
    start_us = int(events["t"][4000])
    assert np.array_equal(read_file(path, start_us=start_us).to_numpy(), events[events["t"] >= start_us])


def test_packets_that_are_not_in_the_order_of_time_are_all_found(tmp_path: Path) -> None:
    parts = [some_events(100, start_us=START_US + offset) for offset in (50_000, 0, 90_000, 20_000)]
    path = created(tmp_path / "a.aedat4", *parts)
    events = np.concatenate(parts)
    start_us = START_US + 21_000
    assert np.array_equal(joined(list(open_file(path, start_us=start_us))), events[events["t"] >= start_us])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_table_never_crashes_a_part(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    path = created(tmp_path / "a.aedat4", some_events(400), compression="none", packet_events=50)
    data, table_at = bytearray(path.read_bytes()), Aedat4File(path).table_at
    for at, value in changes:
        data[table_at + at % (len(data) - table_at)] = value
    path.write_bytes(data)
    _, fault = drained(path, start_us=START_US + 2000)
    assert fault is None


def test_a_table_that_is_missing_or_points_beside_the_packets_costs_only_time(tmp_path: Path) -> None:
    events = some_events(3000)
    path = created(tmp_path / "a.aedat4", events, compression="none", packet_events=1000)
    data, file = path.read_bytes(), Aedat4File(path)
    start_us = int(events["t"][2500])
    wanted = events[events["t"] >= start_us]
    wrong = data.replace(struct.pack("<q", file.table()[2].at_byte), struct.pack("<q", file.table()[2].at_byte + 1))
    for broken in (data[: file.table_at], data[:-20], wrong):
        path.write_bytes(broken)
        assert np.array_equal(drained(path, start_us=start_us)[0], wanted)


# Several streams of events.


def two_streams(folder: Path) -> tuple[Path, np.ndarray, np.ndarray]:
    first, second = some_events(100), some_events(200, width=8, height=8)
    streams = [Stream(2, "IMUS"), Stream(5), Stream(9, "EVTS", 8, 8)]
    writer = Writer(streams).add_events(5, first).add_events(9, second[:120]).add_events(9, second[120:])
    return written(folder, writer.to_bytes()), first, second


def test_a_stream_is_read_by_its_number(tmp_path: Path) -> None:
    path, first, second = two_streams(tmp_path)
    assert np.array_equal(read_file(path).to_numpy(), first)
    assert np.array_equal(read_file(path, stream=5).to_numpy(), first)
    other = read_file(path, stream=9)
    assert (other.width, other.height) == (8, 8)
    assert np.array_equal(other.to_numpy(), second)


def test_a_stream_that_is_none_of_events_is_refused_with_the_streams_there_are(tmp_path: Path) -> None:
    path, _, _ = two_streams(tmp_path)
    for number in (2, 7):
        with pytest.raises(FormatError, match=rf"\(EVTS\) number {number}; its streams are: 2 IMUS, 5 EVTS, 9 EVTS"):
            open_file(path, stream=number)
    with pytest.raises(InvalidArgumentError, match=r"stream.*first one"):
        open_file(path, stream="first one")


# Several cores.


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("threads", [2, 3, 8])
def test_several_cores_give_the_same_events_in_the_same_order(tmp_path: Path, compression: str, threads: int) -> None:
    events = some_events(300_000)
    path = created(tmp_path / "a.aedat4", events, compression=compression, packet_events=1500)
    assert np.array_equal(joined(list(open_file(path, threads=threads))), events)
    assert np.array_equal(read_file(path, threads=threads).to_numpy(), events)


@pytest.mark.parametrize("compression", [1, 3])
@pytest.mark.parametrize("fault", ["payload", "head", "cut"])
def test_several_cores_find_the_same_fault_at_the_same_byte(tmp_path: Path, compression: int, fault: str) -> None:
    writer = Writer([Stream(0), Stream(1, "IMUS")], compression)
    for i in range(40):
        writer.add_events(0, some_events(200, start_us=START_US + 3000 * i)).add(1, b"imu")
    data, at = bytearray(writer.to_bytes()), writer.boundaries[40]
    if fault == "payload":
        data[at + 8 : at + 40] = b"x" * 32
    elif fault == "head":
        data[at : at + 8] = struct.pack("<ii", 77, 5)
    else:
        del data[at + 30 :]
    path = written(tmp_path, bytes(data))
    alone, together = drained(path), drained(path, threads=4)
    assert np.array_equal(alone[0], together[0])
    assert len(alone[0]) == 20 * 200
    assert str(alone[1]) == str(together[1]) != "None"


# Damage skipped.


@pytest.mark.parametrize("threads", [1, 3])
def test_a_broken_packet_is_skipped_and_counted_where_that_is_asked_for(tmp_path: Path, threads: int) -> None:
    parts = [some_events(100, start_us=START_US + 2000 * i) for i in range(4)]
    writer = Writer(compression=1)
    for part in parts:
        writer.add_events(0, part)
    data = bytearray(writer.to_bytes())
    data[writer.boundaries[1] + 8 : writer.boundaries[1] + 40] = b"x" * 32
    path = written(tmp_path, bytes(data))
    stream = open_file(path, skip_errors=True, threads=threads)
    assert np.array_equal(joined(list(stream)), np.concatenate([parts[0], parts[2], parts[3]]))
    assert stream.counters()["damaged"] == 1


def test_the_events_before_an_absurd_time_are_kept(tmp_path: Path) -> None:
    events = some_events(2000)
    broken = events.copy()
    broken["t"][1500] = 1 << 62
    writer = Writer(compression=0).add(0, event_payload(broken)).add_events(0, events)
    stream = open_file(written(tmp_path, writer.to_bytes()), skip_errors=True)
    assert np.array_equal(joined(list(stream)), np.concatenate([events[:1500], events]))
    assert stream.counters()["damaged"] == 1


def test_a_broken_head_ends_the_recording_where_damage_is_skipped(tmp_path: Path) -> None:
    events = some_events(100)
    writer = Writer(compression=1).add_events(0, events).add_events(0, events)
    data = bytearray(writer.to_bytes())
    data[writer.boundaries[1] : writer.boundaries[1] + 8] = struct.pack("<ii", 0, -1)
    stream = open_file(written(tmp_path, bytes(data)), skip_errors=True)
    assert np.array_equal(joined(list(stream)), events)
    assert stream.counters()["damaged"] == 1
