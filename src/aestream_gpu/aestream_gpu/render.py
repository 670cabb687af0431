"""Tensors of surfaces as pictures for people."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class ColourMap:
    """Three colours, RGB; where both polarities were active their colours add."""

    background: Colour
    off: Colour
    on: Colour


COLOUR_MAPS = {
    "polarity": ColourMap((12, 14, 20), off=(255, 112, 67), on=(92, 200, 255)),
    "paper": ColourMap((255, 255, 255), off=(214, 40, 57), on=(29, 78, 216)),
    "gray": ColourMap((128, 128, 128), off=(0, 0, 0), on=(255, 255, 255)),
}
BACKGROUND, OFF_COLOUR, ON_COLOUR = (
    COLOUR_MAPS["polarity"].background,
    COLOUR_MAPS["polarity"].off,
    COLOUR_MAPS["polarity"].on,
)

_LEVELS = 64
_LEVELS_A_COUNT = 4
"""Counts look different in quarters up to 16; more events in one pixel and window look like the last."""


@functools.cache
def _palette(name: str, values: str) -> npt.NDArray[np.uint8]:
    """Give the colour of every pair of levels, (_LEVELS * _LEVELS, 3): of counts, one event is half the full colour."""
    levels = np.arange(_LEVELS, dtype=np.float32)
    weight = (levels / (_LEVELS - 1) if values == "shares" else 1 - np.exp2(-levels / _LEVELS_A_COUNT))[:, None]
    chosen = COLOUR_MAPS[name]
    background, on, off = (np.array(colour, np.float32) for colour in (chosen.background, chosen.on, chosen.off))
    colours = background + (weight * (off - background))[:, None] + (weight * (on - background))[None, :]
    palette: npt.NDArray[np.uint8] = np.clip(colours, 0, 255).astype(np.uint8).reshape(-1, 3)
    return palette


def render(
    tensor: torch.Tensor, channels: Sequence[str], *, values: str = "counts", colour_map: str = "polarity"
) -> npt.NDArray[np.uint8]:
    """Paint a surface: the planes of each polarity become one, and its colour grows with the value.

    Args:
        tensor: (C, H, W) float32, any device.
        channels: its channels' names; those of off events start with `off`, those of on events with `on`, others have
            a sign.
        values: "counts" (0 and more; planes add up) or "shares" (0 to 1; the largest plane counts).
        colour_map: a name in `COLOUR_MAPS`.

    Returns:
        (H, W, 3) uint8 RGB on the CPU. From a GPU only two bytes a pixel are copied.
    """
    off, on = _polarities(tensor, channels, values)
    scale = _LEVELS - 1 if values == "shares" else _LEVELS_A_COUNT
    pairs = _levels(off, scale).astype(np.uint16) * np.uint16(_LEVELS) + _levels(on, scale)
    picture: npt.NDArray[np.uint8] = np.take(_palette(colour_map, values), pairs, axis=0)
    return picture


def render_counts(counts: torch.Tensor) -> npt.NDArray[np.uint8]:
    """Paint counts (2, H, W), channels off and on: on events blue, off events orange, on near-black."""
    return render(counts, ("off", "on"))


def _polarities(tensor: torch.Tensor, channels: Sequence[str], values: str) -> tuple[torch.Tensor, torch.Tensor]:
    def joined(planes: list[int]) -> torch.Tensor:
        if len(planes) == 1:
            return tensor[planes[0]]
        return tensor[planes].amax(0) if values == "shares" else tensor[planes].sum(0)

    off = [at for at, name in enumerate(channels) if name.startswith("off")]
    on = [at for at, name in enumerate(channels) if name.startswith("on")]
    if off and on:
        return joined(off), joined(on)
    total = joined(list(range(len(channels))))
    return -total, total


def _levels(plane: torch.Tensor, scale: float) -> npt.NDArray[np.uint8]:
    if plane.device.type == "cpu":  # not torch's: it would wake all its threads for so little
        levels: npt.NDArray[np.uint8] = np.clip(plane.numpy() * np.float32(scale), 0, _LEVELS - 1).astype(np.uint8)
        return levels
    on_gpu: npt.NDArray[np.uint8] = (plane * scale).clamp(0, _LEVELS - 1).to(torch.uint8).cpu().numpy()
    return on_gpu
