"""The codecs of datagrams without sockets: for captures, and for other ways to carry datagrams."""

from typing import Any

from aestream_core import _core
from aestream_core.events import Events
from aestream_core.net.config import UdpConfig, UdpSenderConfig


class DatagramDecoder:
    """Decodes datagrams as a receiver does, of several senders: sequence, limits and counters included."""

    def __init__(self, **settings: Any) -> None:
        """Make a decoder; settings are fields of `UdpConfig`, of which those about sockets do not matter.

        Raises:
            InvalidArgumentError: a setting is not allowed.
        """
        self._decoder = _core.DatagramDecoder(UdpConfig(**settings).native())

    def take(self, datagram: bytes, *, sender: int = 0, arrival_us: int = 0) -> None:
        """Take one datagram.

        Args:
            datagram: its payload.
            sender: a number for who sent it, 0 to 65535.
            arrival_us: when it came, in us; the time of events without one.
        """
        self._decoder.take(datagram, sender, arrival_us)

    def packets(self) -> list[Events]:
        """Give the events of the datagrams so far, without those that wait for one before them."""
        return [Events(packet) for packet in self._decoder.packets()]

    def counters(self) -> dict[str, int]:
        """Count what came and what was left out, as `UdpStream.counters`."""
        return self._decoder.counters()


class DatagramEncoder:
    """Makes the datagrams that a sender sends, with its numbers."""

    def __init__(self, **settings: Any) -> None:
        """Make an encoder; settings are fields of `UdpSenderConfig`, of which those about sockets do not matter.

        Raises:
            InvalidArgumentError: a setting is not allowed.
        """
        self._encoder = _core.DatagramEncoder(UdpSenderConfig(**settings).native())

    def encode(self, events: Events) -> list[bytes]:
        """Make the datagrams of a packet. Copies.

        Raises:
            InvalidArgumentError: framed datagrams cannot hold the packet's sensor or time.
        """
        return self._encoder.encode(events._packet)

    def end(self) -> list[bytes]:
        """Make the datagram that says that the stream is over; none where nothing was sent, and with SPIF."""
        return self._encoder.end()
