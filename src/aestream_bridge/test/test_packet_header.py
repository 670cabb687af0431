"""The header of packets: it comes back as it was, and nothing else is taken for one."""

import struct

import pytest
from link_packets import HEIGHT, WIDTH, packet

from aestream_bridge.links.packet_header import (
    HEADER_BYTES,
    MAX_PACKET_EVENTS,
    PacketHeader,
    PacketNumbering,
    parse_header,
)
from aestream_core.errors import FormatError

GOOD = PacketHeader(2**63 - 1, 2**60, 2**61, 2**61, 2**62, 17, 1280, 720, 1)


def changed(at: int, layout: str, value: int) -> bytes:
    data = bytearray(GOOD.pack())
    struct.pack_into(layout, data, at, value)
    return bytes(data)


def test_a_header_comes_back_as_it_was() -> None:
    assert len(GOOD.pack()) == HEADER_BYTES
    assert parse_header(GOOD.pack() + b"records") == GOOD


def test_the_bytes_are_those_of_the_documentation() -> None:
    header = PacketHeader(1, 2, 3, 4, 5, 6, 7, 8, 1).pack()
    assert header == b"AEV1" + struct.pack("<HHQQQQQIHHQ", 64, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0)


def test_numbering_counts_the_packets_and_events_before_each() -> None:
    numbering = PacketNumbering(7, width=WIDTH, height=HEIGHT)
    made = [numbering.header(packet(n, n), stamp_ns=0) for n in range(4)] + [numbering.end(stamp_ns=0)]
    assert [(each.seq, each.events_before, each.count) for each in made] == [
        (0, 0, 0),
        (1, 0, 1),
        (2, 1, 2),
        (3, 3, 3),
        (4, 6, 0),
    ]
    assert [each.ends for each in made] == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a packet of 0 bytes has no header; it takes 64"),
        (GOOD.pack()[:63], "a packet of 63 bytes has no header"),
        (b"AEV2" + GOOD.pack()[4:], "begins with 41 45 56 32 40 00; it must begin with 41 45 56 31 40 00"),
        (changed(4, "<H", 32), "it must begin with"),
        (changed(48, "<I", MAX_PACKET_EVENTS + 1), "says count 4194305; it must be 0 to 4194304"),
        (changed(52, "<H", 0), "says width 0; it must be 1 to 32767"),
        (changed(54, "<H", 32768), "says height 32768; it must be 1 to 32767"),
        (changed(32, "<Q", 2**63), "says t0_us 9223372036854775808"),
    ],
)
def test_what_is_no_header_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse_header(data)
