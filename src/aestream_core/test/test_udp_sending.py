"""Senders of UDP keep a rate, and both ends refuse what is not possible."""

import socket
import threading
import time

import pytest
from udp_cases import LONG_S, some_events

from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_core.net import UdpSender, open_udp


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
