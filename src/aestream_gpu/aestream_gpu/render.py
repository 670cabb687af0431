"""Count tensors as pictures for people."""

import numpy as np
import numpy.typing as npt
import torch

BACKGROUND = (12, 14, 20)
ON_COLOUR = (92, 200, 255)
OFF_COLOUR = (255, 112, 67)

_LEVELS = 16
"""Counts that look different; more events in one pixel and window look like the last."""


def _palette() -> npt.NDArray[np.uint8]:
    """Give the colour of every pair of counts, (_LEVELS * _LEVELS, 3): one event is half the full colour."""
    weight = (1 - np.exp2(-np.arange(_LEVELS, dtype=np.float32)))[:, None]
    background, on, off = (np.array(colour, np.float32) for colour in (BACKGROUND, ON_COLOUR, OFF_COLOUR))
    towards_off, towards_on = weight * (off - background), weight * (on - background)
    colours = background + towards_off[:, None] + towards_on[None, :]
    palette: npt.NDArray[np.uint8] = np.clip(colours, 0, 255).astype(np.uint8).reshape(-1, 3)
    return palette


_PALETTE = _palette()


def render_counts(counts: torch.Tensor) -> npt.NDArray[np.uint8]:
    """Paint counts: on events blue, off events orange, on near-black; more events, more colour.

    Args:
        counts: (2, H, W) float32, channels off and on, any device.

    Returns:
        (H, W, 3) uint8 RGB on the CPU. From a GPU only one byte a pixel is copied.
    """
    if counts.device.type == "cpu":
        off, on = (np.minimum(channel, _LEVELS - 1).astype(np.uint8) for channel in counts.numpy())
        pairs = off * np.uint8(_LEVELS) + on
    else:
        levels = counts.clamp_max(_LEVELS - 1).to(torch.uint8)
        pairs = (levels[0] * _LEVELS + levels[1]).cpu().numpy()
    picture: npt.NDArray[np.uint8] = np.take(_PALETTE, pairs, axis=0)
    return picture
