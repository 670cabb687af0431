"""AEDAT 1.0: 16-bit addresses of a DVS128, with a header or without."""

from pathlib import Path

import numpy as np
import pytest
from aedat2_reference import dvs128_address, header, narrow_record
from hypothesis import given, settings
from hypothesis import strategies as st
from recording_files import drained, joined

from aestream_core import _core
from aestream_core.errors import FormatError
from aestream_core.events import Events
from aestream_core.files import file_info, open_file, read_file

rng = np.random.default_rng(1)


def some_rows(count: int) -> list[tuple[int, int, int, int]]:
    times = np.cumsum(rng.integers(0, 1000, count))
    return [(int(t), *(int(v) for v in rng.integers(0, (128, 128, 2)))) for t in times]


def encoded(rows: list[tuple[int, int, int, int]]) -> bytes:
    return b"".join(narrow_record(dvs128_address(x, y, on), t) for t, x, y, on in rows)


def as_rows(packets: list[Events]) -> list[tuple[int, int, int, int]]:
    return [tuple(map(int, row)) for row in joined(packets)]


def aedat_file(folder: Path, data: bytes) -> Path:
    path = folder / "recording.aedat"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("head", [b"", header("1.0"), header("1.0", tail=""), b"# made by hand\r\n"])
def test_files_with_and_without_a_header_are_read(tmp_path: Path, head: bytes) -> None:
    rows = [(0, 127, 127, 1), *some_rows(2000)]
    path = aedat_file(tmp_path, head + encoded(rows))
    assert as_rows([read_file(path)]) == rows
    info = file_info(path)
    assert (info.format, info.width, info.height, info.sensor_assumed) == ("aedat1", 128, 128, False)
    assert info.data_begin == len(head)


def test_a_file_is_recognised_by_its_first_line(tmp_path: Path) -> None:
    path = aedat_file(tmp_path, header("1.0") + encoded(some_rows(3))).rename(tmp_path / "recording.unknown")
    assert file_info(path).format == "aedat1"


def test_edges_at_the_external_input_are_triggers(tmp_path: Path) -> None:
    rows = some_rows(2)
    path = aedat_file(tmp_path, encoded(rows[:1]) + narrow_record(0x8000, 77) + encoded(rows[1:]))
    stream = open_file(path, extras=("triggers",))
    assert as_rows(list(stream)) == rows
    assert stream.counters()["triggers"] == 1
    assert stream.side is not None
    assert stream.side.take_triggers().tolist() == [(77, 0, 0)]


@settings(max_examples=100, deadline=None)
@given(sizes=st.lists(st.integers(0, 14), min_size=1, max_size=20), resume=st.booleans())
def test_a_stream_cut_anywhere_decodes_to_the_same_events(sizes: list[int], resume: bool) -> None:
    rows = some_rows(20)
    packets = _core.decode_pieces("a.aedat", header("1.0") + encoded(rows), sizes, resume)
    assert as_rows([Events(packet) for packet in packets]) == rows


def test_a_file_cut_at_any_byte_gives_the_whole_records_before(tmp_path: Path) -> None:
    rows, head = some_rows(9), header("1.0")
    data = encoded(rows)
    for size in range(len(data) + 1):
        packets, fault = drained(aedat_file(tmp_path, head + data[:size]))
        assert as_rows(packets) == rows[: size // 6]
        assert (fault is None) == (size % 6 == 0)
        assert fault is None or fault.byte_offset == len(head) + size


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89HDF\r\n\x1a\n", "but holds HDF5"),
        (header("7.3"), r"says version 7.3 of AEDAT"),
        (b"#!AER-DAT4.0\r\n", r"says version 4.0 of AEDAT"),
    ],
)
def test_what_is_none_is_refused_in_words(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        file_info(aedat_file(tmp_path, data))
