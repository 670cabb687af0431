"""Writes the seeds of the stored corpus: small files of each format, in plain Python.

    python src/aestream_core/fuzz/make_seeds.py

Beside the seeds lie inputs that fuzzing found, named `found-` and a hash. Nothing here is shared with the native
writers, so that a mistake in one does not hide the same mistake in the other.
"""

import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "test"))

import aedat4_writer as aedat4  # noqa: E402
import evt3_reference as evt3  # noqa: E402
import framed_reference as framed  # noqa: E402
import spif_reference as spif  # noqa: E402

Seeds = Iterator[tuple[str, bytes]]
Event = tuple[int, int, int, int]  # t µs, x, y, p


def some_events(
    count: int, *, start_us: int = 1000, step_us: int = 37, width: int = 64, height: int = 48
) -> list[Event]:
    """Spread events over a sensor, times ascending."""
    return [(start_us + i * step_us, i * 7 % width, i * 5 % height, i & 1) for i in range(count)]


def raw_header(*lines: str) -> bytes:
    """Make the text header of a Prophesee file."""
    return "".join(f"% {line}\n" for line in (*lines, "end")).encode()


def evt3_seeds() -> Seeds:
    """EVT3: single events, vectors, triggers, wraps of the clock, an odd byte, headers of several ages."""
    header = raw_header("evt 3.0", "geometry 64x48")
    word = evt3.word
    time = [word(evt3.TIME_HIGH, 1), word(evt3.TIME_LOW, 5), word(evt3.ADDR_Y, 10)]
    vector = [*time, word(evt3.VECT_BASE_X, 0x800 | 20), word(evt3.VECT_12, 0xFFF), word(evt3.VECT_8, 0xA5)]
    wraps = [word(evt3.TIME_HIGH, high) for high in (0, 2047, 4094, 1, 0, 4095, 0)]
    single = word(evt3.ADDR_X, 0x803)
    yield "events", header + evt3.encode(some_events(12))
    yield "vectors", header + evt3.to_bytes([*vector, *vector])
    yield "vector_over_the_edge", header + evt3.to_bytes([*time, word(evt3.VECT_BASE_X, 58), word(evt3.VECT_12, 0xFFF)])
    yield "wraps", header + evt3.to_bytes(each for high in wraps for each in (high, *time[1:], single))
    yield (
        "triggers",
        header + evt3.to_bytes([*time, word(evt3.EXT_TRIGGER, 0x101), word(evt3.EXT_TRIGGER, 0x100), single]),
    )
    yield (
        "others",
        header + evt3.to_bytes([single, *time, word(0xE, 3), word(0x7, 1), word(0xF, 9), word(0x9, 1), single]),
    )
    yield "outside", header + evt3.to_bytes([*time, word(evt3.ADDR_Y, 500), single, word(evt3.ADDR_X, 2000)])
    yield "odd_byte", header + evt3.encode(some_events(3)) + b"\x01"
    yield "format_line", raw_header("format EVT3;height=48;width=64") + evt3.encode(some_events(3))
    yield "camera_named", b"% evt 3.0\n% plugin_name hal_plugin_gen31_fx3\n" + evt3.encode(some_events(3))
    yield "no_sensor", b"% evt 3.0\r\n" + evt3.encode(some_events(3))


def evt2_word(kind: int, time: int, x: int = 0, y: int = 0) -> int:
    """Make one 32-bit word of an event."""
    return kind << 28 | (time & 63) << 22 | x << 11 | y


def evt2_words(events: Iterable[Event]) -> bytes:
    """Encode as EVT2, TIME_HIGH before every event."""
    words: list[int] = []
    for t, x, y, p in events:
        words += [8 << 28 | t >> 6 & 0xFFFFFFF, evt2_word(p, t, x, y)]
    return struct.pack(f"<{len(words)}I", *words)


def evt2_seeds() -> Seeds:
    """EVT2: events, triggers, other words, a wrap, an odd byte."""
    header = raw_header("evt 2.0", "geometry 64x48")
    trigger = struct.pack("<II", 8 << 28 | 20, 0xA << 28 | 3 << 22 | 1 << 8 | 1)
    yield "events", header + evt2_words(some_events(12))
    yield "triggers", header + trigger + evt2_words(some_events(2))
    yield "others", header + evt2_words(some_events(1)) + struct.pack("<III", 0xE0000001, 0xF0000002, 0x70000003)
    yield "outside", header + evt2_words([(1000, 2047, 2047, 1), (1001, 3, 3, 0)])
    yield "wrap", header + evt2_words([((1 << 34) - 5, 1, 2, 1), ((1 << 34) + 9, 3, 4, 0), ((1 << 34) - 1, 5, 6, 1)])
    yield "odd_bytes", header + evt2_words(some_events(2)) + b"\x01\x02\x03"
    yield "format_line", raw_header("format EVT2;height=48;width=64") + evt2_words(some_events(3))


