"""Tensors from messages, answers and readings to messages."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from aestream_msgs.msg import NetworkActivity, Prediction, Tensor
from std_msgs.msg import Header

from aestream_core.errors import FormatError
from aestream_gpu.windows import Window
from aestream_ros.conversions import stamp_ns
from aestream_snn.online.inside import Inside
from aestream_snn.online.runner import Answer


def window_of(message: Tensor) -> Window:
    """Make a window of a message, on the CPU. Copies the data once: torch wants memory that may be written.

    Its arrival is the message's stamp, which the accumulator sets when the tensor is ready.

    Raises:
        FormatError: it is no (C, H, W) float32 tensor, or has not as many bytes as that takes.
    """
    shape = tuple(int(side) for side in message.shape)
    if message.layout != "CHW" or message.dtype != Tensor.FLOAT32 or len(shape) != 3:
        raise FormatError(
            f"a tensor has layout {message.layout!r}, dtype {message.dtype}; only CHW float32 is understood"
        )
    if len(message.data) != 4 * math.prod(shape):
        raise FormatError(
            f"a tensor of shape {shape} has {len(message.data)} bytes; it must have {4 * math.prod(shape)}"
        )
    data = np.frombuffer(message.data, np.float32).reshape(shape).copy()
    return Window(
        torch.from_numpy(data),
        tuple(message.channels),
        int(message.t_start_us),
        int(message.t_end_us),
        int(message.event_count),
        stamp_ns(message.header.stamp),
    )


def prediction_message(
    answer: Answer, *, seq: int, header: Header, model: str, labels: Sequence[str], latency_ms: float
) -> Prediction:
    """Make the message: scores are probabilities."""
    return Prediction(
        header=header,
        seq=seq,
        model=model,
        labels=list(labels),
        scores=answer.scores.tolist(),
        normalized=True,
        best=answer.best,
        t_us=answer.t_us,
        event_count=answer.event_count,
        latency_ms=max(latency_ms, 0.0),
    )


def activity_message(inside: Inside, *, seq: int, header: Header, model: str, t_us: int) -> NetworkActivity:
    """Make the message: rates and operations are those of a second."""
    layers = inside.layers
    return NetworkActivity(
        header=header,
        seq=seq,
        model=model,
        t_us=t_us,
        steps=inside.steps,
        every=inside.every,
        step_us=inside.step_us,
        layers=list(inside.names),
        rate=[layer.rate * inside.per_s for layer in layers],
        density=[layer.density for layer in layers],
        dead=[layer.dead for layer in layers],
        saturated=[layer.saturated for layer in layers],
        synops=[layer.synops * inside.per_s for layer in layers],
        v_min=[layer.lowest for layer in layers],
        v_max=[layer.highest for layer in layers],
        int16=[layer.int16 for layer in layers],
    )
