"""The encodings of event-camera messages in ROS (event_camera_msgs/EventPacket and older ones): bytes to packets.

The layouts are those of github.com/ros-event-camera/event_camera_codecs. The codecs know nothing of ROS itself.
"""

from array import array
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.events import Events, check_sensor

MESSAGE_ENCODINGS: Mapping[str, str] = MappingProxyType(dict(_core.message_encodings()))
"""What `MessageDecoder` understands: name of the encoding, and what it is."""

Bytes: TypeAlias = "bytes | bytearray | memoryview | array[int] | npt.NDArray[np.uint8]"


class MessageDecoder:
    """Decodes the messages of one topic in order. Where a clock runs on across messages, so does the state.

    Bytes of unknown origin do no harm: what is no event, or lies outside the sensor, is counted.
    """

    def __init__(self, encoding: str, *, width: int, height: int, side: "_core.SideRecords | None" = None) -> None:
        """Make a decoder for one topic.

        Args:
            encoding: name in `MESSAGE_ENCODINGS`.
            width: sensor width in pixels.
            height: sensor height in pixels.
            side: where triggers go; None where nobody wants them.

        Raises:
            FormatError: the encoding is not one of those understood.
            InvalidArgumentError: width or height is not within 1 to 32767.
        """
        check_sensor(width, height)
        self.encoding = encoding
        self._decoder = _core.MessageDecoder(encoding, width, height, side)

    def decode(self, data: Bytes, *, time_base_ns: int = 0, near_us: int | None = None) -> list[Events]:
        """Decode one message; the interpreter lock is free meanwhile.

        Args:
            data: the encoded events, any contiguous buffer.
            time_base_ns: the message's time base in ns. evt3 takes the number of wraps of its clock from it, unless it
                is 0; the others count their times from it.
            near_us: sensor time in µs near which the message begins, in place of evt3's time base.

        Returns:
            Packets in stream order: one, none where there are no events, more only where times lie over 2^32 µs apart.

        Raises:
            InvalidArgumentError: the bytes do not lie in one contiguous block.
        """
        self.feed(data, time_base_ns=time_base_ns, near_us=near_us)
        return self.take()

    def feed(self, data: Bytes, *, time_base_ns: int = 0, near_us: int | None = None) -> int:
        """Decode one message as `decode` does, and keep its events for `take`: many small messages make one packet.

        Returns:
            Number of events that wait in the packet under construction.
        """
        return self._decoder.feed(data, time_base_ns, near_us)

    def take(self) -> list[Events]:
        """Give the events of every message since the last `take`."""
        return [Events(packet) for packet in self._decoder.take()]

    def counters(self) -> dict[str, int]:
        """Count what was not delivered; the names are those of `aestream_core.files.FileStream.counters`."""
        return self._decoder.counters()


def encode_libcaer_cmp(events: Events) -> bytes:
    """Encode a packet as libcaer_cmp, with `events.first_us * 1000` as the message's time base. Order is kept.

    Raises:
        InvalidArgumentError: a coordinate is above 2047, a time lies before the first one, or the packet spans 2^24 µs.
    """
    return _core.encode_libcaer_cmp(events._packet)