def evt21_words(events: Iterable[Event], *, legacy: bool, mask: int = 0x80000401) -> bytes:
    """Encode as EVT2.1, TIME_HIGH before every vector; legacy words have their halves swapped."""
    halves: list[tuple[int, int]] = []
    for t, x, y, p in events:
        halves += [(8 << 28 | t >> 6 & 0xFFFFFFF, 0), (evt2_word(p, t, x & ~31, y), mask)]
    halves.append((0xA << 28 | 3 << 22, 1 << 8 | 1))
    return b"".join(struct.pack("<II", *(pair if legacy else pair[::-1])) for pair in halves)


def evt21_seeds() -> Seeds:
    """EVT2.1: both word orders, named and to be guessed."""
    lines = "format EVT21;height=48;width=64"
    yield "current", raw_header("evt 2.1", lines) + evt21_words(some_events(6), legacy=False)
    yield "legacy", raw_header("evt 2.1", lines + ";endianness=legacy") + evt21_words(some_events(6), legacy=True)
    yield "order_not_said", raw_header("evt 2.1", "geometry 64x48") + evt21_words(some_events(6), legacy=True)
    yield "full_masks", raw_header("evt 2.1") + evt21_words(some_events(3), legacy=False, mask=0xFFFFFFFF)
    yield "outside", raw_header(lines) + evt21_words([(1000, 2047, 2047, 1)], legacy=False)
    yield "odd_bytes", raw_header(lines) + evt21_words(some_events(2), legacy=False) + b"\x01\x02\x03\x04\x05"


def dat_records(events: Iterable[Event]) -> bytes:
    """Lay events out as DAT does."""
    return b"".join(struct.pack("<II", t & 0xFFFFFFFF, p << 28 | y << 14 | x) for t, x, y, p in events)


def dat_seeds() -> Seeds:
    """DAT: both type bytes, with and without a sensor size, a wrap of the clock, other types."""
    header = b"% Data file containing CD events.\n% Version 2\n% Width 64\n% Height 48\n"
    yield "events", header + b"\x0c\x08" + dat_records(some_events(12))
    yield "old_type", b"% Data file containing CD events.\n% Version 1\n\x00\x08" + dat_records(some_events(6))
    yield "no_header", b"\x0c\x08" + dat_records(some_events(6))
    yield "wrap", header + b"\x0c\x08" + dat_records([((1 << 32) - 3, 1, 2, 1), (1 << 32 | 4, 3, 4, 0)])
    yield "outside", header + b"\x0c\x08" + dat_records([(5, 16383, 16383, 1)])
    yield "other_type", header + b"\x0e\x08" + dat_records(some_events(2))
    yield "cut", header + b"\x0c\x08" + dat_records(some_events(2))[:-3]


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


def es_header(kind: int, width: int = 64, height: int = 48) -> bytes:
    """Make the header; generic streams have no sensor."""
    return b"Event Stream\x02\x00\x00" + bytes([kind]) + (struct.pack("<HH", width, height) if kind else b"")


def es_seeds() -> Seeds:
    """Event Stream: all four kinds, long gaps, resets."""
    events = some_events(8, start_us=5)
    dvs = b"".join(struct.pack("<BHH", 37 << 1 | p, x, y) for _, x, y, p in events)
    yield "dvs", es_header(1) + dvs
    yield "dvs_gaps", es_header(1) + b"\xff\xff\xff\xff" + dvs[:10] + b"\xfe\xfe" + dvs[:5] + b"\xff"
    yield "dvs_outside", es_header(1, 2, 2) + dvs
    yield "generic", es_header(0) + b"\x05\x06hi!" + b"\xff\xff\x01\x02a" + b"\xfe\x00\x00"
    yield (
        "atis",
        es_header(2) + b"".join(struct.pack("<BHH", 9 << 2 | i & 3, i, i) for i in range(6)) + b"\xfc\xfd\xfe\xff",
    )
    yield "color", es_header(3) + b"".join(struct.pack("<BHHBBB", 9, i, i, 1, 2, 3) for i in range(4)) + b"\xff\xfe"
    yield "cut", es_header(1) + dvs[:-2]
    yield "other_version", b"Event Stream\x01\x00\x00\x01" + dvs


def nmnist_seeds() -> Seeds:
    """N-MNIST: events, overflows of the clock, a cut record."""

    def record(t: int, x: int, y: int, p: int) -> bytes:
        return bytes([x, y]) + (p << 23 | t & 0x7FFFFF).to_bytes(3, "big")

    events = b"".join(record(*event) for event in some_events(10, width=34, height=34))
    overflow = record(0, 0, 240, 0)
    yield "events", events
    yield "overflows", events + overflow + events[:10] + overflow * 2 + events[:5]
    yield "larger", b"".join(record(*event) for event in some_events(6, width=240, height=180))
    yield "cut", events[:-2]


