"""Undecoded readings of a camera: whatever comes, every byte is passed on or counted, and time never steps back."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from neuromorphic_drivers import status
from recorded_packets import evt3_packets, simulated

from aestream_driver.sources.base import SourcePacket
from aestream_driver.sources.camera_evt3 import PIECE_BYTES, Evt3Reader

WORDS = b"".join(each.packet for each in evt3_packets(simulated(width=64, height=48, duration_us=20_000)))

readings = st.lists(
    st.tuples(
        st.one_of(
            st.binary(max_size=40),
            st.tuples(st.integers(0, len(WORDS)), st.integers(0, 3000)).map(lambda cut: WORDS[cut[0] : sum(cut)]),
        ),
        st.integers(0, 3),  # packets dropped before it
        st.booleans(),  # whether the camera was opened anew before it
    ),
    max_size=12,
)


def raw_status(dropped: int, *, gap_at: int | None = None) -> status.RawStatus:
    overflow = None if gap_at is None else [gap_at]
    return status.RawStatus(1.0, status.RawRingStatus(1.0, 0, 1, False, overflow, dropped))


def wire_bytes(packets: list[SourcePacket]) -> int:
    return sum(packet.wire().data.nbytes for packet in packets)


@settings(max_examples=150, deadline=None)
@given(readings)
def test_bytes_in_are_bytes_passed_on_and_bytes_counted_as_left_out(script: list[tuple[bytes, int, bool]]) -> None:
    reader = Evt3Reader(width=64, height=48)
    packets: list[SourcePacket] = []
    for data, dropped, anew in script:
        if anew:
            reader.restart()
        packets += reader.packets(raw_status(dropped, gap_at=0 if dropped else None), data)
        packets[-1].events() if packets else None
    given_bytes = sum(len(data) for data, _, _ in script)
    assert wire_bytes(packets) + reader.skipped_bytes + len(reader._carry) == given_bytes
    assert reader.dropped_packets == sum(dropped for _, dropped, _ in script)
    assert sum(packet.lost_before for packet in packets) <= reader.dropped_packets
    assert all(packet.wire().data.nbytes % 2 == 0 for packet in packets)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 5000), max_size=20))
def test_a_stream_cut_anywhere_and_opened_anew_between_never_steps_back(cuts: list[int]) -> None:
    reader = Evt3Reader(width=64, height=48)
    times = [0]
    for cut in cuts:
        for packet in reader.packets(raw_status(0), WORDS[:cut]):
            times += [int(packet.events()[0].to_numpy()["t"][0])] if packet.events() else []
            times.append(packet.last_us)
        reader.restart()
    assert (np.diff(times) >= 0).all()


def test_a_gap_inside_a_reading_is_where_the_library_says_it_is() -> None:
    reader = Evt3Reader(width=64, height=48)
    half = len(WORDS) // 4 * 2
    packets = list(reader.packets(raw_status(2, gap_at=half), WORDS))
    assert wire_bytes(packets) + reader.skipped_bytes == len(WORDS)
    assert reader.dropped_packets == 2
    assert [packet.lost_before for packet in packets] == [0, 2]


def test_losses_that_are_told_before_their_place_are_counted_once() -> None:
    reader = Evt3Reader(width=64, height=48)
    first, second = WORDS[: len(WORDS) // 4 * 2], WORDS[len(WORDS) // 4 * 2 :]
    packets = [*reader.packets(raw_status(3), first), *reader.packets(raw_status(0, gap_at=0), second)]
    assert reader.dropped_packets == 3
    assert [packet.lost_before for packet in packets] == [0, 3]


def test_readings_longer_than_a_message_are_cut() -> None:
    reader = Evt3Reader(width=64, height=48)
    long = WORDS * (3 * PIECE_BYTES // len(WORDS))
    packets = list(reader.packets(raw_status(0), long))
    assert max(packet.wire().data.nbytes for packet in packets) == PIECE_BYTES
    assert b"".join(bytes(packet.wire().data) for packet in packets) == long
