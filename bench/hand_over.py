"""A packet from one node to the next: by reference in one process against a ROS message, made and read back."""

import time

from event_camera_msgs.msg import EventPacket
from rclpy.serialization import deserialize_message, serialize_message

from aestream_core.evt3 import encode_evt3
from aestream_core.exchange import Envelope, Exchange
from aestream_core.simulator import SimConfig, open_simulator
from aestream_ros.conversions import EventPacketDecoder, event_packet, header
from bench.timing import compare, show


def main() -> None:
    """Run for packets of 1 ms at 10 Mev/s."""
    packets = list(open_simulator(SimConfig(rate_hz=10e6, duration_us=200_000), packet_us=1000))
    events = sum(len(packet) for packet in packets)
    exchange = Exchange()
    queue = exchange.subscribe("/events", limit_bytes=10**9)
    publication = exchange.advertise("/events")

    def by_reference() -> int:
        count = 0
        for packet in packets:
            publication.put(Envelope(packet, 0, len(packet)))
            envelope = queue.take(0)
            assert envelope is not None
            assert envelope.payload is packet
            count += len(packet)
        return count

    def by_message() -> int:
        decoder = EventPacketDecoder()
        count = 0
        for seq, packet in enumerate(packets):
            message = event_packet(
                encode_evt3(packet),
                encoding="evt3",
                base_us=packet.first_us,
                width=packet.width,
                height=packet.height,
                seq=seq,
                header=header(time.time_ns(), "camera"),
            )
            received = deserialize_message(serialize_message(message), EventPacket)
            count += sum(len(decoded) for decoded in decoder.decode(received))
        return count

    assert by_reference() == by_message() == events
    rates = compare({"EVT3 message, serialised and decoded": by_message, "by reference": by_reference}, events=events)
    show(f"hand over {events:,} events in packets of 1 ms", rates)


if __name__ == "__main__":
    main()
