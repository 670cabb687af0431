"""EventPackets read from their bytes: what rclpy's own message says, and a reason where they are broken."""

from dataclasses import fields

import numpy as np
import pytest
from event_camera_msgs.msg import EventPacket
from rclpy.serialization import deserialize_message, serialize_message

from aestream_core import FormatError
from aestream_ros.conversions import event_packet, header, stamp_ns
from aestream_ros.serialized import EventPacketReader, SerializedEventPacket


def serialized(*, frame_id: str = "camera", encoding: str = "evt3", size: int = 1000, seq: int = 7) -> bytes:
    data = np.random.default_rng(size).integers(0, 256, size).astype(np.uint8)
    made = event_packet(
        data,
        encoding=encoding,
        base_us=123_456_789_012,
        width=640,
        height=480,
        seq=seq,
        header=header(1_700_000_000_123_456_789, frame_id),
    )
    return bytes(serialize_message(made))


@pytest.mark.parametrize("size", [0, 1, 2, 1001])
@pytest.mark.parametrize("frame_id", ["", "c", "camera", "a/rather/long/name"])
@pytest.mark.parametrize("encoding", ["evt3", "libcaer_cmp"])
def test_every_field_is_what_the_message_says(frame_id: str, encoding: str, size: int) -> None:
    data = serialized(frame_id=frame_id, encoding=encoding, size=size)
    read, message = EventPacketReader().read(data), deserialize_message(data, EventPacket)
    names = [each.name for each in fields(SerializedEventPacket) if each.name not in ("events", "stamp_ns")]
    assert {name: getattr(read, name) for name in names} == {name: getattr(message, name) for name in names}
    assert bytes(read.events) == bytes(message.events)
    assert read.stamp_ns == stamp_ns(message.header.stamp)


def test_strings_may_change_from_message_to_message() -> None:
    reader = EventPacketReader()
    for seq, (frame_id, encoding) in enumerate([("camera", "evt3"), ("left/camera", "evt21"), ("", "mono")]):
        read = reader.read(serialized(frame_id=frame_id, encoding=encoding, seq=seq))
        assert (read.encoding, read.seq, len(read.events)) == (encoding, seq, 1000)


@pytest.mark.parametrize("length", [0, 3, 30, 80, 1000])
def test_a_cut_message_is_refused(length: int) -> None:
    with pytest.raises(FormatError, match="EventPacket"):
        EventPacketReader().read(serialized()[:length])


def test_big_endian_bytes_are_refused_by_name() -> None:
    with pytest.raises(FormatError, match="little-endian"):
        EventPacketReader().read(b"\0\0" + serialized()[2:])
