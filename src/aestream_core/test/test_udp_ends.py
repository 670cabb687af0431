"""How streams and senders of UDP end."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from udp_cases import LONG_S, Collector, joined, part, some_events

from aestream_core.errors import AestreamError
from aestream_core.net import UdpSender, open_udp


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


def test_open_files_are_given_back() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        with open_udp(port=0, idle_timeout_s=0.001) as stream, UdpSender(port=stream.port):
            list(stream)
        del stream
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 8
