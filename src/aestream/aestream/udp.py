"""Events over UDP for Python programs: received as packets or tensors, and sent."""

from collections.abc import Iterable, Sequence
from typing import Any

from aestream.inputs import Input
from aestream.window_reader import WindowReader
from aestream_core.events import Events
from aestream_core.filter_streams import maybe_filtered
from aestream_core.net import UdpSender, open_udp
from aestream_core.net.config import DEFAULT_ADDRESS, DEFAULT_PORT


class UdpInput(Input):
    """Events that arrive in UDP datagrams: SPIF, or framed ones as `send_udp` sends them. docs/udp.md has both.

    Iteration ends with `close`, from any thread, or where a setting such as idle_timeout_s says so.

    Attributes:
        port: where it listens.
        opened_unix_us: µs since 1970 at time 0 of events that came without timestamps.
    """

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        port: int = DEFAULT_PORT,
        *,
        packet_us: int | None = None,
        packet_events: int | None = None,
        device: str = "auto",
        filters: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        """Begin to listen.

        Args:
            address: address of this machine to listen on; 127.0.0.1 hears only this machine, 0.0.0.0 and :: all others
                too. Or a multicast group.
            port: port to listen on; 0 takes a free one.
            packet_us: sensor time in µs that one packet spans at most; None leaves packets as they come.
            packet_events: events that one packet holds at most; None for no limit.
            device: device of torch tensors: auto (the first GPU, or the CPU where there is none), cpu, cuda or cuda:N.
            filters: what events go through first, such as ("hot_pixels", "refractory:500"); see `aestream.filters`.
                They need the sensor's size: without width and height this waits for the datagram that says it.
            settings: other fields of `aestream_core.net.UdpConfig`: protocol, width, height, senders, idle_timeout_s,
                duration_s, most_events, once, ...

        Raises:
            AestreamError: a setting is not allowed, or the address is not one of this machine or taken.
        """
        self._udp = open_udp(address, port, packet_us=packet_us, packet_events=packet_events, **settings)
        self._stream = maybe_filtered(self._udp, filters)
        self._windows = WindowReader(self._stream, device=device)
        self.port = self._udp.port
        self.opened_unix_us = self._udp.opened_unix_us

    @property
    def width(self) -> int:  # type: ignore[override]
        """Columns of the sensor; waits for the datagram that says it where the settings do not."""
        return self._stream.width

    @property
    def height(self) -> int:  # type: ignore[override]
        """Rows of the sensor; waits for the datagram that says it where the settings do not."""
        return self._stream.height

    def counters(self) -> dict[str, int]:
        """Count what came and what was lost: see `aestream_core.net.UdpStream.counters`."""
        return self._udp.counters()


def send_udp(
    events: Events | Iterable[Events], address: str = DEFAULT_ADDRESS, port: int = DEFAULT_PORT, **settings: Any
) -> dict[str, int]:
    """Send events as UDP datagrams. `aestream_core.net.UdpSender` sends packet by packet.

    Args:
        events: one packet, or packets as they come: a list, a generator, `aestream.stream(...)`, an `Input`.
        address: a host's name or its IPv4 or IPv6 address, or a multicast group.
        port: port to send to.
        settings: other fields of `aestream_core.net.UdpSenderConfig`: protocol ("framed", or "spif" for SpiNNaker and
            AEStream), timestamps, rate_hz, speed, events_per_datagram, ...

    Returns:
        What was sent and what was not: see `aestream_core.net.UdpSender.counters`.

    Raises:
        AestreamError: a setting is not allowed, the address cannot be resolved, or there is no way to it.
    """
    with UdpSender(address, port, **settings) as sender:
        for packet in (events,) if isinstance(events, Events) else events:
            sender.write(packet)
    return sender.counters()
