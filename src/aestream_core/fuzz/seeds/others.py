"""Event Stream, N-MNIST and text."""

import struct

from seeds.events import Seeds, some_events


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
