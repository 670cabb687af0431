"""Runs where dvs_msgs can be imported: ROS 2's own (de)serialisation of EventArray, event by event, as text."""

import sys

from builtin_interfaces.msg import Time
from dvs_msgs.msg import Event, EventArray
from rclpy.serialization import deserialize_message, serialize_message
from std_msgs.msg import Header


def read(data: bytes) -> None:
    """Print what ROS 2 reads out of serialised bytes."""
    message = deserialize_message(data, EventArray)
    stamp = message.header.stamp
    print(stamp.sec, stamp.nanosec, message.header.frame_id, message.height, message.width)  # noqa: T201
    for event in message.events:
        print(event.x, event.y, event.ts.sec, event.ts.nanosec, int(event.polarity))  # noqa: T201


def write(text: str) -> bytes:
    """Serialise what `read` printed."""
    (sec, nanosec, frame, height, width), *rows = (line.split() for line in text.splitlines())
    message = EventArray(height=int(height), width=int(width))
    message.header = Header(stamp=Time(sec=int(sec), nanosec=int(nanosec)), frame_id=frame)
    message.events = [
        Event(x=int(x), y=int(y), ts=Time(sec=int(s), nanosec=int(ns)), polarity=p == "1") for x, y, s, ns, p in rows
    ]
    return serialize_message(message)


if __name__ == "__main__":
    if sys.argv[1] == "read":
        read(sys.stdin.buffer.read())
    else:
        sys.stdout.buffer.write(write(sys.stdin.read()))
