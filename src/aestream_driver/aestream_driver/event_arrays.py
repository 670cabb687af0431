"""Messages of the kind of dvs_msgs/EventArray as serialised bytes: a record for every event, none of them an object.

CDR: OMG's XCDR version 1, little-endian; every value is aligned to its size, counted after the first four bytes.
"""

from dataclasses import dataclass
from struct import Struct

from aestream_core.errors import FormatError
from aestream_core.events import Events
from aestream_core.formats.bags.message import EventMessage, MessageError, parser_of
from aestream_core.formats.bags.storage import Topic
from aestream_core.messages import MessageDecoder, MessageEncoder

PACKAGES = ("dvs_msgs", "prophesee_event_msgs", "dv_ros2_msgs")
"""Packages whose EventArray has this layout."""

EVENT_FIELDS = {"x": "uint16", "y": "uint16", "ts": "builtin_interfaces/Time", "polarity": "boolean"}
"""Fields of their Event, in order."""

_ENCAPSULATION = bytes([0, 1, 0, 0])
_STAMP = Struct("<iI")
_U32 = Struct("<I")
_SIZES = Struct("<III")


@dataclass(frozen=True)
class ArrayHeader:
    """The header of an array.

    Attributes:
        stamp_ns: host time in ns since the epoch.
        frame_id: frame of the sensor.
    """

    stamp_ns: int
    frame_id: str


def array_messages(events: Events, header: ArrayHeader) -> list[bytes]:
    """Serialise a packet.

    Returns:
        One message; none without events. Times are sensor time, as seconds and ns.

    Raises:
        InvalidArgumentError: a time is 2^31 s or more.
    """
    frame = header.frame_id.encode() + b"\0"
    stamp = _STAMP.pack(*divmod(header.stamp_ns, 10**9))
    name = _U32.pack(len(frame)) + frame + bytes(-len(frame) % 4)
    return [
        b"".join((_ENCAPSULATION, stamp, name, _SIZES.pack(events.height, events.width, each.count), each.data.data))
        for each in MessageEncoder("event_array").encode(events)
    ]


class ArrayReader:
    """Reads serialised arrays of one topic in order.

    Attributes:
        damaged: messages that held fewer events than they said; what was there was read.
    """

    def __init__(self, package: str) -> None:
        """Read the messages of `package`, one of `PACKAGES`."""
        self.damaged = 0
        self._parse = parser_of(Topic(name="", type=f"{package}/msg/EventArray", ros1=False))
        self._decoder: MessageDecoder | None = None
        self._size = (0, 0)

    @property
    def invalid_events(self) -> int:
        """Events outside the sensor, left out."""
        return 0 if self._decoder is None else self._decoder.counters()["outside_sensor"]

    def read(self, data: bytes) -> tuple[ArrayHeader, list[Events]]:
        """Read one message.

        Returns:
            Its header, and its events: one packet; none without events; more only where times lie over 2^32 us apart.

        Raises:
            FormatError: the bytes are not what their type says.
            InvalidArgumentError: the sensor's size in it is not within 1 to 32767.
        """
        try:
            message, header = self._parse(data), _header_of(data)
        except MessageError as error:
            raise FormatError(str(error)) from None
        self.damaged += not message.complete
        return header, self._decoder_for(message).decode(message.events)

    def _decoder_for(self, message: EventMessage) -> MessageDecoder:
        size = (message.width, message.height)
        if self._decoder is None or size != self._size:
            self._decoder = MessageDecoder(message.encoding, width=size[0], height=size[1])
            self._size = size
        return self._decoder


def _header_of(data: bytes) -> ArrayHeader:
    seconds, nanoseconds = _STAMP.unpack_from(data, 4)
    (size_bytes,) = _U32.unpack_from(data, 12)
    frame = data[16 : 16 + size_bytes].rstrip(b"\0").decode(errors="replace")
    return ArrayHeader(stamp_ns=seconds * 10**9 + nanoseconds, frame_id=frame)
