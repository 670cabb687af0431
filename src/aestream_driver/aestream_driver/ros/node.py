"""DriverNode: a source of events as a ROS 2 node."""

from typing import Any

from aestream_core.clock import ClockEstimator
from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_driver.cameras.calibration import load_calibration
from aestream_driver.config import DriverConfig
from aestream_driver.filtering import PacketFilters
from aestream_driver.pump import Pump, PumpCounters
from aestream_driver.recording.desk import RecordingDesk
from aestream_driver.recording.recording import RecordingRequest
from aestream_driver.ros.camera_settings import CameraSettings
from aestream_driver.ros.event_outlet import EventOutlet
from aestream_driver.ros.services import DriverServices
from aestream_driver.ros.side_topics import SideTopics
from aestream_driver.sources.base import Source, SourcePacket
from aestream_driver.sources.camera import CameraSource
from aestream_driver.sources.camera_opening import SelectedCamera
from aestream_driver.sources.datagrams import DatagramSource
from aestream_driver.sources.playback import Playback
from aestream_driver.sources.table import open_source
from aestream_driver.stamps import Stamper
from aestream_ros.process import run_node
from aestream_ros.status import StageReading
from aestream_ros.stream_node import StreamNode


class DriverNode(StreamNode[DriverConfig]):
    """Publishes a source's events on `~/events`: by reference in this process, as EventPacket to everyone outside.

    Nothing is encoded or sent while nobody outside listens, and bytes that arrive in an encoding of the wire are not
    decoded while nobody in the process listens and there are no filters.
    """

    stage = "source"
    config_class = DriverConfig

    def __init__(self, **kwargs: Any) -> None:
        """Open the source and stream, unless `autostart` is false."""
        self._source: Source | None = None
        self._camera: SelectedCamera | None = None
        self._side_topics: SideTopics | None = None
        self._stamper: Stamper | None = None
        self.recordings = RecordingDesk(lambda _: None)
        self._pump: Pump | None = None
        self._outlet: EventOutlet | None = None
        self._filters = PacketFilters((), size=self._size)
        self._counters = PumpCounters()
        self._events = self._invalid_before = self._dropped_before = self._lost_before = 0
        super().__init__("event_camera", **kwargs)
        DriverServices(self, self)

    def declare(self) -> None:
        """Declare the settings of the camera, where it is known already which one it is."""
        self._settings = CameraSettings(self, self.config_groups, self._set_camera, self.configured)
        self._settings.declare_early(self.config)

    def open(self) -> None:
        """Open the source and announce the topics."""
        self._camera = self._settings.select(self.config)
        self._stamper = self._make_stamper()
        self._source = open_source(self.config, self._camera)
        try:
            self._announce(self._source)
        except AestreamError:
            self.release()
            raise
        self.get_logger().info(f"source: {self._source.description}")

    def start(self) -> None:
        """Pull packets until the source ends or `stop` is called."""
        if self._source is None:
            self._source = open_source(self.config, self._camera)
        if isinstance(self._source, Playback):
            self._source.on_jump = self._on_jump
            self._source.on_resume = self._stamper.begin_again if self._stamper else lambda: None
        self._stream()

    @property
    def source(self) -> Source | None:
        """The open source; None while the node is not configured."""
        return self._source

    @property
    def encoding(self) -> str:
        """Encoding of the messages; empty while the node is not configured."""
        return self._outlet.encoding if self._outlet else ""

    def resume(self) -> None:
        """Stream on where the source had ended and was moved since."""
        if self._state == "active" and self._pump is not None:
            self._pump.join()
            self._stream()

    def stop(self) -> None:
        """Stop pulling; a recording starts from its beginning when the node is activated again."""
        if self._pump is not None:
            self._pump.stop()
            self._pump = None  # it holds the source, and with it a port that the next activation wants
        if self._source is not None:
            self._invalid_before += self._source.invalid_events
            self._dropped_before += self._source.dropped_packets
            self._lost_before += _lost_events(self._source)
        if isinstance(self._source, DatagramSource):
            self.get_logger().info(self._source.summary())
        self._source = None

    def release(self) -> None:
        """Leave the topics and close the recording."""
        if self._outlet is not None:
            self._outlet.close()
            self._outlet = None
        if self._side_topics is not None:
            self._side_topics.close()
            self._side_topics = None
        if self._source is not None:
            self._source.close()
            self._source = None
        self.recordings.close()

    def reconfigure(self, config: DriverConfig) -> None:
        """Take over filters from the next packet on."""
        if config.filters != self.config.filters:
            self._filters.replace(config.filters)

    def reading(self) -> StageReading:
        """Give the counters as they are now."""
        estimator = self._stamper.estimator if self._stamper else ClockEstimator()
        writing = self.recordings.current
        return StageReading(
            events=self._events,
            packets=self._counters.packets,
            products=self._outlet.sent if self._outlet else 0,
            dropped_events=self._lost_before + _lost_events(self._source),
            dropped_packets=self._dropped_before + (self._source.dropped_packets if self._source else 0),
            reconnects=self._source.reconnects if isinstance(self._source, CameraSource) else 0,
            invalid_events=self._invalid_before + (self._source.invalid_events if self._source else 0),
            recorded_events=self.recordings.recorded_events,
            unrecorded_events=self.recordings.unrecorded_events,
            queue_bytes=writing.queued_bytes if writing else 0,
            queue_limit_bytes=writing.limit_bytes if writing else 0,
            bytes_copied=self._outlet.bytes_copied if self._outlet else 0,
            t_us=self._counters.t_us,
            clock_offset_ns=estimator.offset_ns,
            clock_skew_ppm=estimator.skew_ppm,
            clock_resets=estimator.resets,
            hardware_id=self._source.description if self._source else "",
            error=self.recordings.failure,
            filtered_events=self._filters.filtered_events,
        )

    def trouble(self) -> tuple[str, str] | None:
        """Say what is wrong with a camera that is to come back."""
        trouble = self._source.trouble if self._source else None
        return None if trouble is None else (trouble.state, trouble.message)

    def details(self) -> dict[str, object]:
        """Count the faults of a camera, or what came and did not come over the network."""
        source = self._source
        if isinstance(source, DatagramSource):
            return dict(source.counters())
        if not isinstance(source, CameraSource):
            return {}
        return {"stalls": source.stalls, "skipped_bytes": source.skipped_bytes}

    def _set_camera(self, settings: Any) -> None:
        """Set the camera while it streams."""
        if self._camera is not None:
            if isinstance(self._source, CameraSource):
                self._source.update(self._camera.model.configure(settings))
            self._camera = self._camera.with_settings(settings)

    def _announce(self, source: Source) -> None:
        self._start_books(source)
        if self._camera is not None:
            calibration = load_calibration(self.config.camera_info_url, width=source.width, height=source.height)
            self._side_topics = SideTopics(self, self._camera.model.delivers, calibration, self.config.frame_id)
        self._filters = PacketFilters(self.config.filters, size=self._size)
        self._outlet = EventOutlet(self, self.config, source)

    def _size(self) -> tuple[int, int]:
        return (self._source.width, self._source.height) if self._source else (0, 0)

    def _start_books(self, source: Source) -> None:
        self._events = self._invalid_before = self._dropped_before = self._lost_before = 0
        self._counters = PumpCounters()
        self.recordings = RecordingDesk(self.get_logger().error)
        if self.config.record:
            if not source.width:
                raise InvalidArgumentError(
                    f"record is {self.config.record!r}, and no datagram has said the sensor's size yet; give width and "
                    "height"
                )
            wanted = RecordingRequest(
                path=self.config.record, width=source.width, height=source.height, encoding=source.encoding
            )
            self.recordings.start(wanted)

    def _make_stamper(self) -> Stamper:
        config = self.config
        simulated = bool(self.get_parameter("use_sim_time").value)
        if simulated and config.stamp == "sensor":
            raise InvalidArgumentError(
                "stamp is 'sensor' and use_sim_time is true; /clock is not the camera's host clock"
            )
        rate = config.speed if config.source in ("sim", "file") else 1.0
        return Stamper(config.stamp, rate=rate, simulated=simulated, now_ns=self.now_ns)

    def _stream(self) -> None:
        assert self._source is not None
        self.failure, self.finished = None, False
        self._pump = Pump(self._source, self._deliver, self._on_end, now_ns=self.now_ns, counters=self._counters)
        self._pump.start()

    def _deliver(self, packet: SourcePacket, arrived_ns: int) -> None:
        assert self._source is not None
        assert self._outlet is not None
        assert self._stamper is not None
        stamp_ns = self._stamper.stamp_ns(packet, arrived_ns)
        filtered, size = self._filters.apply(packet)
        self._outlet.deliver(filtered, stamp_ns, size=size, wait=self._source.lossless)
        self.recordings.offer(packet, wait=self._source.lossless)
        if self._side_topics is not None:
            stamped_us = packet.first_us if self.config.stamp == "sensor" else packet.last_us
            self._side_topics.deliver(packet, stamp_ns - stamped_us * 1000)
        self._events += filtered.count

    def _on_end(self, error: AestreamError | None) -> None:
        if error is not None:
            self.fail(str(error))
        self._end_of_stream()
        # A source that somebody stopped may go on later: the container is not to end because of it.
        self.finished = error is None and self._pump is not None and not self._pump.stopping

    def _on_jump(self) -> None:
        if self._stamper is not None:
            self._stamper.begin_again()
        self._filters.reset()
        self._end_of_stream()

    def _end_of_stream(self) -> None:
        if self._outlet is not None:
            self._outlet.end(self.now_ns())


def _lost_events(source: Source | None) -> int:
    return source.dropped_events if isinstance(source, DatagramSource) else 0


def main() -> int:
    """Run the driver in a process of its own."""
    return run_node(DriverNode)
