"""EventPacket messages as they come from DDS: read where they lie, without a Python object for every part.

A subscription with `raw=True` gives the bytes. Reading them saves the copy into C structures, the copy into an array,
and the construction of three messages: docs/adr/0010-transport.md says what that is worth.
"""

from dataclasses import dataclass
from struct import Struct

from aestream_core.errors import FormatError
from aestream_core.formats.bags.message import MessageError, parser_of
from aestream_core.formats.bags.storage import Topic

_STAMP = Struct("<iI")
_STAMP_AT = 4
"""Behind the encapsulation, first of all."""


@dataclass(frozen=True, slots=True)
class SerializedEventPacket:
    """What `EventPacketDecoder.decode` looks at, with the names of the message's fields.

    Attributes:
        encoding: layout of `events`.
        width: sensor width in pixels.
        height: sensor height in pixels.
        seq: number of the packet in its topic.
        time_base: sensor time in ns that the encoding's clock starts from.
        events: the encoded events, a view into the bytes that came.
        stamp_ns: the header's stamp in ns since the epoch.
        is_bigendian: False; others are refused before.
    """

    encoding: str
    width: int
    height: int
    seq: int
    time_base: int
    events: memoryview
    stamp_ns: int
    is_bigendian: bool = False


class EventPacketReader:
    """Reads the serialised messages of one topic."""

    def __init__(self) -> None:
        """Prepare for the first message."""
        self._parse = parser_of(Topic("", "event_camera_msgs/msg/EventPacket"))

    def read(self, data: bytes) -> SerializedEventPacket:
        """Read one message. Its events are a view on `data`.

        Raises:
            FormatError: the bytes are not a whole EventPacket in little-endian CDR, or its events are big-endian.
        """
        try:
            message = self._parse(data)
        except MessageError as error:
            raise FormatError(f"an EventPacket cannot be read: {error}") from None
        if not message.complete:
            raise FormatError(f"an EventPacket of {len(data)} bytes is cut: its events are not whole")
        seconds, nanoseconds = _STAMP.unpack_from(data, _STAMP_AT)
        encoding, width, height, seq, time_base, events, _ = message
        return SerializedEventPacket(encoding, width, height, seq, time_base, events, seconds * 10**9 + nanoseconds)
