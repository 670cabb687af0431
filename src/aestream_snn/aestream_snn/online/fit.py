"""Tensors of a sensor of any size as a model was trained to see them."""

import torch
from torch import Tensor
from torch.nn import functional

from aestream_core.errors import InvalidArgumentError


def fit(tensor: Tensor, shape: tuple[int, int, int], *, shrink: int) -> Tensor:
    """Sum pixels into the model's cells: the largest centred part of the sensor in which all cells are equal squares.

    Where a cell has another number of pixels than in training, counts are scaled by the ratio of the numbers. Pixels as
    large as a cell are cells already, of a filter such as `downsample:4`, and taken as they are.

    Args:
        tensor: (C, H, W) float32 counts.
        shape: what the model takes: (C, h, w).
        shrink: pixels along the side of a cell in training.

    Returns:
        (1, C, h, w) float32 on the tensor's device; where pixels are cells a view.

    Raises:
        InvalidArgumentError: the tensor has other channels, or fewer pixels than the model has cells.
    """
    channels, height, width = tensor.shape
    side = min(height // shape[1], width // shape[2])
    if channels != shape[0] or side < 1:
        size = f"{channels} channels of {width} x {height} px"
        raise InvalidArgumentError(
            f"tensors have {size}; this model takes {shape[0]} channels of {shape[2]} x {shape[1]} cells or more "
            "pixels: the accumulator's surface must be 'count', and the sensor large enough"
        )
    top, left = (height - side * shape[1]) // 2, (width - side * shape[2]) // 2
    part = tensor[None, :, top : top + side * shape[1], left : left + side * shape[2]]
    if side == 1:
        return part
    sums: torch.Tensor = functional.avg_pool2d(part, side)
    return sums * float(shrink**2)
