"""Several senders, unwanted ones, and groups."""

import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from spif_reference import encode
from udp_cases import LONG_S, Collector, joined, needs_ipv6, part, some_events, until

from aestream_core.errors import AestreamError
from aestream_core.events import Events
from aestream_core.net import UdpSender, open_udp


def test_two_senders_stay_apart_and_neither_is_lost() -> None:
    one, other = some_events(30_000, seed=1), some_events(20_000, seed=2, start_us=0)
    with open_udp(port=0, idle_timeout_s=LONG_S, once=True) as stream:
        collector = Collector(stream)
        with UdpSender(port=stream.port) as first, UdpSender(port=stream.port) as second:
            for at in range(0, 20_000, 5000):
                first.write(part(one, at, at + 5000))
                second.write(part(other, at, at + 5000))
            first.write(part(one, 20_000, 30_000))
        packets = collector.join()
    late = [packet for packet in packets if packet.first_us >= 5_000_000_000]
    early = [packet for packet in packets if packet.last_us < 5_000_000_000]
    assert len(late) + len(early) == len(packets)
    assert np.array_equal(joined(late), one.to_numpy())
    assert np.array_equal(joined(early), other.to_numpy())


FLOOD = """
import socket, sys
flood = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
flood.bind((sys.argv[1], 0))
flood.connect(("127.0.0.1", int(sys.argv[2])))
payload = bytes.fromhex(sys.argv[3])
while True:
    try:
        flood.send(payload)
    except OSError:
        pass
"""


@contextmanager
def flooding(port: int, payload: bytes, *, address: str = "127.0.0.1") -> Iterator[None]:
    """Send as fast as it goes, from a process of its own."""
    process = subprocess.Popen([sys.executable, "-c", FLOOD, address, str(port), payload.hex()])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def test_a_flood_neither_starves_another_sender_nor_grows_memory() -> None:
    rows = encode([(0, i, 1, 1) for i in range(200)], timestamps=False)
    events = some_events(200_000)
    with open_udp(port=0, idle_timeout_s=LONG_S, width=640, height=480) as stream, flooding(stream.port, rows):
        next(stream)
        used_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sending = threading.Thread(target=_send_slowly, args=(stream.port, events), daemon=True)
        sending.start()
        good = 0
        for packet in stream:
            good += len(packet) if packet.t0_us >= 4_000_000_000 else 0
            if not sending.is_alive() and good + stream.counters()["lost_events"] >= len(events):
                break
        counters = stream.counters()
        grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used_kb
    assert good + counters["lost_events"] == len(events)
    assert good >= 0.9 * len(events)
    assert grown_kb < 200_000


def _send_slowly(port: int, events: Events) -> None:
    with UdpSender(port=port, rate_hz=5e5) as sender:
        sender.write(events)


def test_hosts_that_may_not_send_are_refused_by_the_kernel() -> None:
    rows = encode([(0, 1, 1, 1)] * 100, timestamps=False)
    events = some_events(50_000)
    with open_udp(port=0, idle_timeout_s=LONG_S, once=True, senders=("127.0.0.1",)) as stream:
        collector = Collector(stream)
        with flooding(stream.port, rows, address="127.0.0.2"):
            until(lambda: stream.counters()["kernel_dropped"] > 100)
            _send_slowly(stream.port, events)
            assert np.array_equal(joined(collector.join()), events.to_numpy())
        counters = stream.counters()
        assert counters["refused"] == 0
        assert counters["senders"] == 1


def test_only_this_machine_is_heard_unless_an_address_says_otherwise() -> None:
    with open_udp(port=0) as stream:
        assert stream.place.startswith("127.0.0.1:")
    with open_udp("0.0.0.0", 0) as stream:
        assert stream.place.startswith("0.0.0.0:")


@pytest.mark.parametrize("group", ["239.255.77.1", pytest.param("ff01::77:1", marks=needs_ipv6)])
def test_a_multicast_group_reaches_every_receiver(group: str) -> None:
    events = some_events(1000)
    try:
        first = open_udp(group, 0, interface="lo", once=True, idle_timeout_s=LONG_S)
        sender = UdpSender(group, first.port, interface="lo", ttl=0)
    except AestreamError as error:
        pytest.skip(f"no multicast on lo here: {error}")
    with first, open_udp(group, first.port, interface="lo", once=True, idle_timeout_s=LONG_S) as second:
        collectors = [Collector(first), Collector(second)]
        with sender:
            sender.write(events)
        for each in collectors:
            assert np.array_equal(joined(each.join()), events.to_numpy())
