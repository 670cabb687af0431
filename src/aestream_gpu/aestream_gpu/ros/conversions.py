"""Windows to messages."""

import numpy as np
from aestream_msgs.msg import Tensor
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from aestream_gpu.render import render
from aestream_gpu.windows import Window
from aestream_ros.conversions import assign_bytes


def tensor_message(window: Window, *, seq: int, header: Header) -> Tensor:
    """Make the message for machines. Copies the tensor to main memory where it lies on a GPU, else references it."""
    message = Tensor(
        header=header,
        seq=seq,
        layout="CHW",
        channels=list(window.channels),
        dtype=Tensor.FLOAT32,
        shape=list(window.tensor.shape),
        t_start_us=window.start_us,
        t_end_us=window.end_us,
        event_count=window.event_count,
        device=str(window.tensor.device),
    )
    assign_bytes(message, "data", window.tensor.cpu().numpy().reshape(-1).view(np.uint8))
    return message


def image_message(window: Window, *, header: Header, colour_map: str = "polarity") -> Image:
    """Make the picture for people, rgb8."""
    picture = render(window.tensor, window.channels, values=window.values, colour_map=colour_map)
    height, width, _ = picture.shape
    message = Image(header=header, height=height, width=width, encoding="rgb8", is_bigendian=0, step=3 * width)
    assign_bytes(message, "data", picture.reshape(-1))
    return message
