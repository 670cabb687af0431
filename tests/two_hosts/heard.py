"""A ROS node that counts what it hears of a driver on another host until that has finished and all of it came.

python -m two_hosts.heard
"""

import json

from aestream_msgs.msg import StreamStatus
from event_camera_msgs.msg import EventPacket
from rclpy.node import Node

from aestream_ros.conversions import EventPacketDecoder
from aestream_ros.process import make_executor, ros_process, spin_until_shutdown
from aestream_ros.qos import STATUS_QOS, event_qos


class Heard(Node):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__("heard")
        self.decoder = EventPacketDecoder()
        self.events = 0
        self.first_seq: int | None = None
        self.sent: StreamStatus | None = None
        self.create_subscription(EventPacket, "/event_camera/events", self.on_events, event_qos("reliable"))
        self.create_subscription(StreamStatus, "/event_camera/status", self.on_status, STATUS_QOS)
        print(json.dumps({"listening": True}), flush=True)

    def on_events(self, message: EventPacket) -> None:
        if self.first_seq is None:
            self.first_seq = int(message.seq)
            print(json.dumps({"first": True}), flush=True)
        self.events += sum(map(len, self.decoder.decode(message)))

    def on_status(self, message: StreamStatus) -> None:
        self.sent = message if message.state == "finished" else None

    def is_done(self) -> bool:
        """Whether the driver has finished, and what it sent was heard or is known to be lost."""
        if self.sent is None or self.first_seq is None:
            return False
        return self.first_seq + self.decoder.messages + self.decoder.lost_packets >= self.sent.products


def main() -> None:
    with ros_process():
        node = Heard()
        executor = make_executor()
        executor.add_node(node)
        spin_until_shutdown(executor, done=node.is_done)
        assert node.sent is not None
        books = {"events": node.events, "messages": node.decoder.messages, "lost": node.decoder.lost_packets}
        sent = {"sent_messages": node.sent.products, "sent_events": node.sent.events, "first_seq": node.first_seq}
        print(json.dumps({**books, **sent}), flush=True)


if __name__ == "__main__":
    main()
