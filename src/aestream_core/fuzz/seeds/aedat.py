"""AEDAT 1.0 to 4."""

import struct
from collections.abc import Iterable

import aedat4_writer as aedat4
import numpy as np

from seeds.events import Seeds, some_events


def aedat4_xml(*streams: tuple[int, str]) -> bytes:
    """Make an info node as short as readers accept."""
    info = '<node name="info"><attr key="sizeX">64</attr><attr key="sizeY">48</attr></node>'
    nodes = "".join(f'<node name="{i}"><attr key="typeIdentifier">{kind}</attr>{info}</node>' for i, kind in streams)
    return f'<dv><node name="outInfo">{nodes}</node></dv>'.encode()


def aedat4_file(compression: int, packets: Iterable[tuple[int, bytes]], *, table: bool = True) -> bytes:
    """Write a file of an event stream 0 and a stream 1 of each other kind."""
    xml = aedat4_xml((0, "EVTS"), (1, "FRME"), (2, "IMUS"), (3, "TRIG"))
    body = b""
    for stream, payload in packets:
        data = aedat4.compress(payload, compression)
        body += struct.pack("<ii", stream, len(data)) + data

    def header(table_at: int) -> bytes:
        table = struct.pack("<I4sHHHHHHiiqI", 20, b"IOHE", 10, 20, 4, 8, 16, 0, 12, compression, table_at, 4)
        root = table + struct.pack("<I", len(xml)) + xml + b"\0"
        return b"#!AER-DAT4.0\r\n" + struct.pack("<I", len(root)) + root

    if not table:
        return header(-1) + body
    trailer = aedat4.compress(struct.pack("<II4s", 8, 8, b"FTAB"), compression)
    return header(len(header(0)) + len(body)) + body + trailer


def aedat4_seeds() -> Seeds:
    """AEDAT4: every compression, several streams, with and without a data table."""
    structs = np.array([(t + 1_605_537_493_000_000, x, y, p, b"") for t, x, y, p in some_events(5)], aedat4.EVENT)
    events = aedat4.event_payload(structs)
    for number, name in enumerate(aedat4.COMPRESSIONS):
        yield name.lower(), aedat4_file(number, [(0, events), (0, events)], table=number % 2 == 0)
    others = [(1, struct.pack("<II4s", 8, 8, b"FRME")), (2, b"imu"), (3, b"trigger")]
    yield "other_streams", aedat4_file(0, [*others, (0, events)])
    yield "empty", aedat4_file(1, [])
    yield "header_of_another_writer", aedat4.header([aedat4.Stream(0, width=None)], 0, -1)
    late = structs.copy()
    late["t"] = [9, 5, 1 << 32, 3, 1 << 33]
    yield "times_apart", aedat4_file(0, [(0, aedat4.event_payload(late)), (0, events)])
    yield "zeros_that_expand", aedat4_file(3, [(0, aedat4.event_payload(np.zeros(2000, aedat4.EVENT)))])


def aedat1_seeds() -> Seeds:
    """AEDAT 1.0: a 16-bit address of a DVS128 and a 32-bit time."""
    events = [((y << 8) | (x << 1) | (1 - p), t) for t, x, y, p in some_events(12)]
    data = b"".join(struct.pack(">HI", *event) for event in events)
    yield "events", b"#!AER-DAT1.0\r\n# This is a raw AE data file\r\n" + data
    yield "no_header", data
    yield "wrap", b"#!AER-DAT1.0\r\n" + struct.pack(">HIHI", 0x102, 0xFFFFFFFE, 0x103, 5)
    yield "cut", b"#!AER-DAT1.0\r\n" + data[:-2]


def aedat2_seeds() -> Seeds:
    """AEDAT 2.0: DVS128 and DAVIS addresses, samples and triggers among them, a wrap of the clock."""
    start = b"#!AER-DAT2.0\r\n# This is a raw AE data file\r\n"
    davis = start + b"# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C\r\n"
    dvs_data = b"".join(struct.pack(">II", y << 8 | x << 1 | p, t) for t, x, y, p in some_events(8))
    davis_data = b"".join(struct.pack(">II", y << 22 | x << 12 | p << 11, t) for t, x, y, p in some_events(8))
    others = struct.pack(">IIIIII", 1 << 31 | 0x123, 7, 1 << 31 | 3 << 10, 8, 1 << 10, 9)
    yield "dvs128", start + b"# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n" + dvs_data
    yield "davis", davis + davis_data
    yield "davis_others", davis + others + davis_data[:16] + others
    yield "davis346", start + b"# AEChip: eu.seebetter.ini.chips.davis.Davis346blue\r\n" + davis_data[:32]
    yield "end_of_header", start + b"#!END-HEADER\r\n" + dvs_data
    yield "no_chip", start + dvs_data
    yield "wrap", davis + struct.pack(">IIII", 3 << 22, 0xFFFFFFF0, 4 << 22, 3)
    yield "cut", davis + davis_data[:-5]


def aedat3_packet(kind: int, events: list[bytes], *, overflow: int = 0, time_at: int = 4) -> bytes:
    """Make a packet: its 28-byte header and the events."""
    size = len(events[0]) if events else 8
    return struct.pack("<hhiiiiii", kind, 1, size, time_at, overflow, *[len(events)] * 3) + b"".join(events)


def aedat3_seeds() -> Seeds:
    """AEDAT 3.1: events, special events, a frame, IMU samples, another overflow of the clock."""
    header = (
        b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DAVIS240C\r\n"
        b"#Start-Time: 2016-07-21 16:09:59 (TZ+0200)\r\n#!END-HEADER\r\n"
    )
    polarity = [struct.pack("<Ii", x << 17 | y << 2 | p << 1 | 1, t) for t, x, y, p in some_events(8)]
    special = [struct.pack("<Ii", kind << 1 | 1, 500) for kind in (0, 1, 2, 3)]
    frame = struct.pack("<Iiiiiiiii4H", 1 | 1 << 1, 1, 9, 2, 8, 2, 2, 0, 0, 1, 2, 3, 4)
    imu = struct.pack("<Iifffffff", 1, 700, 0.1, 0.2, 1.0, 3.0, 4.0, 5.0, 25.0)
    yield "events", header + aedat3_packet(1, polarity) + aedat3_packet(1, polarity[:2], overflow=1)
    yield "special", header + aedat3_packet(0, special) + aedat3_packet(1, polarity[:2])
    yield "frame", header + aedat3_packet(2, [frame], time_at=8) + aedat3_packet(1, polarity[:2])
    yield "imu", header + aedat3_packet(3, [imu, imu]) + aedat3_packet(1, polarity[:2])
    yield "invalid", header + aedat3_packet(1, [struct.pack("<Ii", 5 << 17, 9), *polarity[:1]])
    yield "unknown_kind", header + aedat3_packet(77, [b"12345678"]) + aedat3_packet(1, polarity[:2])
    yield "cut", header + aedat3_packet(1, polarity)[:-3]
