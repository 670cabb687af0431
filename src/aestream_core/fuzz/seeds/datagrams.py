"""SPIF and framed datagrams, as the fuzzing program of datagrams reads them."""

import struct

import framed_reference as framed
import spif_reference as spif

from seeds.events import Seeds, some_events


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
