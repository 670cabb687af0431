"""EventPacket messages: bytes in fast, events out exactly, gaps counted."""

import numpy as np
import pytest
from event_camera_msgs.msg import EventPacket
from rclpy.serialization import deserialize_message, serialize_message

from aestream_core import Events, FormatError
from aestream_core.evt3 import encode_evt3
from aestream_core.messages import MessageEncoder
from aestream_ros.conversions import EventPacketDecoder, assign_bytes, event_packet, header, stamp_ns


def packet(first_us: int, count: int = 1000, seed: int = 0) -> Events:
    rng = np.random.default_rng(seed)
    return Events.from_numpy(
        t=first_us + np.sort(rng.integers(0, 1000, count)),
        x=rng.integers(0, 640, count),
        y=rng.integers(0, 480, count),
        p=rng.integers(0, 2, count),
        width=640,
        height=480,
    )


def message(events: Events, seq: int, **changes: object) -> EventPacket:
    made = event_packet(
        encode_evt3(events),
        encoding="evt3",
        base_us=events.first_us,
        width=640,
        height=480,
        seq=seq,
        header=header(1_700_000_000_123_456_789, "camera"),
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def over_the_wire(sent: EventPacket) -> EventPacket:
    return deserialize_message(serialize_message(sent), EventPacket)


@pytest.mark.parametrize("first_us", [0, 5, 16_777_215, 10**12])
def test_events_survive_the_wire_exactly_whatever_the_hour(first_us: int) -> None:
    events = packet(first_us)
    decoded = EventPacketDecoder().decode(over_the_wire(message(events, 0)))
    assert len(decoded) == 1
    assert np.array_equal(decoded[0].to_numpy(), events.to_numpy())


def test_a_driver_that_gives_no_time_base_is_followed_over_the_wrap_of_its_clock() -> None:
    decoder = EventPacketDecoder()
    times = [16_776_000, 16_777_000, 16_778_000]
    decoded = [decoder.decode(over_the_wire(message(packet(t), i, time_base=0)))[0] for i, t in enumerate(times)]
    assert [events.first_us // 1000 for events in decoded] == [t // 1000 for t in times]


def test_gaps_in_the_sequence_are_counted() -> None:
    decoder = EventPacketDecoder()
    for seq in (4, 5, 9):
        decoder.decode(message(packet(0), seq))
    assert decoder.lost_packets == 3


def test_an_encoding_that_is_not_understood_is_named() -> None:
    with pytest.raises(FormatError, match=r"encoding 'evt4'; understood are: evt3, evt21"):
        EventPacketDecoder().decode(message(packet(0), 0, encoding="evt4"))
    with pytest.raises(FormatError, match="big-endian 'evt3'"):
        EventPacketDecoder().decode(message(packet(0), 0, is_bigendian=True))


def test_every_encoding_of_the_ecosystem_is_understood_and_may_change_on_the_way() -> None:
    events = packet(5_000_000)
    decoder = EventPacketDecoder()
    compressed = MessageEncoder("libcaer_cmp").encode(events)[0].data
    sent = message(events, 1, encoding="libcaer_cmp", time_base=events.first_us * 1000)
    assign_bytes(sent, "events", compressed)
    for each in (message(events, 0), over_the_wire(sent)):
        assert np.array_equal(decoder.decode(each)[0].to_numpy(), events.to_numpy())


def test_bytes_are_assigned_without_a_copy_per_element() -> None:
    data = np.arange(256, dtype=np.uint8)
    made = EventPacket()
    assign_bytes(made, "events", data)
    assert made._events is data
    assert np.array_equal(np.frombuffer(over_the_wire(made).events, np.uint8), data)


def test_header_time_goes_both_ways() -> None:
    assert stamp_ns(header(1_700_000_000_123_456_789, "").stamp) == 1_700_000_000_123_456_789
