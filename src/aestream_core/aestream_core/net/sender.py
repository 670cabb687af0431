"""Events as UDP datagrams."""

from types import TracebackType
from typing import Any

from aestream_core import _core
from aestream_core.events import Events
from aestream_core.net.config import UdpSenderConfig


class UdpSender:
    """Sends packets of events. Use it as a context manager, or call `close`, which tells framed receivers the end.

    Attributes:
        config: the settings.
        place: address and port that it sends to, for people.
    """

    def __init__(self, address: str = "127.0.0.1", port: int = 3333, **settings: Any) -> None:
        """Look the address up.

        Args:
            address: a host's name or its IPv4 or IPv6 address, or a multicast group.
            port: port to send to.
            settings: other fields of `UdpSenderConfig`: protocol, timestamps, events_per_datagram, rate_hz, speed, ...

        Raises:
            InvalidArgumentError: a setting is not allowed, or the address cannot be resolved.
            AestreamError: there is no way to the address.
        """
        self.config = UdpSenderConfig(address=address, port=port, **settings)
        self._sender = _core.UdpSender(self.config.native())
        self.place = self._sender.place

    def write(self, events: Events) -> None:
        """Send a packet, all of it: the last datagram may be shorter. Waits where a rate or a speed asks for it.

        Raises:
            InvalidArgumentError: framed datagrams cannot hold the packet's sensor or time.
        """
        self._sender.write(events._packet)

    def close(self) -> None:
        """Say that the stream is over, three times within 40 ms. A second call does nothing."""
        self._sender.close()

    def open_native(self) -> "_core.Sink":
        """Give the native sink behind this one, for a pipeline that hands it packets without Python."""
        return self._sender

    def stop(self) -> None:
        """Make a waiting `write` return: what it has not sent is dropped and counted. From any thread."""
        self._sender.stop()

    def counters(self) -> dict[str, int]:
        """Count what was sent and what was not. From any thread.

        Returns:
            `datagrams`, `bytes` and `events` that the kernel took; `dropped` datagrams and `dropped_events` for which
            it had no room or no way; how often somebody said that nobody listens (`refused`), there was no way
            (`unreachable`), the buffer was `full`; events that SPIF cannot hold (`not_encodable`).
        """
        return self._sender.counters()

    def __enter__(self) -> "UdpSender":
        """Enter a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the sender."""
        self.close()
