"""The sending end of a ZeroMQ link: packets of records to other programs, in two frames, header and records."""

import math
import secrets
import time
from dataclasses import dataclass
from typing import Any

from aestream_bridge.links.packet_header import PacketHeader, PacketNumbering
from aestream_bridge.links.zeromq_address import PATTERNS, attach, import_zmq
from aestream_core.config import setting, validate
from aestream_core.errors import AestreamError
from aestream_core.events import RECORD_BYTES, Events

MESSAGE_EVENTS = 16_384
"""Events of one message; longer packets are cut. 128 KiB, which is sent without a copy."""

_POLL_MS = 50
_FIRST_PAUSE_MS = 10


@dataclass(frozen=True)
class ZmqSenderConfig:
    """How packets are sent."""

    pattern: str = setting(
        "pub", "pub: to every receiver; push: each packet to one of them, and none is lost", choices=PATTERNS
    )
    connect: bool = setting(False, "connect to a receiver that listens, rather than listen for receivers")
    wait: bool = setting(
        False, "hold the source back where a receiver is slow, rather than lose packets; push always does"
    )
    receivers: int = setting(0, "wait for this many receivers before the first packet", bounds=(0, 1000))
    queue_mb: int = setting(64, "megabytes that may wait for one receiver", unit="MB", bounds=(1, 65_536))
    linger_s: float = setting(5.0, "longest wait at the end for what is on its way", unit="s", bounds=(0.0, 3600.0))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


class ZmqSender:
    """Sends packets; one thread writes.

    Attributes:
        address: where receivers find it.
        packets: messages handed to ZeroMQ.
        events: events in them.
        unheard_events: events that went out while no receiver was there; with pattern pub nobody gets them.
    """

    def __init__(self, address: str, config: ZmqSenderConfig | None = None, *, width: int, height: int) -> None:
        """Open the link, and wait for receivers where asked to.

        Raises:
            MissingDependencyError: pyzmq is not installed.
            AestreamError: the address is none, or the system refuses it.
        """
        self._config = config or ZmqSenderConfig()
        self._zmq = import_zmq()
        self.packets = self.events = self.unheard_events = 0
        self._receivers = 0
        self._numbering = PacketNumbering(secrets.randbits(63), width=width, height=height)
        self._context = self._zmq.Context()
        try:
            self._socket = self._make_socket(address)
            self.address = attach(self._zmq, self._socket, address, bind=not self._config.connect)
            self._wait_for_receivers()
        except BaseException:
            self._context.destroy(linger=0)
            raise

    @property
    def receivers(self) -> int:
        """Count the subscribers of pattern pub; 0 with pattern push, where it is not known."""
        self._read_subscriptions()
        return self._receivers

    def write(self, events: Events) -> None:
        """Send a packet, in several messages where it is long. Its memory is kept until it is on its way, not copied.

        Raises:
            AestreamError: ZeroMQ fails.
        """
        rest = events
        while len(rest):
            part, rest = rest.split_after(MESSAGE_EVENTS)
            self._send(self._numbering.header(part, stamp_ns=time.time_ns()), part)

    def close(self) -> None:
        """Say that the stream ends, and wait a bounded time for what is on its way and for receivers to leave.

        Safe to call more than once.
        """
        if self._context.closed:
            return
        self._say_end(time.monotonic() + self._config.linger_s)
        self._context.destroy(linger=round(self._config.linger_s * 1000))

    def counters(self) -> dict[str, int]:
        """Count messages and events that were sent, and events that nobody was there to hear."""
        return {"packets": self.packets, "events": self.events, "unheard_events": self.unheard_events}

    def _make_socket(self, address: str) -> Any:
        zmq, config = self._zmq, self._config
        socket = self._context.socket(zmq.XPUB if config.pattern == "pub" else zmq.PUSH)
        socket.setsockopt(zmq.SNDHWM, max(1, config.queue_mb * 1_000_000 // (MESSAGE_EVENTS * RECORD_BYTES)))
        socket.setsockopt(zmq.IPV6, int("[" in address))
        # A receiver that is not there yet, or has left, has no queue: packets for it do not pile up here.
        socket.setsockopt(zmq.IMMEDIATE, 1)
        if config.pattern == "pub":
            socket.setsockopt(zmq.XPUB_VERBOSER, 1)
            socket.setsockopt(zmq.XPUB_NODROP, int(config.wait))
        return socket

    def _send(self, header: PacketHeader, part: Events) -> None:
        self._read_subscriptions()
        heard = self._config.pattern == "push" or self._receivers > 0
        # Memory that is handed over is kept by ZeroMQ until it was sent.
        self._push((header.pack(), part.buffer()), patience_s=math.inf)
        self.packets += 1
        self.events += len(part)
        self.unheard_events += 0 if heard else len(part)

    def _push(self, frames: tuple[Any, Any], *, patience_s: float) -> bool:
        """Send, waiting in short steps so that Ctrl-C is heard; False where there was no room in time."""
        zmq = self._zmq
        give_up_s = time.monotonic() + patience_s
        try:
            while time.monotonic() <= give_up_s:
                if self._socket.poll(_POLL_MS, zmq.POLLOUT):
                    try:
                        self._socket.send_multipart(frames, zmq.NOBLOCK, copy=False)
                        return True
                    except zmq.Again:
                        # XPUB says that there is room as long as one receiver has some.
                        time.sleep(0.0005)
        except zmq.ZMQError as error:
            raise AestreamError(f"ZeroMQ fails on {self.address}: {error.strerror or error}") from error
        return False

    def _say_end(self, give_up_s: float) -> None:
        """Send the end; with pattern pub until every receiver has left, for a full queue drops an end like a packet."""
        end = (self._numbering.end(stamp_ns=time.time_ns()).pack(), b"")
        pause_ms = _FIRST_PAUSE_MS
        while self._push(end, patience_s=max(0.0, give_up_s - time.monotonic())):
            if self.receivers == 0 or time.monotonic() >= give_up_s:
                return
            self._socket.poll(pause_ms, self._zmq.POLLIN)
            pause_ms = min(2 * pause_ms, 500)

    def _wait_for_receivers(self) -> None:
        while self._config.pattern == "pub" and self.receivers < self._config.receivers:
            self._socket.poll(_POLL_MS, self._zmq.POLLIN)

    def _read_subscriptions(self) -> None:
        if self._config.pattern != "pub":
            return
        while self._socket.poll(0, self._zmq.POLLIN):
            message = self._socket.recv()
            self._receivers += {1: 1, 0: -1}.get(message[0], 0) if message else 0
