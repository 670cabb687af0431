"""First values of the embedding in which neighbours on the sensor are alike."""

import math

import torch


@torch.no_grad()
def begin_alike(weight: torch.Tensor, columns: int, rows: int, *, distance: float) -> None:
    """Fill the embedding with random waves over the sensor, of the variance that it had: 1 / width.

    What is learned at one place then holds for its neighbours from the start. The waves are random Fourier features
    of a Gaussian kernel (Rahimi and Recht 2007), drawn anew for each polarity.

    Args:
        weight: (tokens, width), filled in place; token p W H + x H + y, or x for sound.
        columns: of the sensor, in cells.
        rows: of the sensor, in cells; 1 for sound.
        distance: cells over which tokens are alike.
    """
    planes, width = len(weight) // (columns * rows), weight.shape[1]
    x, y = torch.arange(columns).repeat_interleave(rows), torch.arange(rows).repeat(columns)
    for plane in weight.view(planes, columns * rows, width):
        turns = torch.randn(2, width) / distance
        phases = 2 * math.pi * torch.rand(width)
        plane.copy_(torch.cos(x[:, None] * turns[0] + y[:, None] * turns[1] + phases) * math.sqrt(2 / width))
