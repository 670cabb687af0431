"""Events that arrive in UDP datagrams, as a stream of packets."""

from typing import Any

from aestream_core import _core
from aestream_core.net.config import UdpConfig
from aestream_core.streams import PacketStream, check_slicing

_LOOK_S = 0.1
_UNSAID_SIZE = (1280, 720)


class UdpStream(PacketStream):
    """Packets of the events that arrive, each of one sender, until it is closed or a limit of its settings is met.

    Datagrams are received while a packet is asked for; between that they wait in the kernel. Times are those that the
    sender gives. SPIF datagrams without timestamps get the time of their arrival at this host, in us since the stream
    was opened; `opened_unix_us` says when that was.

    Attributes:
        config: the settings.
        port: where it listens.
        place: address and port where it listens, for people.
        opened_unix_us: when the stream was opened, in us since 1970.
    """

    def __init__(self, config: UdpConfig, *, packet_us: int | None = None, packet_events: int | None = None) -> None:
        """Begin to listen.

        Raises:
            AestreamError: the address is not one of this machine, or another program listens there.
        """
        check_slicing(packet_us=packet_us, packet_events=packet_events, speed=None)
        self._stream, self._receiver = _core.open_udp(config.native(), packet_us, packet_events)
        self._closed = False
        self._size = None if config.width is None or config.height is None else (config.width, config.height)
        self.config = config
        self.port = self._receiver.port
        self.place = self._receiver.place
        self.opened_unix_us = self._receiver.opened_unix_us

    @property
    def width(self) -> int:  # type: ignore[override]
        """Columns of the sensor; waits for the datagram that says it where the settings do not."""
        return self._wait_for_size()[0]

    @property
    def height(self) -> int:  # type: ignore[override]
        """Rows of the sensor; waits for the datagram that says it where the settings do not."""
        return self._wait_for_size()[1]

    def is_size_known(self) -> bool:
        """Say whether `width` and `height` would not wait."""
        self._size = self._size or self._receiver.wait_for_sensor(0.0)
        return self._size is not None

    def close(self) -> None:
        """End the stream. Safe to call from any thread, and more than once."""
        self._closed = True
        super().close()

    def counters(self) -> dict[str, int]:
        """Count what came and what did not, in datagrams unless a name ends in events or bytes. From any thread.

        Returns:
            `datagrams` and `bytes` that came; `events` in them; `outside_sensor`, events left out because they lie
            outside the sensor; `kernel_dropped`, not taken in time, or from hosts that may not send; `invalid` and
            `corrupted`, left out as broken; `cut_bytes` behind the last whole event of SPIF datagrams; `refused`, from
            hosts that may not send; `limited` and `limited_events`, beyond what one sender may send; of framed senders
            `lost_datagrams` and `lost_events` that never came (corrupted ones are among them), `reordered`, of these
            `late` ones that could not be put into place, `duplicated`, `stale`, and `restarts`; `senders` that were
            met, `evicted` ones that were forgotten; `buffer_bytes` that the kernel granted.
        """
        return self._receiver.counters()

    def _wait_for_size(self) -> tuple[int, int]:
        while not self.is_size_known() and not self._closed and not self._receiver.is_over():
            self._size = self._receiver.wait_for_sensor(_LOOK_S)
        return self._size or _UNSAID_SIZE


def open_udp(
    address: str = "127.0.0.1",
    port: int = 3333,
    *,
    packet_us: int | None = None,
    packet_events: int | None = None,
    **settings: Any,
) -> UdpStream:
    """Listen for events.

    Args:
        address: address of this machine to listen on; 127.0.0.1 hears only this machine, 0.0.0.0 and :: all others
            too, that of one interface those on it. Or a multicast group.
        port: port to listen on; 0 takes a free one.
        packet_us: cut packets into windows [k * packet_us, (k + 1) * packet_us) of sensor time.
        packet_events: end packets at that many events.
        settings: other fields of `UdpConfig`: protocol, width, height, senders, idle_timeout_s, once, ...

    Raises:
        InvalidArgumentError: a setting is not allowed, or the address cannot be resolved.
        AestreamError: the address is not one of this machine, or another program listens there.
    """
    return UdpStream(
        UdpConfig(address=address, port=port, **settings), packet_us=packet_us, packet_events=packet_events
    )
