"""Two hosts and a line between them that is slow, loses, doubles, reorders and breaks: the books balance all the same.

The hosts are network namespaces, the line is `two_hosts/link.py`. Where a machine allows no namespaces, these skip.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from two_hosts.hosts import TwoHosts

PORT = "3333"
MORE_PACKETS = 400
"""What has to pass, or be lost, for a line to have been tried: a third of a second of events."""


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> Iterator[TwoHosts]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=":")
    # A host of its own has no shared memory with the other: DDS must take the line, and look for others on it.
    monkeypatch.setenv("FASTDDS_BUILTIN_TRANSPORTS", "UDPv4")
    for name in ("FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_DEFAULT_PROFILES_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "SUBNET")
    hosts = TwoHosts()
    yield hosts
    hosts.close()


def said(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """The next line of JSON that a program prints."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        pytest.fail(process.communicate()[1])
    answer: dict[str, Any] = json.loads(line)
    return answer


def until(condition: Callable[[], bool], *, what: str, timeout_s: float = 30.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, f"not within {timeout_s} s: {what}"
        time.sleep(0.02)


class Link:
    """A sender on host a, a receiver on host b, and events on their way."""

    def __init__(self, hosts: TwoHosts, kind: str) -> None:
        self.hosts = hosts
        self._receiver = hosts.start("b", sys.executable, "-m", "two_hosts.receiving", kind, "10.77.0.2", PORT)
        assert said(self._receiver) == {"listening": True}
        self._sender = hosts.start("a", sys.executable, "-m", "two_hosts.sending", kind, "10.77.0.2", PORT)
        assert said(self._receiver) == {"first": True}

    def passes(self, count: int = MORE_PACKETS) -> None:
        """Wait until more packets went through the line."""
        begin = self.hosts.line()["forwarded"]["ab"]
        until(lambda: self.hosts.line()["forwarded"]["ab"] > begin + count, what="packets pass")

    def end(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """End the stream; give the sender's and the receiver's books."""
        assert self._sender.stdin is not None
        self._sender.stdin.write("\n")
        self._sender.stdin.flush()
        books = said(self._sender), said(self._receiver)
        for process in (self._sender, self._receiver):
            process.communicate(timeout=10)
            assert process.returncode == 0
        return books


def shown(name: str, received: dict[str, Any]) -> None:
    """Report the latency."""
    ages = ", ".join(f"{each} {received[f'{each}_ms']:.1f} ms" for each in ("p50", "p99", "max"))
    print(f"{name}: {received['received']} events, age on arrival {ages}")


def test_over_a_good_line_every_event_arrives(hosts: TwoHosts) -> None:
    link = Link(hosts, "udp")
    link.passes()
    sent, received = link.end()
    shown("good line", received)
    assert received["received"] == sent["events"] == sent["written"]
    assert received["lost_events"] == received["reordered"] == received["duplicated"] == 0


def test_over_a_bad_line_every_event_arrives_or_is_counted_as_lost(hosts: TwoHosts) -> None:
    link = Link(hosts, "udp")
    hosts.line(delay_ms=20.0, jitter_ms=5.0, loss=0.05, duplicate=0.02)
    link.passes(4 * MORE_PACKETS)
    lost = hosts.line(delay_ms=0.0, jitter_ms=0.0, loss=0.0, duplicate=0.0)
    link.passes()
    sent, received = link.end()
    shown("20 to 25 ms, 5 % lost, 2 % twice", received)
    assert received["received"] + received["lost_events"] == sent["events"] == sent["written"]
    assert received["lost_datagrams"] == lost["lost"]["ab"] > 0
    assert received["duplicated"] == lost["duplicated"]["ab"] > 0
    assert received["reordered"] > 0
    assert received["p99_ms"] >= 20


def test_after_a_cut_the_stream_goes_on_and_what_was_sent_meanwhile_is_counted(hosts: TwoHosts) -> None:
    link = Link(hosts, "udp")
    link.passes()
    hosts.line(cut=True)
    until(lambda: hosts.line()["lost"]["ab"] > 2 * MORE_PACKETS, what="packets are lost")
    lost = hosts.line(cut=False)["lost"]["ab"]
    link.passes()
    sent, received = link.end()
    shown("a cut", received)
    assert received["received"] + received["lost_events"] == sent["events"] == sent["written"]
    assert received["lost_datagrams"] == lost
    assert received["longest_silence_s"] > 0.1


def test_zeromq_loses_nothing_over_a_bad_line_nor_over_a_cut(hosts: TwoHosts) -> None:
    link = Link(hosts, "zmq")
    hosts.line(delay_ms=5.0, loss=0.01)
    link.passes(MORE_PACKETS)
    hosts.line(cut=True)
    until(lambda: hosts.line()["lost"]["ab"] > 5, what="packets are lost")
    hosts.line(cut=False, loss=0.0)
    link.passes(MORE_PACKETS)
    sent, received = link.end()
    shown("ZeroMQ, 5 ms, 1 % lost, a cut", received)
    assert received["received"] == sent["events"] == sent["written"]


def test_the_kernels_own_bad_line_does_the_same(hosts: TwoHosts) -> None:
    hosts.netem("a", "delay", "20ms", "2ms", "reorder", "5%")
    link = Link(hosts, "udp")
    hosts.netem("a", "delay", "20ms", "2ms", "loss", "5%", "reorder", "5%", "duplicate", "2%")
    link.passes(2 * MORE_PACKETS)
    hosts.netem("a", "delay", "20ms")
    link.passes()
    sent, received = link.end()
    assert received["received"] + received["lost_events"] == sent["events"] == sent["written"]
    assert received["lost_events"] > 0


DRIVER = "from aestream_driver.ros.node import main; raise SystemExit(main())"


def test_nodes_on_two_hosts_find_each_other_and_their_books_balance(hosts: TwoHosts) -> None:
    heard = hosts.start("b", sys.executable, "-m", "two_hosts.heard")
    assert said(heard) == {"listening": True}
    parameters = ["source:=sim", "rate_hz:=2.0e5", "duration_s:=4.0"]
    words = [word for each in parameters for word in ("-p", each)]
    driver = hosts.start("a", sys.executable, "-c", DRIVER, "--ros-args", *words)
    assert said(heard) == {"first": True}
    hosts.line(delay_ms=5.0, loss=0.02)
    books = said(heard)
    driver.terminate()
    for process in (heard, driver):
        process.communicate(timeout=20)
    print(f"DDS, 5 ms, 2 % lost: {books}")
    assert hosts.line()["lost"]["ab"] > 0
    assert books["first_seq"] + books["messages"] + books["lost"] == books["sent_messages"]
    assert books["messages"] > 500
    assert books["events"] <= books["sent_events"]
