"""The browser view: a page, frames whose books balance, and nobody who can hold the stream back."""

import http.client
import socket
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from link_packets import HEIGHT, WIDTH, packet

from aestream_bridge.browser.config import BrowserConfig
from aestream_bridge.browser.frames import _WAITING_EVENTS, FrameMaker
from aestream_bridge.browser.server import BrowserView
from aestream_bridge.browser.visitors import PAGE, is_loopback, refusal
from aestream_bridge.links.packet_header import HEADER_BYTES, PacketHeader, parse_header
from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_core.events import RECORD_DTYPE

websockets = pytest.importorskip("websockets")
from websockets.exceptions import InvalidStatus  # noqa: E402
from websockets.sync.client import ClientConnection, connect  # noqa: E402


def split(frame: bytes | None) -> tuple[PacketHeader, np.ndarray]:
    assert frame is not None
    header = parse_header(frame)
    assert len(frame) == HEADER_BYTES + 8 * header.count
    return header, np.frombuffer(frame, RECORD_DTYPE, offset=HEADER_BYTES)


@pytest.fixture
def view() -> Iterator[BrowserView]:
    view = BrowserView(0, config=BrowserConfig(rate_hz=120.0, clients=2), width=WIDTH, height=HEIGHT)
    yield view
    view.close()


def look(view: BrowserView, **options: object) -> ClientConnection:
    return connect(view.url.replace("http", "ws") + "events", **options)  # type: ignore[arg-type]


def ask(view: BrowserView, path: str = "/", **headers: str) -> tuple[int, str]:
    host, port = view.url.removeprefix("http://").rstrip("/").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read().decode()


# Frames -----------------------------------------------------------------------------------------------------------


def test_a_frame_holds_what_came_since_the_last_one_with_times_of_the_first_packet() -> None:
    maker = FrameMaker(width=WIDTH, height=HEIGHT, frame_events=10_000)
    assert maker.make() is None
    for n in (3, 4, 5):
        maker.add(packet(n))
    header, records = split(maker.make())
    assert (header.t0_us, header.width, header.height) == (packet(3).t0_us, WIDTH, HEIGHT)
    times = np.concatenate([packet(n).to_numpy()["t"] for n in (3, 4, 5)])
    assert np.array_equal(records["t"] + header.t0_us, times)
    assert maker.make() is None


def test_what_is_more_than_a_frame_holds_is_thinned_evenly_and_counted() -> None:
    maker = FrameMaker(width=WIDTH, height=HEIGHT, frame_events=1000)
    for n in range(10):
        maker.add(packet(n))
    header, records = split(maker.make())
    assert header.count == 1000 == maker.shown
    assert np.array_equal(records["t"][:100] + header.t0_us, packet(0).to_numpy()["t"][::10])
    maker.add(packet(11))
    assert split(maker.make())[0].events_before == 10_000


def test_a_server_that_does_not_get_to_it_keeps_a_bounded_number_of_events() -> None:
    maker = FrameMaker(width=WIDTH, height=HEIGHT, frame_events=1000)
    long = packet(0, 100_000)
    for _ in range(30):
        maker.add(long)
    assert maker.events == 3_000_000
    assert sum(map(len, maker._waiting)) <= _WAITING_EVENTS


# Server -----------------------------------------------------------------------------------------------------------


def test_the_page_needs_nothing_from_elsewhere(view: BrowserView) -> None:
    status, page = ask(view)
    assert (status, page) == (200, PAGE.read_text())
    assert "http://" not in page
    assert "https://" not in page
    assert ask(view, "/other")[0] == 404


def test_a_browser_gets_frames_and_the_end(view: BrowserView) -> None:
    with look(view) as browser:
        while not view.browsers:
            pass
        for n in range(20):
            view.write(packet(n))
        closer = threading.Thread(target=view.close)
        closer.start()
        headers = [split(frame)[0] for frame in browser if isinstance(frame, bytes)]
    closer.join()
    assert headers[-1].ends
    assert headers[-1].events_before == 20_000 == view.counters.events
    assert [each.seq for each in headers] == list(range(len(headers)))
    assert sum(each.count for each in headers) == view.counters.shown <= 20_000


def connect_and_never_read(view: BrowserView) -> socket.socket:
    host, port = view.url.removeprefix("http://").rstrip("/").split(":")
    plain = socket.create_connection((host, int(port)), timeout=10)
    words = ["GET /events HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade"]
    words += ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version: 13", "", ""]
    plain.sendall("\r\n".join(words).encode())
    assert plain.recv(12) == b"HTTP/1.1 101"
    return plain


def test_a_browser_that_does_not_read_loses_frames_and_holds_nobody_back() -> None:
    config = BrowserConfig(rate_hz=120.0, frame_events=1_000_000)
    view = BrowserView(0, config=config, width=WIDTH, height=HEIGHT)
    large = packet(0, 200_000)
    with connect_and_never_read(view):
        while view.counters.dropped_frames < 3:
            view.write(large)
        with look(view, max_size=None) as quick:
            while view.browsers < 2:
                pass
            view.write(large)
            assert split(quick.recv(timeout=10))[0].count > 0  # type: ignore[arg-type]
        view.close()  # comes back although one browser never took what was sent
    assert view.counters.dropped_frames >= 3


def test_more_browsers_than_allowed_are_turned_away_and_a_place_becomes_free_again(view: BrowserView) -> None:
    with look(view), look(view):
        while view.browsers < 2:
            pass
        with pytest.raises(InvalidStatus, match="503"):
            look(view)
    while view.browsers:
        pass
    with look(view):
        pass


@pytest.mark.parametrize(
    ("host", "origin", "loopback_only", "allowed"),
    [
        ("localhost:8080", None, True, True),
        ("127.0.0.1:8080", "http://127.0.0.1:8080", True, True),
        ("[::1]:8080", "http://[::1]:8080", True, True),
        ("127.0.0.1:8080", "http://evil.example", True, False),
        ("127.0.0.1:8080", "http://127.0.0.1:9090", True, False),
        ("evil.example:8080", "http://evil.example:8080", True, False),
        ("", None, True, False),
        ("robot:8080", "http://robot:8080", False, True),
        ("robot:8080", "null", False, False),
    ],
)
def test_pages_of_others_may_not_read_the_events(
    host: str, origin: str | None, loopback_only: bool, allowed: bool
) -> None:
    assert (refusal(host=host, origin=origin, loopback_only=loopback_only) is None) is allowed


def test_a_page_of_somebody_else_is_refused_over_the_wire(view: BrowserView) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        look(view, origin="http://evil.example")
    assert ask(view, Host="evil.example")[0] == 403
    assert view.counters.refused == 2


def test_it_listens_to_this_machine_only_unless_told_otherwise(view: BrowserView) -> None:
    assert view.url.startswith("http://127.0.0.1:")
    assert [is_loopback(each) for each in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.1", "x")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_an_address_that_is_taken_or_not_there_is_said(view: BrowserView) -> None:
    port = int(view.url.rstrip("/").rsplit(":", 1)[1])
    with pytest.raises(AestreamError, match=f"cannot listen on 127.0.0.1 port {port}: .*in use"):
        BrowserView(port, width=WIDTH, height=HEIGHT)
    with pytest.raises(InvalidArgumentError, match="port is 70000; it must be 0 to 65535"):
        BrowserView(70_000, width=WIDTH, height=HEIGHT)


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=r"rate_hz is 0.0; it must be 0.5 to 120 Hz"):
        BrowserConfig(rate_hz=0.0)
