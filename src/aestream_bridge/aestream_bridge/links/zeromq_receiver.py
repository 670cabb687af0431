"""The receiving end of a ZeroMQ link."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from aestream_bridge.links.arrivals import Arrivals
from aestream_bridge.links.link_stream import LinkStream
from aestream_bridge.links.packet_header import HEADER_BYTES, MAX_PACKET_EVENTS
from aestream_bridge.links.zeromq_address import PATTERNS, attach, import_zmq
from aestream_bridge.links.zeromq_sender import MESSAGE_EVENTS
from aestream_core.config import setting, validate
from aestream_core.errors import AestreamError
from aestream_core.events import RECORD_BYTES, Events

_MAX_TAKEN = 64
"""Messages taken at once: bounds what stands ahead of whoever pulls."""


@dataclass(frozen=True)
class ZmqReceiverConfig:
    """How packets are received."""

    pattern: str = setting("pub", "as the sender has it: pub or push", choices=PATTERNS)
    bind: bool = setting(False, "listen for senders, rather than connect to one that listens")
    queue_mb: int = setting(64, "megabytes that may wait here", unit="MB", bounds=(1, 65_536))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


class ZmqReceiver:
    """Takes packets off a ZeroMQ socket.

    Attributes:
        address: what it is bound or connected to.
    """

    def __init__(self, address: str, config: ZmqReceiverConfig | None = None) -> None:
        """Open the link.

        Raises:
            MissingDependencyError: pyzmq is not installed.
            AestreamError: the address is none, or the system refuses it.
        """
        self._config = config or ZmqReceiverConfig()
        self._zmq = import_zmq()
        # One of several receivers of a push gets only some packets: what is missing is with the others.
        self._arrivals = Arrivals(count_gaps=self._config.pattern == "pub")
        self._context = self._zmq.Context()
        try:
            self._socket = self._make_socket(address)
            self.address = attach(self._zmq, self._socket, address, bind=self._config.bind)
        except BaseException:
            self._context.destroy(linger=0)
            raise

    @property
    def ended(self) -> bool:
        """Whether every sender that was heard has ended its stream."""
        return self._arrivals.ended

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the sensor in pixels; None while nothing has come."""
        return self._arrivals.size

    def take(self, timeout_s: float) -> list[Events]:
        """Give what has come, oldest first; waits for the first.

        Raises:
            AestreamError: ZeroMQ fails.
        """
        taken: list[Events] = []
        try:
            if self._socket.poll(round(timeout_s * 1000)):
                self._drain(taken)
        except self._zmq.ZMQError as error:
            raise AestreamError(f"ZeroMQ fails on {self.address}: {error.strerror or error}") from error
        return taken

    def counters(self) -> dict[str, int]:
        """Count what came and what did not: the fields of `LinkCounters`."""
        return asdict(self._arrivals.counters)

    def close(self) -> None:
        """Leave the link."""
        self._context.destroy(linger=0)

    def _make_socket(self, address: str) -> Any:
        zmq, config = self._zmq, self._config
        socket = self._context.socket(zmq.SUB if config.pattern == "pub" else zmq.PULL)
        socket.setsockopt(zmq.RCVHWM, max(1, config.queue_mb * 1_000_000 // (MESSAGE_EVENTS * RECORD_BYTES)))
        # A peer that sends more is cut off before the memory is taken.
        socket.setsockopt(zmq.MAXMSGSIZE, HEADER_BYTES + MAX_PACKET_EVENTS * RECORD_BYTES)
        socket.setsockopt(zmq.IPV6, int("[" in address))
        if config.pattern == "pub":
            socket.setsockopt(zmq.SUBSCRIBE, b"")
        return socket

    def _drain(self, taken: list[Events]) -> None:
        for _ in range(_MAX_TAKEN):
            try:
                frames = self._socket.recv_multipart(self._zmq.NOBLOCK, copy=False)
            except self._zmq.Again:
                return
            header, records = (frames[0].buffer, frames[1].buffer) if len(frames) == 2 else (b"", b"")
            events = self._arrivals.take(header, records)
            if events is not None:
                taken.append(events)


def open_zmq(
    address: str,
    config: ZmqReceiverConfig | None = None,
    *,
    idle_s: float = math.inf,
    wait_s: float = math.inf,
) -> LinkStream:
    """Open a ZeroMQ link as a stream of packets, and wait for the first.

    Args:
        address: where the sender listens, as tcp://10.0.0.2:5555.
        config: pattern, who listens, how much may wait.
        idle_s: host time in s without a packet after which the stream ends.
        wait_s: longest wait for the first packet in s.

    Raises:
        MissingDependencyError: pyzmq is not installed.
        AestreamError: the link cannot be opened, or nothing came in time.
    """
    return LinkStream(ZmqReceiver(address, config), description=address, idle_s=idle_s, wait_s=wait_s)
