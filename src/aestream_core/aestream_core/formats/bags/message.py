"""Where the events lie in a serialised message; nothing of them is copied.

EventPacket: github.com/ros-event-camera/event_camera_msgs. EventArray: github.com/uzh-rpg/rpg_dvs_ros, dvs_msgs.
CDR: OMG's XCDR version 1, little-endian; every value is aligned to its size, counted after the first four bytes.
"""

import struct
from collections.abc import Callable
from struct import Struct
from typing import Any, NamedTuple

from aestream_core.formats.bags.storage import Topic

EVENT_PACKET_TYPES = ("event_camera_msgs/msg/EventPacket", "event_array_msgs/msg/EventArray")
EVENT_ARRAY_TYPES = ("dvs_msgs/msg/EventArray", "prophesee_event_msgs/msg/EventArray", "dv_ros2_msgs/msg/EventArray")
EVENT_TYPES = EVENT_PACKET_TYPES + EVENT_ARRAY_TYPES

_U32 = Struct("<I")
_U32_PAIR = Struct("<II")
_U64_PAIR = Struct("<QQ")
_LITTLE_ENDIAN_CDR = 1
_ENCAPSULATION_BYTES = 4
_STAMP_BYTES = 8


class MessageError(Exception):
    """A message is cut, or is not what its type says."""


class EventMessage(NamedTuple):
    """The parts of a message that tell about its events.

    Attributes:
        encoding: name in `aestream_core.messages.MESSAGE_ENCODINGS`.
        width: sensor width in pixels.
        height: sensor height in pixels.
        seq: the message's number; 0 where the type has none.
        time_base_ns: see `MessageDecoder.decode`.
        events: the encoded events, a view.
        complete: whether the message holds as many bytes of events as it says.
    """

    encoding: str
    width: int
    height: int
    seq: int
    time_base_ns: int
    events: memoryview
    complete: bool


Parser = Callable[[bytes], EventMessage]


def parser_of(topic: Topic) -> Parser:
    """Choose what reads the messages of a topic of one of `EVENT_TYPES`."""
    if topic.type in EVENT_PACKET_TYPES:
        return _checked(_packet_ros1 if topic.ros1 else _PacketCdr())
    return _checked(_array_ros1 if topic.ros1 else _array_cdr)


def _checked(parse: Callable[[memoryview], EventMessage]) -> Parser:
    def parser(payload: bytes) -> EventMessage:
        try:
            return parse(memoryview(payload))
        except (struct.error, IndexError, UnicodeDecodeError) as error:
            raise MessageError(f"a message of {len(payload)} bytes is not what its type says: {error}") from None

    return parser


class _PacketCdr:
    """Reads EventPackets. The strings of a topic seldom change, so one struct reads most messages in one go."""

    def __init__(self) -> None:
        self._lay_out(0, 0)

    def __call__(self, data: memoryview) -> EventMessage:
        if data[1] != _LITTLE_ENDIAN_CDR:
            raise MessageError(f"its encapsulation is {bytes(data[:2]).hex()}; little-endian CDR (0001) is read")
        frame_bytes, *numbers, encoding_bytes, encoding, big_endian, size_bytes = self._fields(data)
        if (frame_bytes, encoding_bytes) != self._string_bytes:
            self._measure(data)
            _, *numbers, _, encoding, big_endian, size_bytes = self._fields(data)
        height, width, seq, time_base_ns = numbers
        text = str(encoding[:-1], "ascii")
        return _packet(text, data, (width, height, seq, time_base_ns), self._size, size_bytes, big_endian=big_endian)

    def _fields(self, data: memoryview) -> tuple[Any, ...]:
        # Strings that are shorter than those before may leave a message that is too short for the struct.
        if len(data) < self._size:
            self._measure(data)
        return self._struct.unpack_from(data)

    def _measure(self, data: memoryview) -> None:
        at = _ENCAPSULATION_BYTES + _STAMP_BYTES
        (frame_bytes,) = _U32.unpack_from(data, at)
        at = _align(at + 4 + frame_bytes, 4) + 8
        (encoding_bytes,) = _U32.unpack_from(data, _ENCAPSULATION_BYTES + _align(at - _ENCAPSULATION_BYTES, 8) + 16)
        if frame_bytes > len(data) or encoding_bytes > len(data):
            raise MessageError(f"a message of {len(data)} bytes claims strings of {frame_bytes} and {encoding_bytes}")
        self._lay_out(frame_bytes, encoding_bytes)

    def _lay_out(self, frame_bytes: int, encoding_bytes: int) -> None:
        at = _STAMP_BYTES + 4 + frame_bytes
        frame_gap = -at % 4
        numbers_gap = -(at + frame_gap + 8) % 8
        encoding_gap = -(4 + encoding_bytes + 1) % 4
        self._string_bytes = (frame_bytes, encoding_bytes)
        self._struct = Struct(
            f"<{_ENCAPSULATION_BYTES + _STAMP_BYTES}xI{frame_bytes + frame_gap}xII{numbers_gap}xQQ"
            f"I{encoding_bytes}sB{encoding_gap}xI"
        )
        self._size = self._struct.size


def _packet_ros1(data: memoryview) -> EventMessage:
    at = _after_string(data, 4 + _STAMP_BYTES)
    height, width = _U32_PAIR.unpack_from(data, at)
    seq, time_base_ns = _U64_PAIR.unpack_from(data, at + 8)
    begin, at = at + 28, _after_string(data, at + 24)
    encoding = str(data[begin:at], "ascii")
    (size_bytes,) = _U32.unpack_from(data, at + 1)
    return _packet(encoding, data, (width, height, seq, time_base_ns), at + 5, size_bytes, big_endian=data[at])


def _packet(
    encoding: str, data: memoryview, numbers: tuple[int, int, int, int], at: int, size_bytes: int, *, big_endian: int
) -> EventMessage:
    if big_endian:
        raise MessageError(f"its events are big-endian {encoding!r}, which no known driver writes")
    events = data[at : at + size_bytes]
    return EventMessage(encoding, *numbers, events, len(events) == size_bytes)


def _array_cdr(data: memoryview) -> EventMessage:
    data = _without_encapsulation(data)
    at = _align(_after_string(data, _STAMP_BYTES), 4)
    # Every event takes 16 bytes but the last, behind which nothing is aligned.
    return _array("event_array", data, at, lambda count: max(0, 16 * count - 3))


def _array_ros1(data: memoryview) -> EventMessage:
    return _array("event_array_ros1", data, _after_string(data, 4 + _STAMP_BYTES), lambda count: 13 * count)


def _array(encoding: str, data: memoryview, at: int, size_of: Callable[[int], int]) -> EventMessage:
    height, width = _U32_PAIR.unpack_from(data, at)
    (count,) = _U32.unpack_from(data, at + 8)
    size_bytes = size_of(count)
    events = data[at + 12 : at + 12 + size_bytes]
    return EventMessage(encoding, width, height, 0, 0, events, len(events) == size_bytes)


def _without_encapsulation(data: memoryview) -> memoryview:
    if data[1] != _LITTLE_ENDIAN_CDR:
        raise MessageError(f"its encapsulation is {bytes(data[:2]).hex()}; little-endian CDR (0001) is read")
    return data[_ENCAPSULATION_BYTES:]


def _after_string(data: memoryview, at: int) -> int:
    (size_bytes,) = _U32.unpack_from(data, at)
    return at + 4 + int(size_bytes)


def _align(at: int, size: int) -> int:
    return at + -at % size
