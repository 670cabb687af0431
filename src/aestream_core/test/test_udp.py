"""Sender and receiver over real sockets on this machine."""

import random
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from framed_reference import datagram
from hypothesis import given, settings
from hypothesis import strategies as st
from spif_reference import encode

from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.net import UdpSender, UdpStream, open_udp

LONG_S = 20.0  # longer than any machine needs: a limit for what would otherwise hang


def some_events(count: int, *, seed: int = 0, start_us: int = 5_000_000_000) -> Events:
    draw = np.random.default_rng(seed)
    return Events.from_numpy(
        t=np.sort(draw.integers(0, 1_000_000, count)) + start_us,
        x=draw.integers(0, 640, count),
        y=draw.integers(0, 480, count),
        p=draw.integers(0, 2, count),
        width=640,
        height=480,
    )


def part(events: Events, first: int, last: int) -> Events:
    return Events.from_numpy(events.to_numpy()[first:last], width=640, height=480)


def joined(packets: list[Events]) -> np.ndarray:
    return np.concatenate([packet.to_numpy() for packet in packets])


class Collector:
    """Takes all packets of a stream on a thread of its own."""

    def __init__(self, stream: UdpStream) -> None:
        self.packets: list[Events] = []
        self._thread = threading.Thread(target=lambda: self.packets.extend(stream), daemon=True)
        self._thread.start()

    def join(self) -> list[Events]:
        self._thread.join(LONG_S)
        assert not self._thread.is_alive(), "the stream did not end"
        return self.packets


@contextmanager
def plain_socket(port: int, family: int = socket.AF_INET) -> Iterator[socket.socket]:
    """Connect a socket to a receiver here."""
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1" if family == socket.AF_INET else "::1", port))
        yield sender


def until(condition: object) -> None:
    """Wait until something holds."""
    end_s = time.monotonic() + LONG_S
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end_s
        time.sleep(0.002)


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


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


def test_closing_from_another_thread_ends_a_waiting_stream() -> None:
    with open_udp(port=0) as stream:
        collector = Collector(stream)
        stream.close()
        assert collector.join() == []


def test_closing_ends_a_wait_for_the_sensors_size() -> None:
    with open_udp(port=0) as stream:
        sizes: list[int] = []
        waiting = threading.Thread(target=lambda: sizes.append(stream.width), daemon=True)
        waiting.start()
        stream.close()
        waiting.join(LONG_S)
        assert sizes == [1280]


def test_a_stream_ends_when_it_is_idle_over_or_full() -> None:
    events = some_events(1000)
    with open_udp(port=0, idle_timeout_s=0.05) as stream:
        assert list(stream) == []
    with open_udp(port=0, most_events=300) as stream, UdpSender(port=stream.port) as sender:
        sender.write(events)
        assert np.array_equal(joined(list(stream)), events.to_numpy()[:300])
    with open_udp(port=0, duration_s=0.05) as stream, UdpSender(port=stream.port) as sender:
        sender.write(events)
        assert sum(map(len, stream)) == 1000


def test_what_came_while_nobody_asked_is_given_before_an_idle_stream_ends() -> None:
    events = some_events(1000)
    with open_udp(port=0, idle_timeout_s=0.05) as stream, UdpSender(port=stream.port) as sender:
        sender.write(part(events, 0, 500))
        first = next(stream)
        sender.write(part(events, 500, 1000))
        time.sleep(0.1)  # longer than the stream may be idle
        assert np.array_equal(joined([first, *stream]), events.to_numpy())


def test_nothing_follows_the_last_event_that_was_asked_for() -> None:
    with open_udp(port=0, most_events=10) as stream, UdpSender(port=stream.port, events_per_datagram=5) as sender:
        for _ in range(4):
            sender.write(some_events(20))
        assert [len(packet) for packet in stream] == [10]


def test_a_closed_sender_takes_no_more() -> None:
    with open_udp(port=0) as stream:
        sender = UdpSender(port=stream.port)
        sender.close()
        sender.close()
        with pytest.raises(AestreamError, match=r"the sender to 127\.0\.0\.1:\d+ is closed"):
            sender.write(some_events(1))


def test_packets_are_cut_as_asked() -> None:
    events = some_events(10_000)
    with open_udp(port=0, once=True, idle_timeout_s=LONG_S, packet_events=64) as stream:
        collector = Collector(stream)
        with UdpSender(port=stream.port) as sender:
            sender.write(events)
        assert {len(packet) for packet in collector.join()[:-1]} == {64}


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


def test_sending_to_nobody_is_counted_and_does_not_block() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with UdpSender(port=port) as sender:
        for _ in range(20):
            sender.write(some_events(1000))
    counters = sender.counters()
    assert counters["refused"] > 0
    assert counters["events"] + counters["dropped_events"] == 20_000


def test_a_rate_is_kept_and_a_stopped_sender_drops_the_rest() -> None:
    events = some_events(40_000)
    with open_udp(port=0) as stream:
        start_s = time.monotonic()
        with UdpSender(port=stream.port, rate_hz=2e5) as sender:
            sender.write(events)
        assert time.monotonic() - start_s >= 0.9 * 40_000 / 2e5
        slow = UdpSender(port=stream.port, rate_hz=1e3)
        writing = threading.Thread(target=slow.write, args=(events,), daemon=True)
        writing.start()
        slow.stop()
        writing.join(LONG_S)
        assert not writing.is_alive()


def test_sensor_time_paces_the_sender() -> None:
    events = some_events(1000)
    with open_udp(port=0) as stream, UdpSender(port=stream.port, speed=10) as sender:
        start_s = time.monotonic()
        sender.write(events)
        assert time.monotonic() - start_s >= 0.9 * (events.last_us - events.first_us) / 10 / 1e6


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"port": 70000}, r"port is 70000; it must be 0 to 65535"),
        ({"protocol": "tcp"}, r"protocol is 'tcp'; it must be one of auto, framed, spif"),
        ({"width": 640}, r"width is 640 and height is None; give both"),
        ({"address": "no such host"}, r"address is 'no such host', which cannot be resolved"),
        ({"address": "239.1.2.3", "interface": "eth77"}, r"interface is 'eth77', which this machine does not have"),
        ({"idle_timeout_s": 0.0}, r"idle_timeout_s is 0.0; it must be"),
    ],
)
def test_a_receiver_refuses_what_is_not_possible(settings_: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        open_udp(**{"port": 0, **settings_})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"protocol": "auto"}, r"protocol is 'auto'; it must be one of framed, spif"),
        ({"timestamps": True}, r"timestamps is True; framed datagrams always carry times"),
        ({"rate_hz": 0.0}, r"rate_hz is 0.0; it must be 1 to"),
        ({"port": 0}, r"port is 0; it must be 1 to 65535"),
        ({"address": ""}, r"address is '', which cannot be resolved: it is empty"),
    ],
)
def test_a_sender_refuses_what_is_not_possible(settings_: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        UdpSender(**settings_)  # type: ignore[arg-type]


def test_an_address_that_is_not_here_or_taken_is_an_error_that_names_it() -> None:
    with pytest.raises(AestreamError, match=r"cannot receive on 192\.0\.2\.1:\d+: Cannot assign requested address"):
        open_udp("192.0.2.1", 3399)
    with open_udp(port=0) as stream, pytest.raises(AestreamError, match="Address already in use"):
        open_udp(port=stream.port)


def test_open_files_are_given_back() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        with open_udp(port=0, idle_timeout_s=0.001) as stream, UdpSender(port=stream.port):
            list(stream)
        del stream
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 8
