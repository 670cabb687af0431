"""Undecoded bytes of recordings, cut into packets."""

from contextlib import nullcontext
from pathlib import Path

import pytest
from aedat4_writer import Writer
from evt2_reference import Reference2, cd, time_high, to_bytes21
from evt2_reference import to_bytes as to_bytes2
from evt3_reference import ADDR_X, TIME_HIGH, TIME_LOW, encode, to_bytes, word
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recording_files import camera_words, joined, raw_file

from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError
from aestream_core.evt3 import Evt3Decoder
from aestream_core.messages import MessageDecoder
from aestream_core.raw_files import RawPacket, open_raw_file


def raw_pieces(path: Path, **options: int) -> list[RawPacket]:
    return list(open_raw_file(path, **options))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 0xFFFF), max_size=400), st.integers(1, 20_000), st.integers(64, 300))
def test_raw_packets_in_a_row_are_the_files_bytes(
    tmp_path: Path, words: list[int], packet_us: int, max_bytes: int
) -> None:
    data = to_bytes(words)
    pieces = raw_pieces(raw_file(tmp_path, data), packet_us=packet_us, max_bytes=max_bytes)
    assert b"".join(piece.data.tobytes() for piece in pieces) == data
    assert all(0 < len(piece.data) <= max_bytes for piece in pieces)
    assert [piece.seq for piece in pieces] == list(range(len(pieces)))


def test_raw_packets_begin_with_a_time_and_span_what_was_asked_for(tmp_path: Path) -> None:
    path = raw_file(tmp_path, camera_words(10_000))
    pieces = raw_pieces(path, packet_us=2000)
    assert len(pieces) == 200
    for piece in pieces:
        words = piece.data.view("<u2")
        assert words[0] >> 12 == TIME_HIGH
        assert piece.base_us == int(words[0] & 0xFFF) << 12
        assert piece.last_us - piece.base_us <= 4096 + 2000
        assert (piece.encoding, piece.width, piece.height) == ("evt3", 640, 480)


def test_a_raw_packet_ends_before_a_gap_in_time(tmp_path: Path) -> None:
    data = camera_words(10) + camera_words(10, start_us=5_000_000)
    pieces = raw_pieces(raw_file(tmp_path, data), packet_us=1_000_000)
    assert [len(piece.data) for piece in pieces] == [80, 80]
    assert pieces[0].last_us == 360
    assert pieces[1].base_us == 5_000_000 // 4096 * 4096


def test_raw_packets_without_time_words_are_cut_at_their_largest_size(tmp_path: Path) -> None:
    data = to_bytes([word(TIME_HIGH, 9), word(TIME_LOW, 3)] + [word(ADDR_X, 1)] * 1000)
    pieces = raw_pieces(raw_file(tmp_path, data), max_bytes=129)
    assert [len(piece.data) for piece in pieces] == [128] * 15 + [84]
    assert pieces[0].base_us == 9 * 4096
    assert {piece.base_us for piece in pieces[1:]} == {9 * 4096 + 3}


def test_every_raw_packet_decodes_with_its_own_base_across_wraps_of_the_clock(tmp_path: Path) -> None:
    rows = [(i * 1_000_003, i % 640, i % 480, i % 2) for i in range(200)]  # 200 s: twelve wraps
    path = raw_file(tmp_path, encode(rows))
    decoder = Evt3Decoder(width=640, height=480)
    packets = [packet for piece in raw_pieces(path) for packet in decoder.decode(piece.data, near_us=piece.base_us)]
    assert [tuple(map(int, row)) for row in joined(packets)] == rows


