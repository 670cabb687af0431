"""EventArrayConverter: between EventPacket and messages like dvs_msgs/EventArray, as a ROS 2 node."""

from collections.abc import Callable
from typing import Any

from event_camera_msgs.msg import EventPacket

from aestream_core.errors import AestreamError
from aestream_core.events import Events
from aestream_core.messages import MessageEncoder
from aestream_driver.converter_config import TO_ARRAY, ConverterConfig
from aestream_driver.event_arrays import ArrayHeader, ArrayReader, array_messages
from aestream_driver.ros.event_array_type import event_array_class
from aestream_ros.conversions import EventPacketDecoder, event_packet, header, stamp_ns
from aestream_ros.process import run_node
from aestream_ros.qos import event_qos
from aestream_ros.status import StageReading
from aestream_ros.stream_node import StreamNode


class EventArrayConverter(StreamNode[ConverterConfig]):
    """Turns `~/events` (EventPacket, any encoding) into `~/event_array`, or the reverse; one message makes one.

    Arrays are read and written as serialised bytes: no object is made of an event. Stamp and frame go along; times of
    events stay sensor time. Nothing is converted while nobody subscribes.
    """

    stage = "converter"
    config_class = ConverterConfig

    def __init__(self, **kwargs: Any) -> None:
        """Find the message type and convert, unless `autostart` is false."""
        self._subscription: Any = None
        self._input: tuple[Any, str, Callable[[Any], None], bool]
        self._begin_anew()
        super().__init__("event_array_converter", **kwargs)

    def open(self) -> None:
        """Find the message type and announce what comes out."""
        package, array_class = event_array_class(self.config.package)
        qos = event_qos(self.config.reliability)
        self._begin_anew(package)
        if self.config.direction == TO_ARRAY:
            self._publisher = self.create_publisher(array_class, "~/event_array", qos)
            self._input = (EventPacket, "~/events", self._on_packet, False)
        else:
            self._encoder = MessageEncoder(self.config.encoding)
            self._publisher = self.create_publisher(EventPacket, "~/events", qos)
            self._input = (array_class, "~/event_array", self._on_array, True)
        self.get_logger().info(f"{self.config.direction}: {package}/EventArray")

    def start(self) -> None:
        """Listen."""
        kind, topic, callback, raw = self._input
        qos = event_qos(self.config.reliability)
        self._subscription = self.create_subscription(kind, topic, callback, qos, raw=raw)

    def stop(self) -> None:
        """Stop listening."""
        self.destroy_subscription(self._subscription)

    def release(self) -> None:
        """Leave the topics."""
        self.destroy_publisher(self._publisher)

    def reading(self) -> StageReading:
        """Give the counters as they are now."""
        return StageReading(
            events=self._events,
            packets=self._received,
            products=self._sent,
            dropped_packets=self._lost_packets + self._packets.lost_packets + self._unread + self._arrays.damaged,
            invalid_events=self._invalid_events + self._packets.invalid_events + self._arrays.invalid_events,
            bytes_copied=self._bytes_copied,
            t_us=self._t_us,
        )

    def _begin_anew(self, package: str = "dvs_msgs") -> None:
        self._packets, self._arrays = EventPacketDecoder(), ArrayReader(package)
        self._events = self._received = self._sent = self._unread = self._bytes_copied = self._t_us = 0
        self._lost_packets = self._invalid_events = 0

    def _on_packet(self, message: EventPacket) -> None:
        self._received += 1
        if not self._publisher.get_subscription_count():
            self._skip_packets()
            return
        try:
            packets = self._packets.decode(message)
            head = ArrayHeader(stamp_ns(message.header.stamp), message.header.frame_id)
            arrays = [data for events in packets for data in array_messages(events, head)]
        except AestreamError as error:
            self._give_up(error)
            return
        for data in arrays:
            self._publish(data, len(data))
        self._count(packets)

    def _skip_packets(self) -> None:
        """Begin anew with the next packet that is wanted: those in between are not lost."""
        self._lost_packets += self._packets.lost_packets
        self._invalid_events += self._packets.invalid_events
        self._packets = EventPacketDecoder()

    def _on_array(self, data: bytes) -> None:
        self._received += 1
        if not self._publisher.get_subscription_count():
            return
        try:
            head, packets = self._arrays.read(data)
            encoded = [(events, each) for events in packets for each in self._encoder.encode(events)]
        except AestreamError as error:
            self._give_up(error)
            return
        for events, each in encoded:
            message = event_packet(
                each.data,
                encoding=self._encoder.encoding,
                base_us=each.base_us,
                width=events.width,
                height=events.height,
                seq=self._sent,
                header=header(head.stamp_ns, head.frame_id),
            )
            self._publish(message, each.data.nbytes)
        self._count(packets)

    def _publish(self, message: Any, size_bytes: int) -> None:
        self._publisher.publish(message)
        self._sent += 1
        self._bytes_copied += 2 * size_bytes

    def _count(self, packets: list[Events]) -> None:
        self._events += sum(map(len, packets))
        self._t_us = max([self._t_us, *(events.last_us for events in packets)])

    def _give_up(self, error: AestreamError) -> None:
        self._unread += 1
        if self.failure is None:
            self.fail(str(error))


def main() -> int:
    """Run the converter in a process of its own."""
    return run_node(EventArrayConverter)
