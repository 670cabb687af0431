"""DriverNode: a source of events as a ROS 2 node."""

from typing import Any

from aestream_msgs.srv import GetInfo
from event_camera_msgs.msg import EventPacket

from aestream_core.errors import AestreamError
from aestream_core.exchange import EXCHANGE, Envelope
from aestream_driver.cameras.calibration import load_calibration
from aestream_driver.config import DriverConfig
from aestream_driver.pump import Pump
from aestream_driver.recorder import Evt3Recorder
from aestream_driver.ros.camera_settings import CameraSettings
from aestream_driver.ros.side_topics import SideTopics
from aestream_driver.sources.base import Source, SourcePacket
from aestream_driver.sources.camera import CameraSource
from aestream_driver.sources.camera_opening import SelectedCamera
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
        self._camera: SelectedCamera | None = None
        self._side_topics: SideTopics | None = None
        self._recorder: Evt3Recorder | None = None
        self._pump: Pump | None = None
        self._events = self._sent = self._bytes_copied = 0
        self._lost_before = 0
        super().__init__("event_camera", **kwargs)
        self.create_service(GetInfo, "~/get_info", self._on_get_info)

    def declare(self) -> None:
        """Declare the settings of the camera, where it is known already which one it is."""
        self._settings = CameraSettings(self, self.config_groups, self._set_camera, self.configured)
        self._settings.declare_early(self.config)

    def open(self) -> None:
        """Open the source and announce the topics."""
        self._camera = self._settings.select(self.config)
        self._source = open_source(self.config, self._camera)
        try:
            self._announce(self._source)
        except AestreamError:
            self._source.close()
            self._source = None
            raise
        self._events = self._sent = self._bytes_copied = self._lost_before = 0
        self.get_logger().info(f"source: {self._source.description}")

    def start(self) -> None:
        """Pull packets until the source ends or `stop` is called."""
        if self._source is None:
            self._source = open_source(self.config, self._camera)
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
        self.destroy_publisher(self._publisher)
        if self._side_topics is not None:
            self._side_topics.close()
            self._side_topics = None
        if self._source is not None:
            self._source.close()
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
            dropped_packets=self._source.dropped_packets if self._source else 0,
            invalid_events=self._source.invalid_events if self._source else 0,
            bytes_copied=self._bytes_copied,
            t_us=counters.t_us if counters else 0,
        )

    def trouble(self) -> tuple[str, str] | None:
        """Say what is wrong with a camera that is to come back."""
        trouble = self._source.trouble if self._source else None
        return None if trouble is None else (trouble.state, trouble.message)

    def details(self) -> dict[str, object]:
        """Count the faults of a camera."""
        source = self._source
        if not isinstance(source, CameraSource):
            return {}
        return {"reconnects": source.reconnects, "stalls": source.stalls, "skipped_bytes": source.skipped_bytes}

    def _set_camera(self, settings: Any) -> None:
        """Set the camera while it streams."""
        if self._camera is not None:
            if isinstance(self._source, CameraSource):
                self._source.update(self._camera.model.configure(settings))
            self._camera = self._camera.with_settings(settings)

    def _announce(self, source: Source) -> None:
        calibration = load_calibration(self.config.camera_info_url, width=source.width, height=source.height)
        self._recorder = self._open_recorder(source)
        if self._camera is not None:
            self._side_topics = SideTopics(self, self._camera.model.delivers, calibration, self.config.frame_id)
        # Advertised first: subscribers in this process leave DDS before there is anything to match with.
        self._publication = EXCHANGE.advertise(self.resolve_topic_name("~/events"))
        self._publisher = self.create_publisher(EventPacket, "~/events", event_qos(self.config.reliability))

    def _open_recorder(self, source: Source) -> Evt3Recorder | None:
        if not self.config.record:
            return None
        return Evt3Recorder(self.config.record, width=source.width, height=source.height)

    def _deliver(self, packet: SourcePacket, stamp_ns: int) -> None:
        if self._publication.subscribers:
            self._hand_over(packet, stamp_ns)
        if self._publisher.get_subscription_count():
            self._send(packet, stamp_ns)
        if self._recorder is not None:
            self._recorder.write(packet.wire())
        if self._side_topics is not None:
            self._side_topics.deliver(packet, stamp_ns)
        self._events += packet.count

    def _hand_over(self, packet: SourcePacket, stamp_ns: int) -> None:
        assert self._source is not None
        for events in packet.events():
            self._publication.put(Envelope(events, stamp_ns, len(events)), wait=self._source.lossless)

    def _send(self, packet: SourcePacket, stamp_ns: int) -> None:
        assert self._source is not None
        wire = packet.wire()
        self._lost_before += wire.lost_before
        if wire.data.nbytes == 0:
            return
        message = event_packet(
            wire.data,
            encoding=self._source.encoding,
            base_us=wire.base_us,
            width=self._source.width,
            height=self._source.height,
            seq=self._sent + self._lost_before,
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
