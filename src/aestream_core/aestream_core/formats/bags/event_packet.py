"""event_camera_msgs/msg/EventPacket, written: its definition, its hash, and its bytes before the events."""

from struct import Struct

TYPE = "event_camera_msgs/msg/EventPacket"

TYPE_HASH = "RIHS01_d6fa176260b1f37e5a40845305315e150a0f18191241eb64f407442aa29844aa"
"""What ROS 2 compares types by: the fields of this type, hashed as REP 2011 says."""

DEFINITION = f"""std_msgs/Header header
uint32 height
uint32 width
uint64 seq
uint64 time_base
string encoding
bool is_bigendian
uint8[] events
{"=" * 80}
MSG: std_msgs/Header
builtin_interfaces/Time stamp
string frame_id
{"=" * 80}
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec
"""
"""The type and those it is made of, as bags carry them ("ros2msg")."""

ENCODING = "evt3"

_ENCAPSULATION = bytes([0, 1, 0, 0])  # little-endian CDR
_STAMP = Struct("<iI")
_SIZES = Struct("<II")
_NUMBERS = Struct("<QQ")
_U32 = Struct("<I")


class EventPacketHead:
    """Makes what stands before the events of each message of one topic."""

    def __init__(self, *, frame_id: str, width: int, height: int) -> None:
        """Set what is the same in every message."""
        frame = _string(frame_id)
        self._frame = frame + bytes(-len(frame) % 4) + _SIZES.pack(height, width)
        self._gap = bytes(-(_STAMP.size + len(self._frame)) % 8)
        encoding = _string(ENCODING) + b"\0"  # is_bigendian
        self._encoding = encoding + bytes(-len(encoding) % 4)

    def make(self, *, seq: int, time_ns: int, size_bytes: int) -> bytes:
        """Give the bytes in front of `size_bytes` of events whose time base and stamp are `time_ns`."""
        stamp = _STAMP.pack(*divmod(time_ns, 10**9))
        numbers = _NUMBERS.pack(seq, time_ns)
        return b"".join((_ENCAPSULATION, stamp, self._frame, self._gap, numbers, self._encoding, _U32.pack(size_bytes)))


def _string(text: str) -> bytes:
    data = text.encode() + b"\0"
    return _U32.pack(len(data)) + data
