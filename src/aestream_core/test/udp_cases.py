"""Events to send, and what takes them, for the tests of UDP."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from aestream_core.events import Events
from aestream_core.net import UdpStream

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
