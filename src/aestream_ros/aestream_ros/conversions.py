"""Events to `event_camera_msgs/EventPacket` and back, without a per-element loop and with as few copies as it takes."""

from array import array
from typing import Any

import numpy as np
import numpy.typing as npt
from builtin_interfaces.msg import Time
from event_camera_msgs.msg import EventPacket
from std_msgs.msg import Header

from aestream_core.errors import AestreamError, FormatError
from aestream_core.events import Events
from aestream_core.messages import MESSAGE_ENCODINGS, MessageDecoder


def header(stamp_ns: int, frame_id: str) -> Header:
    """Make a header from a host time in ns since the epoch."""
    return Header(stamp=Time(sec=stamp_ns // 10**9, nanosec=stamp_ns % 10**9), frame_id=frame_id)


def stamp_ns(stamp: Time) -> int:
    """Give a message's time in ns since the epoch."""
    return int(stamp.sec) * 10**9 + int(stamp.nanosec)


def assign_bytes(message: Any, field: str, data: npt.NDArray[np.uint8]) -> None:
    """Put bytes into a `uint8[]` field at the cost of nothing or one memcpy.

    The generated setter copies a NumPy array element by element (46 ms a megabyte). The converter to C, which runs at
    publish, takes any contiguous buffer from the private slot; where a version of rosidl has no such slot, an
    `array.array` goes through the setter in one copy.
    """
    if hasattr(message, f"_{field}"):
        setattr(message, f"_{field}", data)
    else:
        setattr(message, field, array("B", data.tobytes()))


def event_packet(
    data: npt.NDArray[np.uint8], *, encoding: str, base_us: int, width: int, height: int, seq: int, header: Header
) -> EventPacket:
    """Make a message around encoded events.

    Args:
        data: encoded events, (N,) uint8; referenced, not copied, until the message is published.
        encoding: layout of `data`, as in the EventPacket definition.
        base_us: sensor time in µs that the encoding's clock starts from.
        width: sensor width in pixels.
        height: sensor height in pixels.
        seq: number of the packet in its topic.
        header: host time at which the events arrived, and frame id.
    """
    message = EventPacket(
        header=header,
        width=width,
        height=height,
        seq=seq,
        time_base=base_us * 1000,
        encoding=encoding,
        is_bigendian=False,
    )
    assign_bytes(message, "events", data)
    return message


class EventPacketDecoder:
    """Decodes the messages of one event topic in order. State runs on across messages, as the sensor's own clock does.

    Attributes:
        messages: messages that came and were decoded.
        lost_packets: messages that never came, from gaps in `seq`.
        refused_packets: messages that came and were not understood.
    """

    def __init__(self) -> None:
        """Wait for the first message."""
        self.messages = self.lost_packets = self.refused_packets = 0
        self._decoder: MessageDecoder | None = None
        self._kind = ("", 0, 0)
        self._next_seq: int | None = None

    @property
    def invalid_events(self) -> int:
        """Events outside the sensor, left out."""
        return 0 if self._decoder is None else self._decoder.counters()["outside_sensor"]

    def decode(self, message: EventPacket) -> list[Events]:
        """Decode one message. Usually one packet; more where its times do not fit in one.

        Raises:
            FormatError: the encoding or byte order is not one of those understood; the message names it.
        """
        self._count_gap(int(message.seq))
        try:
            packets = self._decode(message)
        except AestreamError:
            self.refused_packets += 1
            raise
        self.messages += 1
        return packets

    def _decode(self, message: EventPacket) -> list[Events]:
        if message.encoding not in MESSAGE_ENCODINGS or message.is_bigendian:
            order = "big-endian " if message.is_bigendian else ""
            known = ", ".join(MESSAGE_ENCODINGS)
            raise FormatError(f"events arrive in encoding {order}{message.encoding!r}; understood are: {known}")
        decoder = self._decoder_for(message)
        return decoder.decode(np.frombuffer(message.events, np.uint8), time_base_ns=int(message.time_base))

    def _count_gap(self, seq: int) -> None:
        if self._next_seq is not None and seq > self._next_seq:
            self.lost_packets += seq - self._next_seq
        self._next_seq = seq + 1

    def _decoder_for(self, message: EventPacket) -> MessageDecoder:
        kind = (str(message.encoding), int(message.width), int(message.height))
        if self._decoder is None or kind != self._kind:
            self._decoder = MessageDecoder(kind[0], width=kind[1], height=kind[2])
            self._kind = kind
        return self._decoder
