"""The encodings of events in ROS messages (event_camera_msgs/EventPacket and older ones): bytes to packets, and back.

The layouts are those of github.com/ros-event-camera/event_camera_codecs. The codecs know nothing of ROS itself.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events, check_sensor

MESSAGE_ENCODINGS: Mapping[str, str] = MappingProxyType(dict(_core.message_encodings()))
"""What `MessageDecoder` understands: name of the encoding, and what it is."""

WRITTEN_ENCODINGS: tuple[str, ...] = tuple(_core.written_encodings())
"""What `MessageEncoder` writes."""

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


@dataclass(frozen=True)
class EncodedMessage:
    """The encoded events of one message.

    Attributes:
        data: (N,) uint8, memory of the buffer pool.
        base_us: sensor time in µs that the message's time base says (in ns), and for encodings whose clock wraps the
            time near which the message begins.
        count: number of events.
    """

    data: npt.NDArray[np.uint8]
    base_us: int
    count: int


class MessageEncoder:
    """Encodes packets for one topic. It keeps no state: every message decodes on its own, whatever was lost before.

    Attributes:
        encoding: name in `WRITTEN_ENCODINGS`.
    """

    def __init__(self, encoding: str) -> None:
        """Choose the encoding.

        Raises:
            InvalidArgumentError: the encoding is not one of those written.
        """
        if encoding not in WRITTEN_ENCODINGS:
            known = ", ".join(WRITTEN_ENCODINGS)
            raise InvalidArgumentError(f"encoding is {encoding!r}; events are written as {known}")
        self.encoding = encoding

    def encode(self, events: Events) -> list[EncodedMessage]:
        """Encode a packet, its order and times kept; the interpreter lock is free meanwhile.

        Returns:
            One message; none where there are no events; several where the times lie further apart than one message
            expresses: 16.8 s for libcaer_cmp, 4.3 s for mono, 17 min for libcaer, or step back: by anything for
            libcaer, by more than 4 ms for evt3, 4.2 s for evt2 and evt21.

        Raises:
            InvalidArgumentError: a coordinate is above 2047 (evt2, evt21, evt3, libcaer_cmp), or a time is 2^31 s or
                more (event_array).
        """
        return [EncodedMessage(*message) for message in _core.encode_message(self.encoding, events._packet)]
