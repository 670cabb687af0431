"""Messages to what the watcher keeps."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from aestream_msgs.msg import StreamStatus
from builtin_interfaces.msg import Time
from numpy.typing import NDArray
from sensor_msgs.msg import Image

from aestream.watch.model import Frame, StatusReading
from aestream_core.errors import InvalidArgumentError, UnknownNameError

# Channels of each encoding in the order red, green, blue: their places in a pixel.
ENCODINGS: dict[str, tuple[int, ...]] = {"rgb8": (0, 1, 2), "bgr8": (2, 1, 0), "mono8": (0,)}
_STATUS_FIELDS = [f.name for f in fields(StatusReading) if f.name not in ("node", "received_s", "stamp_s")]


def to_reading(message: StreamStatus, *, node: str, received_s: float) -> StatusReading:
    """Return a status message as a reading; the fields have the same names."""
    values = {name: getattr(message, name) for name in _STATUS_FIELDS}
    return StatusReading(node=node, received_s=received_s, stamp_s=_seconds(message.header.stamp), **values)


def to_frame(message: Image, *, topic: str, received_s: float) -> Frame:
    """Return an image message as a frame; the pixels of an rgb8 image are a view of the message.

    Raises:
        UnknownNameError: The encoding is not one of `ENCODINGS`.
        InvalidArgumentError: The data are shorter than height and step say.
    """
    if message.encoding not in ENCODINGS:
        raise UnknownNameError("image encoding", message.encoding, tuple(ENCODINGS))
    return Frame(topic=topic, received_s=received_s, rgb=_pixels(message, ENCODINGS[message.encoding]))


def _pixels(message: Image, places: tuple[int, ...]) -> NDArray[np.uint8]:
    channels, row_bytes = len(places), message.width * len(places)
    if message.step < row_bytes or len(message.data) < message.height * message.step:
        raise InvalidArgumentError(
            f"image of {message.width} x {message.height} pixels, {message.encoding}, step {message.step} bytes, "
            f"came with {len(message.data)} bytes of data"
        )
    flat: NDArray[np.uint8] = np.frombuffer(message.data, np.uint8, count=message.height * message.step)
    rows = flat.reshape(message.height, message.step)[:, :row_bytes]
    pixels = rows.reshape(message.height, message.width, channels)
    if channels == 1:
        return np.repeat(pixels, 3, axis=2)
    return pixels if places == (0, 1, 2) else pixels[:, :, list(places)]


def _seconds(stamp: Time) -> float:
    return float(stamp.sec + stamp.nanosec * 1e-9)
