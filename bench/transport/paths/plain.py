"""The baseline: the same bytes in the same message, encoded before and never decoded."""

import time

import numpy as np
from event_camera_msgs.msg import EventPacket

from aestream_core.evt3 import encode_evt3
from aestream_ros.conversions import assign_bytes
from bench.transport.case import Case
from bench.transport.packets import Schedule
from bench.transport.paths import ros_sides
from bench.transport.stamps import Received, Sent, send_all


def publish(case: Case, schedule: Schedule) -> Sent:
    """Publish bytes that are ready."""
    encoded = [encode_evt3(packet) for packet in schedule.packets]
    with ros_sides.publisher(case) as publisher:

        def send(seq: int, sent: Sent) -> int:
            data = encoded[seq % len(encoded)]
            message = EventPacket(seq=seq, time_base=len(schedule.packet(seq)))
            assign_bytes(message, "events", data)
            sent.publish_ns.append(time.monotonic_ns())
            publisher.publish(message)
            return data.nbytes

        return send_all(schedule, send)


def receive(case: Case, _: Schedule, received: Received) -> None:
    """Look at the bytes."""

    def on_message(message: EventPacket) -> None:
        arrived_ns = time.monotonic_ns()
        assert np.frombuffer(message.events, np.uint8).size
        received.note(message.seq, arrived_ns, message.time_base)

    ros_sides.spin(case, received, on_message)
