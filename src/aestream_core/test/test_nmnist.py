"""N-MNIST: five bytes an event, overflow records, wraps of the clock, no header."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nmnist_reference import OVERFLOW, decode, record
from recording_files import drained, joined

from aestream_core import _core
from aestream_core.errors import DamagedRecordingError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.files import create_file, file_info, open_file, read_file

rng = np.random.default_rng(34)


def bin_file(folder: Path, data: bytes) -> Path:
    path = folder / "recording.bin"
    path.write_bytes(data)
    return path


def rows(packets: list[Events]) -> list[tuple[int, int, int, int]]:
    return [tuple(map(int, row)) for row in joined(packets)]


def test_a_real_digit_is_read_as_other_readers_read_it(recordings: Path) -> None:
    data = (recordings / "tonic_nmnist.bin").read_bytes()
    events = read_file(recordings / "tonic_nmnist.bin").to_numpy()
    expected, _ = decode(data, 34, 34)
    assert [tuple(map(int, row)) for row in events] == expected
    assert len(events) == 4325
    # First and last of tonic 1.7.
    assert expected[:2] == [(654, 7, 15, 1), (2999, 19, 18, 0)]
    assert expected[-1] == (311175, 21, 14, 1)
    info = file_info(recordings / "tonic_nmnist.bin")
    assert (info.format, info.width, info.height, info.sensor_assumed) == ("nmnist", 34, 34, True)


def test_overflow_records_move_all_later_times_and_are_no_events(tmp_path: Path) -> None:
    data = record(5, 1, 2, 1) + OVERFLOW + record(6, 3, 4, 0) + OVERFLOW * 3 + record(7, 5, 6, 1)
    assert rows(list(open_file(bin_file(tmp_path, data)))) == [
        (5, 1, 2, 1),
        (6 + 8192, 3, 4, 0),
        (7 + 4 * 8192, 5, 6, 1),
    ]


def test_wraps_of_the_23_bit_clock_are_unwrapped_over_hours(tmp_path: Path) -> None:
    times = [int(t) for t in np.arange(2000) * 4_000_000]  # 2.2 hours, 953 wraps
    data = b"".join(record(t, 1, 2, 1) for t in times)
    assert [row[0] for row in rows(list(open_file(bin_file(tmp_path, data))))] == times


def test_a_late_event_does_not_move_the_clock(tmp_path: Path) -> None:
    times = [1000, 2000, 1900, 2100]
    data = b"".join(record(t, 1, 2, 1) for t in times)
    assert [row[0] for row in rows(list(open_file(bin_file(tmp_path, data))))] == times


@pytest.mark.parametrize(
    ("x", "y", "size"),
    [(0, 0, (34, 34)), (33, 33, (34, 34)), (34, 0, (128, 128)), (232, 172, (240, 180)), (255, 241, (320, 320))],
)
def test_the_sensor_is_the_smallest_usual_one_that_holds_all_events(
    tmp_path: Path, x: int, y: int, size: tuple[int, int]
) -> None:
    data = record(1, 0, 0, 1) * 600_000 + OVERFLOW + record(2, x, y, 0) * 20_000
    info = file_info(bin_file(tmp_path, data))
    assert (info.width, info.height) == size
    assert info.sensor_assumed


def test_events_outside_a_given_sensor_are_dropped_and_counted(tmp_path: Path) -> None:
    stream = open_file(bin_file(tmp_path, record(1, 9, 9, 1) + record(2, 10, 9, 1)), width=10, height=10)
    assert rows(list(stream)) == [(1, 9, 9, 1)]
    assert stream.counters()["outside_sensor"] == 1
    assert not stream.info.sensor_assumed


@settings(max_examples=150, deadline=None)
@given(data=st.binary(min_size=1, max_size=100), sizes=st.lists(st.integers(0, 12), min_size=1), resume=st.booleans())
def test_any_bytes_cut_anywhere_decode_to_the_events_of_the_slow_twin(
    data: bytes, sizes: list[int], resume: bool
) -> None:
    data = data[: len(data) // 5 * 5] + record(1, 255, 255, 0)
    packets = [Events(p) for p in _core.decode_pieces("a.bin", data, sizes, resume)]
    assert rows(packets) == decode(data, 256, 256)[0]


def test_a_file_cut_at_any_byte_gives_the_whole_records_before(tmp_path: Path) -> None:
    data = b"".join(record(10 * i, i, i + 1, i & 1) for i in range(9))
    for size in range(1, len(data) + 1):
        packets, fault = drained(bin_file(tmp_path, data[:size]))
        assert rows(packets) == decode(data[:size], 34, 34)[0]
        assert (fault is None) == (size % 5 == 0)
        assert fault is None or (fault.byte_offset == size and "it ends inside an event" in str(fault))


def test_long_random_bytes_decode_to_the_events_of_the_slow_twin(tmp_path: Path) -> None:
    data = rng.integers(0, 256, 100_000, dtype=np.uint8).tobytes()
    stream = open_file(bin_file(tmp_path, data), width=200, height=200)
    expected, outside = decode(data, 200, 200)
    assert rows(list(stream)) == expected
    assert stream.counters()["outside_sensor"] == outside


def test_such_files_are_read_not_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="nmnist is read, not written"):
        create_file(tmp_path / "a.bin", width=34, height=34)
    with pytest.raises(DamagedRecordingError):
        read_file(bin_file(tmp_path, b"abcdefg"))
