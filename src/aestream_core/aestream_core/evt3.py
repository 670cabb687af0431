"""EVT3, the event words of Prophesee sensors, as messages carry them: bytes to packets and back."""

from array import array

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.events import Events, check_sensor


class Evt3Decoder:
    """Decodes a stream of EVT3 bytes, cut anywhere. State is kept between calls; `reset` forgets it."""

    def __init__(self, *, width: int, height: int) -> None:
        """Make a decoder for one sensor; events outside it are dropped and counted.

        Args:
            width: sensor width in pixels.
            height: sensor height in pixels.

        Raises:
            InvalidArgumentError: width or height is not within 1 to 32767.
        """
        check_sensor(width, height)
        self._decoder = _core.Evt3Decoder(width, height)

    def decode(
        self, data: "bytes | bytearray | memoryview | array[int] | npt.NDArray[np.uint8]", *, near_us: int | None = None
    ) -> list[Events]:
        """Decode bytes; the interpreter lock is free meanwhile.

        Args:
            data: any contiguous buffer.
            near_us: sensor time in µs near which the first time word of `data` lies: its 24-bit clock wraps every
                16.8 s, and this says how often it has. None to count on from the call before.

        Returns:
            Packets in stream order: one, none where there are no events, more only where times lie over 2^32 µs apart.

        Raises:
            InvalidArgumentError: the bytes do not lie in one contiguous block.
        """
        return [Events(packet) for packet in self._decoder.decode(data, near_us)]

    def reset(self) -> None:
        """Forget the stream, as when its clock jumps back: events before its next time word are skipped."""
        self._decoder.reset()

    def counters(self) -> dict[str, int]:
        """Count what was not delivered: `outside_sensor`, `triggers`, `skipped_words`, `unknown_words`."""
        return self._decoder.counters()


def encode_evt3(events: Events) -> npt.NDArray[np.uint8]:
    """Encode a packet; the result decodes on its own.

    Order is kept exactly, and times modulo the 24-bit clock: give `events.first_us` as `near_us` to the decoder.

    Args:
        events: a packet; coordinates up to 2047.

    Returns:
        (N,) uint8, memory of the buffer pool.

    Raises:
        InvalidArgumentError: a coordinate is above 2047, or time steps back by more than EVT3 can express.
    """
    return _core.encode_evt3(events._packet)