def evt2_words(count: int) -> list[int]:
    """Words as a camera sends them, an event every 50 us and the time before each."""
    words = []
    for t in range(0, count * 50, 50):
        words += [time_high(t), cd(t, t % 640 & ~31, t % 480, t // 50 % 2)]
    return words


EVT2_LAYOUTS = {
    "evt2": (to_bytes2, ("evt 2.0",)),
    "evt21": (lambda words: to_bytes21([(each, 5) for each in words]), ("evt 2.1", "format EVT21;endianness=little")),
    "evt21 legacy": (
        lambda words: to_bytes21([(each, 5) for each in words], order="legacy"),
        ("evt 2.1", "format EVT21;endianness=legacy"),
    ),
}


@pytest.mark.parametrize("layout", EVT2_LAYOUTS)
def test_raw_packets_of_evt2_and_evt21_span_what_was_asked_for_and_decode_on_their_own(
    tmp_path: Path, layout: str
) -> None:
    lay_out, lines = EVT2_LAYOUTS[layout]
    data = lay_out(evt2_words(2000))
    path = raw_file(tmp_path, data, *lines, "geometry 640x480")
    pieces = raw_pieces(path, packet_us=2000)
    encoding = layout.split()[0]
    assert len(pieces) == 49  # cut at the first TIME_HIGH, of those every 64 us, that is 2000 us after the start
    assert sum(len(piece.data) for piece in pieces) == len(data)
    rows = []
    for piece in pieces:
        assert (piece.encoding, piece.width, piece.height) == (encoding, 640, 480)
        assert 0 <= piece.last_us - piece.base_us < 2000
        decoder = MessageDecoder(encoding, width=640, height=480)
        rows += joined(decoder.decode(piece.data, near_us=piece.base_us)).tolist()
    twin = Reference2(640, 480)
    order = "legacy" if "legacy" in layout else "current"
    expected = twin.feed(data) if encoding == "evt2" else twin.feed21(data, order=order)
    assert rows == expected.events
    if "legacy" not in layout:
        assert b"".join(piece.data.tobytes() for piece in pieces) == data


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=900), packet_us=st.integers(1, 20_000), max_bytes=st.integers(64, 300))
def test_any_bytes_of_evt2_come_out_in_pieces_and_then_an_error_where_they_end_inside_a_word(
    tmp_path: Path, data: bytes, packet_us: int, max_bytes: int
) -> None:
    pieces: list[RawPacket] = []
    stream = open_raw_file(raw_file(tmp_path, data, "evt 2.0"), packet_us=packet_us, max_bytes=max_bytes)
    ends_inside_a_word = pytest.raises(DamagedRecordingError, match="ends inside an EVT2 word")
    with ends_inside_a_word if len(data) % 4 else nullcontext():
        pieces.extend(stream)
    assert b"".join(piece.data.tobytes() for piece in pieces) == data
    assert all(0 < len(piece.data) <= max_bytes for piece in pieces)


def test_pieces_that_do_not_begin_with_their_time_lose_nothing(tmp_path: Path) -> None:
    words = [time_high(5 << 34 | 640), *(cd(650, x, 3, 1) for x in range(100))]
    pieces = raw_pieces(raw_file(tmp_path, to_bytes2(words), "evt 2.0", "geometry 640x480"), max_bytes=64)
    assert len(pieces) == 7
    decoder = MessageDecoder("evt2", width=640, height=480)
    rows = [row for piece in pieces for row in joined(decoder.decode(piece.data, near_us=piece.base_us)).tolist()]
    assert rows == [(650, x, 3, 1) for x in range(100)]


def test_raw_bytes_of_an_odd_number_all_arrive_and_then_an_error(tmp_path: Path) -> None:
    data = camera_words(100) + b"\x01"
    pieces: list[RawPacket] = []
    stream = open_raw_file(raw_file(tmp_path, data))
    with pytest.raises(DamagedRecordingError, match="ends inside an EVT3 word"):
        pieces.extend(stream)
    assert b"".join(piece.data.tobytes() for piece in pieces) == data


def test_raw_data_is_a_read_only_view_that_outlives_its_stream(tmp_path: Path) -> None:
    data = camera_words(1000)
    arrays = [piece.data for piece in open_raw_file(raw_file(tmp_path, data))]
    assert not any(array.flags.writeable or array.flags.owndata for array in arrays)
    assert b"".join(memoryview(array) for array in arrays) == data


def test_raw_bytes_come_only_from_formats_that_hand_them_on(tmp_path: Path) -> None:
    path = tmp_path / "a.aedat4"
    path.write_bytes(Writer().to_bytes())
    with pytest.raises(
        FormatError,
        match="aedat4, whose undecoded bytes are not handed on; undecoded bytes come from: evt3, evt2, evt21",
    ):
        open_raw_file(path)


@pytest.mark.parametrize(
    ("arguments", "message"), [({"max_bytes": 63}, "max_bytes is 63"), ({"packet_us": 0}, "packet_us is 0")]
)
def test_impossible_sizes_of_raw_packets_are_refused(tmp_path: Path, arguments: dict[str, int], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        open_raw_file(raw_file(tmp_path, b""), **arguments)
