"""Count tensors as pictures for people."""

import numpy as np
import numpy.typing as npt
import torch

BACKGROUND = (12, 14, 20)
ON_COLOUR = (92, 200, 255)
OFF_COLOUR = (255, 112, 67)
_HALF_AT_EVENTS = 1.0
"""Events in one pixel and window that give half the full colour."""


def render_counts(counts: torch.Tensor) -> npt.NDArray[np.uint8]:
    """Paint counts: on events blue, off events orange, on near-black; more events, more colour.

    Args:
        counts: (2, H, W) float32, channels off and on, any device.

    Returns:
        (H, W, 3) uint8 RGB on the CPU.
    """
    weight = 1 - torch.exp2(-counts / _HALF_AT_EVENTS)
    background = torch.tensor(BACKGROUND, dtype=torch.float32, device=counts.device)
    picture = background.expand(*counts.shape[1:], 3)
    for channel, colour in ((0, OFF_COLOUR), (1, ON_COLOUR)):
        towards = torch.tensor(colour, dtype=torch.float32, device=counts.device) - background
        picture = picture + weight[channel].unsqueeze(-1) * towards
    return picture.clamp_(0, 255).to(torch.uint8).cpu().numpy()
