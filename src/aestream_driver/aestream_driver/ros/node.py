"""DriverNode: a source of events as a ROS 2 node."""

from typing import Any

from aestream_msgs.srv import GetInfo
from event_camera_msgs.msg import EventPacket

from aestream_core.errors import AestreamError
from aestream_core.exchange import EXCHANGE, Envelope
from aestream_core.transports.base import EventSender
from aestream_core.transports.table import open_sender
from aestream_driver.config import DriverConfig
from aestream_driver.pump import Pump
from aestream_driver.recorder import Evt3Recorder
from aestream_driver.sources.base import Source, SourcePacket
from aestream_driver.sources.table import open_source
from aestream_ros.conversions import event_packet, header
from aestream_ros.process import run_node
from aestream_ros.qos import event_qos
from aestream_ros.status import StageReading
from aestream_ros.stream_node import StreamNode


class DriverNode(StreamNode[DriverConfig]):
    """Publishes a source's events on `~/events`: by reference in this process, as EventPacket to everyone outside.

    Nothing is encoded or sent while nobody outside listens, and bytes that arrive in an encoding of the wire are not
    decoded while nobody in the process listens.
    """

    stage = "source"
    config_class = DriverConfig

    def __init__(self, **kwargs: Any) -> None:
        """Open the source and stream, unless `autostart` is false."""
        self._source: Source | None = None
        self._recorder: Evt3Recorder | None = None
        self._pump: Pump | None = None
        self._shared: EventSender | None = None
        self._events = self._sent = self._bytes_copied = 0
        super().__init__("event_camera", **kwargs)
        self.create_service(GetInfo, "~/get_info", self._on_get_info)

    def open(self) -> None:
        """Open the source and announce the topic."""
        self._source = open_source(self.config)
        self._recorder = self._open_recorder(self._source)
        self._shared = open_sender(self.config.transport, self.resolve_topic_name("~/events"))
        # Advertised first: subscribers in this process leave DDS before there is anything to match with.
        self._publication = EXCHANGE.advertise(self.resolve_topic_name("~/events"))
        self._publisher = self.create_publisher(EventPacket, "~/events", event_qos(self.config.reliability))
        self._events = self._sent = self._bytes_copied = 0
        self.get_logger().info(f"source: {self._source.description}")

    def start(self) -> None:
        """Pull packets until the source ends or `stop` is called."""
        if self._source is None:
            self._source = open_source(self.config)
        self.finished = False
        self._pump = Pump(self._source, self._deliver, self._on_end)
        self._pump.start()

    def stop(self) -> None:
        """Stop pulling; a recording starts from its beginning when the node is activated again."""
        if self._pump is not None:
            self._pump.stop()
        self._source = None

    def release(self) -> None:
        """Leave the topic and close the recording."""
        self._publication.close()
        if self._shared is not None:
            self._shared.close()
            self._shared = None
        self.destroy_publisher(self._publisher)
        self._source = None
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None

    def reading(self) -> StageReading:
        """Give the counters as they are now."""
        counters = self._pump.counters if self._pump else None
        return StageReading(
            events=self._events,
            packets=counters.packets if counters else 0,
            products=self._sent,
            invalid_events=self._source.invalid_events if self._source else 0,
            bytes_copied=self._bytes_copied,
            t_us=counters.t_us if counters else 0,
        )

    def _open_recorder(self, source: Source) -> Evt3Recorder | None:
        if not self.config.record:
            return None
        return Evt3Recorder(self.config.record, width=source.width, height=source.height)

    def _deliver(self, packet: SourcePacket, stamp_ns: int) -> None:
        if self._publication.subscribers:
            self._hand_over(packet, stamp_ns)
        if self._shared is not None and self._shared.subscribers:
            self._share(self._shared, packet, stamp_ns)
        if self._publisher.get_subscription_count():
            self._send(packet, stamp_ns)
        if self._recorder is not None:
            self._recorder.write(packet.wire())
        self._events += packet.count

    def _hand_over(self, packet: SourcePacket, stamp_ns: int) -> None:
        assert self._source is not None
        for events in packet.events():
            self._publication.put(Envelope(events, stamp_ns, len(events)), wait=self._source.lossless)

    def _share(self, shared: EventSender, packet: SourcePacket, stamp_ns: int) -> None:
        for events in packet.events():
            shared.send(events, stamp_ns)
            self._bytes_copied += events.nbytes

    def _send(self, packet: SourcePacket, stamp_ns: int) -> None:
        assert self._source is not None
        wire = packet.wire()
        message = event_packet(
            wire.data,
            encoding=self._source.encoding,
            base_us=wire.base_us,
            width=self._source.width,
            height=self._source.height,
            seq=self._sent,
            header=header(stamp_ns, self.config.frame_id),
        )
        self._publisher.publish(message)
        self._sent += 1
        # One copy into the message's C form, and one more where the events had to be encoded first.
        self._bytes_copied += wire.data.nbytes * (2 if wire.encoded else 1)

    def _on_end(self, error: AestreamError | None) -> None:
        if error is not None:
            self.fail(str(error))
        self._publication.end(self.get_clock().now().nanoseconds)
        self.finished = error is None

    def _on_get_info(self, _: GetInfo.Request, response: GetInfo.Response) -> GetInfo.Response:
        source = self._source
        response.success = source is not None
        response.source = self.config.source
        if source is None:
            response.message = "the node is not configured"
            return response
        response.description = source.description
        response.width, response.height, response.encoding = source.width, source.height, source.encoding
        return response


def main() -> int:
    """Run the driver in a process of its own."""
    return run_node(DriverNode)
