"""Events as EVT3 in EventPacket messages, made and read by the suite's own code."""

import time

from event_camera_msgs.msg import EventPacket

from aestream_core.evt3 import encode_evt3
from aestream_ros.conversions import EventPacketDecoder, event_packet, header
from aestream_ros.serialized import EventPacketReader
from bench.transport.case import Case
from bench.transport.packets import HEIGHT, WIDTH, Schedule
from bench.transport.paths import ros_sides
from bench.transport.stamps import Received, Sent, send_all


def publish(case: Case, schedule: Schedule) -> Sent:
    """Encode and publish."""
    with ros_sides.publisher(case) as publisher:

        def send(seq: int, sent: Sent) -> int:
            packet = schedule.packet(seq)
            data = encode_evt3(packet)
            message = event_packet(
                data,
                encoding="evt3",
                base_us=packet.first_us,
                width=WIDTH,
                height=HEIGHT,
                seq=seq,
                header=header(time.time_ns(), "camera"),
            )
            sent.publish_ns.append(time.monotonic_ns())
            publisher.publish(message)
            return data.nbytes

        return send_all(schedule, send)


def receive(case: Case, _: Schedule, received: Received) -> None:
    """Read the serialised message and decode, as AccumulatorNode does."""
    reader, decoder, stall = EventPacketReader(), EventPacketDecoder(), ros_sides.Stall(case)

    def on_message(data: bytes) -> None:
        arrived_ns = time.monotonic_ns()
        message = reader.read(data)
        received.note(message.seq, arrived_ns, sum(map(len, decoder.decode(message))))
        stall()

    ros_sides.spin(case, received, on_message, raw=True)


def receive_message(case: Case, _: Schedule, received: Received) -> None:
    """Let rclpy make the message, and decode."""
    decoder = EventPacketDecoder()

    def on_message(message: EventPacket) -> None:
        arrived_ns = time.monotonic_ns()
        received.note(message.seq, arrived_ns, sum(map(len, decoder.decode(message))))

    ros_sides.spin(case, received, on_message)
