"""Events that other machines send, as a source: UDP datagrams."""

from collections.abc import Iterator

from aestream_core.net import UdpStream
from aestream_driver.sources.base import SourcePacket, Trouble
from aestream_driver.sources.decoded import DecodedPacket


class DatagramSource:
    """Datagrams of one sender or several, which may come, go and come again."""

    encoding = "evt3"
    lossless = False
    trouble: Trouble | None = None

    def __init__(self, stream: UdpStream, *, packet_events: int) -> None:
        """Take over an open stream; no packet holds more events than that."""
        self._stream = stream
        self._packet_events = packet_events
        self.description = f"UDP at {stream.place}, {stream.config.protocol}"

    @property
    def width(self) -> int:
        """Columns of the sensor; 0 until the first datagram says it, where the settings do not."""
        return self._stream.width if self._stream.is_size_known() else 0

    @property
    def height(self) -> int:
        """Rows of the sensor; 0 until the first datagram says it, where the settings do not."""
        return self._stream.height if self._stream.is_size_known() else 0

    def __iter__(self) -> Iterator[SourcePacket]:
        """Iterate over the packets, each what has arrived since the one before it: nothing waits for more to come."""
        for events in self._stream:
            rest = events
            while len(rest):
                part, rest = rest.split_after(self._packet_events)
                yield DecodedPacket(part)

    @property
    def dropped_packets(self) -> int:
        """Datagrams that were sent and did not get here: by their numbers where they have some, else by the kernel."""
        counters = self._stream.counters()
        return max(counters["lost_datagrams"], counters["kernel_dropped"])

    @property
    def dropped_events(self) -> int:
        """Events in datagrams that did not get here, or were more than one sender may send."""
        counters = self._stream.counters()
        return counters["lost_events"] + counters["limited_events"]

    @property
    def invalid_events(self) -> int:
        """Events outside the sensor, left out."""
        return self._stream.counters()["outside_sensor"]

    def counters(self) -> dict[str, int]:
        """Count what came and what did not: see `UdpStream.counters`."""
        return self._stream.counters()

    def summary(self) -> str:
        """Say in one line what came and what did not."""
        counters = self._stream.counters()
        return (
            f"received {counters['events']} events in {counters['datagrams']} datagrams; "
            f"lost {counters['lost_events']} events in {counters['lost_datagrams']} datagrams, "
            f"{counters['outside_sensor']} outside the sensor"
        )

    def close(self) -> None:
        """End the iteration, from any thread."""
        self._stream.close()
