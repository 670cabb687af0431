"""Where a driver's events leave: to this process by reference, to others through DDS or shared memory."""

from event_camera_msgs.msg import EventPacket
from rclpy.node import Node

from aestream_core.exchange import EXCHANGE, Envelope
from aestream_core.transports.base import EventSender
from aestream_core.transports.table import open_sender
from aestream_driver.config import DriverConfig
from aestream_driver.encoding import WireEncoding
from aestream_driver.sources.base import Source, SourcePacket, WirePacket
from aestream_ros.conversions import event_packet, header
from aestream_ros.qos import event_qos


class EventOutlet:
    """The topic `~/events`. What nobody listens to costs nothing: it is neither decoded, encoded nor sent.

    Attributes:
        sent: messages published through DDS.
        bytes_copied: bytes of event data copied on the way out.
        encoding: encoding of the messages.
    """

    def __init__(self, node: Node, config: DriverConfig, source: Source) -> None:
        """Announce the topic.

        Args:
            node: whose topic it is.
            config: the node's configuration.
            source: what the events come from at first; another of its kind may follow it.

        Raises:
            AestreamError: the transport that `config` names is not installed.
        """
        self.sent = self.bytes_copied = 0
        self._node = node
        self._frame_id = config.frame_id
        self._size = (0, 0)
        self._encoding = WireEncoding(config.encoding, source.encoding)
        self._lost_before = 0
        topic = node.resolve_topic_name("~/events")
        self._shared: EventSender | None = open_sender(config.transport, topic)
        # Advertised first: subscribers in this process leave DDS before there is anything to match with.
        self._publication = EXCHANGE.advertise(topic)
        self._publisher = node.create_publisher(EventPacket, topic, event_qos(config.reliability))

    @property
    def encoding(self) -> str:
        """Encoding of the messages."""
        return self._encoding.name

    def deliver(self, packet: SourcePacket, stamp_ns: int, *, size: tuple[int, int], wait: bool) -> None:
        """Give a packet to everyone who listens; with `wait`, at the pace of the slowest in this process.

        `size` is the width and height of the sensor that its events are of.
        """
        self._size = size
        if self._publication.subscribers:
            for events in packet.events():
                self._publication.put(Envelope(events, stamp_ns, len(events)), wait=wait)
        if self._shared is not None and self._shared.subscribers:
            self._share(self._shared, packet, stamp_ns)
        if self._publisher.get_subscription_count():
            self._send(packet, stamp_ns)

    def end(self, stamp_ns: int) -> None:
        """Tell subscribers in this process that nothing more comes for now."""
        self._publication.end(stamp_ns)

    def close(self) -> None:
        """Leave the topic."""
        self._publication.close()
        if self._shared is not None:
            self._shared.close()
        self._node.destroy_publisher(self._publisher)

    def _share(self, shared: EventSender, packet: SourcePacket, stamp_ns: int) -> None:
        for events in packet.events():
            shared.send(events, stamp_ns)
            self.bytes_copied += events.nbytes

    def _send(self, packet: SourcePacket, stamp_ns: int) -> None:
        self._lost_before += packet.lost_before
        for wire in self._encoding.messages(packet):
            self._publish(wire, stamp_ns)

    def _publish(self, wire: WirePacket, stamp_ns: int) -> None:
        width, height = self._size
        message = event_packet(
            wire.data,
            encoding=self.encoding,
            base_us=wire.base_us,
            width=width,
            height=height,
            seq=self.sent + self._lost_before,
            header=header(stamp_ns, self._frame_id),
        )
        self._publisher.publish(message)
        self.sent += 1
        # One copy into the message's C form, and one more where the events had to be encoded first.
        self.bytes_copied += wire.data.nbytes * (2 if wire.encoded else 1)
