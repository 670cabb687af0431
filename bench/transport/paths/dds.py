"""Events as EVT3 in EventPacket messages, made and read by the suite's own code."""

import time

from event_camera_msgs.msg import EventPacket

from aestream_core.evt3 import encode_evt3
from aestream_ros.conversions import EventPacketDecoder, event_packet, header
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
    """Decode."""
    decoder = EventPacketDecoder()

    def on_message(message: EventPacket) -> None:
        arrived_ns = time.monotonic_ns()
        events = sum(map(len, decoder.decode(message)))
        received.note(message.seq, arrived_ns, events)

    ros_sides.spin(case, received, on_message)