def csv_seeds() -> Seeds:
    """Text: several column orders, separators, units, headers and line ends."""
    rows = some_events(6)

    def text(form: str, end: str = "\n") -> bytes:
        return "".join(form.format(t=t, x=x, y=y, p=p, s=t / 1e6, q=2 * p - 1) + end for t, x, y, p in rows).encode()

    yield "txyp", text("{t},{x},{y},{p}")
    yield "header", b"t,x,y,p\n" + text("{t},{x},{y},{p}")
    yield "faery", b"t,x@64,y@48,on\r\n" + text("{t},{x},{y},{p}", "\r\n")
    yield "seconds", text("{s:.9f} {x} {y} {p}")
    yield "xypt", b"x,y,p,t\n" + text("{x},{y},{p},{t}")
    yield "signed", b"timestamp;x;y;polarity\n" + text("{t};{x};{y};{q}")
    yield "tabs", text("{t}\t{x}\t{y}\t{p}")
    yield "words", b"t,x,y,on\n1,2,3,true\n4,5,6,False\n"
    yield "exponents", b"1.5e-3 2 3 1\n1.6e-03 4 5 0\n"
    yield "comment", b"# recorded with some camera\n\n" + text("{t}, {x}, {y}, {p}")
    yield "no_end", text("{t},{x},{y},{p}")[:-3]
    yield "not_a_number", text("{t},{x},{y},{p}") + b"4,five,6,1\n9,9,9,9\n"
    yield "huge", b"18446744073709551616,1,2,1\n99999999999999999999999,70000,-5,1\n1e400,1,1,1\n"


def taken(datagram: bytes, *, sender: int = 0, repair: bool = False, passed_ms: int = 0) -> bytes:
    """Lay out one datagram as the fuzzing program of datagrams reads it."""
    return struct.pack("<HB", len(datagram), sender | repair << 2 | passed_ms << 3) + datagram


def spif_seeds() -> Seeds:
    """SPIF: with and without times, mixed, cut, wrapping, outside, of two senders."""
    events = some_events(6)
    timed, plain = (spif.encode(events, timestamps=which) for which in (True, False))
    wrap = spif.encode([(0xFFFFFFF0, 1, 2, 1), (5, 3, 4, 0), (0xFFFFFFF5, 1, 1, 1)], timestamps=True)
    yield "plain", taken(plain) + taken(plain[:8], passed_ms=3)
    yield "timed", taken(timed) + taken(timed, sender=1)
    yield "mixed", taken(plain[:8] + timed[:16] + plain[:4])
    yield "cut", taken(plain[:-1]) + taken(timed[:-4]) + taken(timed[:-5])
    yield "wrap", taken(wrap) + taken(wrap)
    yield "outside", taken(spif.encode([(1, 0x7FFE, 0x7FFF, 1), (2, 700, 10, 0)], timestamps=False))
    yield "short", b"".join(taken(plain[:size]) for size in range(5))


def framed_seeds() -> Seeds:
    """Framed: in order, out of order, lost, twice, two sessions, two senders, the end, damaged, impossible."""
    events = some_events(12)

    def part(seq: int, **how: int) -> bytes:
        return framed.datagram(events[3 * seq : 3 * seq + 3], seq=seq, first_event=3 * seq, **how)

    row = [part(seq) for seq in range(4)]
    end = framed.datagram([], seq=4, first_event=12, flags=1)
    yield "in_order", b"".join(map(taken, [*row, end, end]))
    yield "out_of_order", b"".join(taken(row[at], repair=True) for at in (0, 2, 1, 3))
    yield "lost", taken(row[0]) + taken(row[3], passed_ms=1) + taken(end, passed_ms=20)
    yield "twice", b"".join(taken(row[at]) for at in (0, 0, 2, 2, 1, 1))
    yield "sessions", b"".join(map(taken, [row[0], row[2], part(0, session=2), row[1], part(1, session=2)]))
    yield "senders", b"".join(taken(each, sender=at) for at, each in enumerate(row))
    yield "damaged", taken(row[0][:-1]) + taken(row[1][:30]) + taken(row[2].replace(b"\x01", b"\x02"), repair=True)
    yield "far", taken(row[0]) + taken(framed.datagram([], seq=1 << 31, first_event=1 << 60), repair=True)
    yield "late_times", taken(framed.datagram(events, seq=0, first_event=0, t0_us=0)) + taken(row[1])


SEEDS = {
    "evt2": evt2_seeds,
    "evt21": evt21_seeds,
    "evt3": evt3_seeds,
    "dat": dat_seeds,
    "aedat1": aedat1_seeds,
    "aedat2": aedat2_seeds,
    "aedat3": aedat3_seeds,
    "aedat4": aedat4_seeds,
    "es": es_seeds,
    "nmnist": nmnist_seeds,
    "csv": csv_seeds,
    "datagram_spif": spif_seeds,
    "datagram_framed": framed_seeds,
}


def main() -> None:
    """Write them all."""
    for format_name, seeds in SEEDS.items():
        folder = HERE / "corpus" / format_name
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in seeds():
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
