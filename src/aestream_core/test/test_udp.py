"""Events over real sockets on this machine arrive as they were sent, and other bytes do no harm."""

import random
import time

import numpy as np
import pytest
from framed_reference import datagram
from hypothesis import given, settings
from hypothesis import strategies as st
from spif_reference import encode
from udp_cases import LONG_S, Collector, joined, needs_ipv6, plain_socket, some_events, until

from aestream_core.net import UdpSender, open_udp


@pytest.mark.parametrize("address", ["127.0.0.1", pytest.param("::1", marks=needs_ipv6), "localhost"])
def test_framed_events_arrive_as_they_were_sent(address: str) -> None:
    events = some_events(100_000)
    with open_udp(address, 0, once=True, idle_timeout_s=LONG_S) as stream:
        collector = Collector(stream)
        with UdpSender(address, stream.port) as sender:
            sender.write(events)
        assert np.array_equal(joined(collector.join()), events.to_numpy())
        counters, said = stream.counters(), sender.counters()
        assert (stream.width, stream.height) == (640, 480)
    assert counters["events"] == said["events"] == len(events)
    assert counters["lost_datagrams"] == counters["kernel_dropped"] == said["dropped"] == 0


@pytest.mark.parametrize("per_datagram", [1, 7, 128, 256, 8188])
@pytest.mark.parametrize("timestamps", [False, True])
def test_spif_events_arrive_as_they_were_sent(per_datagram: int, timestamps: bool) -> None:
    events = some_events(20_000, start_us=1_000)
    with open_udp(port=0, most_events=len(events), idle_timeout_s=LONG_S) as stream:
        collector = Collector(stream)
        how = {"protocol": "spif", "timestamps": timestamps, "events_per_datagram": per_datagram}
        with UdpSender(port=stream.port, rate_hz=5e6, **how) as sender:
            sender.write(events)
        got = joined(collector.join())
        opened_us, now_us = stream.opened_unix_us, time.time_ns() // 1000
    expected = events.to_numpy()
    for field in ("t", "x", "y", "p") if timestamps else ("x", "y", "p"):
        assert np.array_equal(got[field], expected[field])
    if not timestamps:
        assert (np.diff(got["t"]) >= 0).all()
        assert opened_us + got["t"][-1] <= now_us + 1_000_000


def test_datagrams_of_every_size_are_read_whole() -> None:
    with open_udp(port=0, protocol="spif", idle_timeout_s=LONG_S, width=640, height=480) as stream:
        collector = Collector(stream)
        counts = (1, 128, 256, 363, 2000, 16376)
        with plain_socket(stream.port) as sender:
            for count in counts:
                sender.send(encode([(0, i % 640, 5, 1) for i in range(count)], timestamps=False))
            until(lambda: stream.counters()["events"] == sum(counts))
        stream.close()
        assert sum(map(len, collector.join())) == sum(counts)


@given(st.lists(st.one_of(st.binary(max_size=300), st.binary(max_size=40).map(lambda tail: b"AE\xff\xff" + tail))))
@settings(max_examples=40, deadline=None)
def test_random_datagrams_neither_stop_the_stream_nor_go_uncounted(data: list[bytes]) -> None:
    rows = [(7_000_000 + i, i, i, 1) for i in range(5)]
    with open_udp(port=0, idle_timeout_s=LONG_S, width=640, height=480) as stream:
        collector = Collector(stream)
        with plain_socket(stream.port) as noise, plain_socket(stream.port) as good:
            for each in data:
                noise.send(each)
            good.send(datagram(rows, seq=0, first_event=0))
            until(lambda: stream.counters()["datagrams"] == len(data) + 1)
        stream.close()
        got = [tuple(map(int, row)) for packet in collector.join() for row in packet.to_numpy()]
    assert all(row in got for row in rows)


def test_hostile_sizes_are_counted_and_the_stream_goes_on() -> None:
    draw = random.Random(1)
    sizes = [0, 1, 3, 4, 5, 39, 40, 41, 1023, 65507]
    with open_udp(port=0, protocol="framed", idle_timeout_s=LONG_S) as stream:
        collector = Collector(stream)
        with plain_socket(stream.port) as sender:
            for size in sizes:
                sender.send((b"AE\xff\xff\x01" + draw.randbytes(size))[:size])
            rows = [(1000, 1, 1, 1)]
            sender.send(datagram(rows, seq=0, first_event=0, size=(8, 8)))
            until(lambda: stream.counters()["datagrams"] == len(sizes) + 1)
        stream.close()
        assert joined(collector.join()).tolist() == [(1000, 1, 1, True)]
        counters = stream.counters()
        assert counters["invalid"] + counters["corrupted"] == len(sizes)


def test_packets_are_cut_as_asked() -> None:
    events = some_events(10_000)
    with open_udp(port=0, once=True, idle_timeout_s=LONG_S, packet_events=64) as stream:
        collector = Collector(stream)
        with UdpSender(port=stream.port) as sender:
            sender.write(events)
        assert {len(packet) for packet in collector.join()[:-1]} == {64}
