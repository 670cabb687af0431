"""The count surface on a GPU: one Triton kernel that reads the 8-byte records as they are."""

import torch
import triton
import triton.language as tl

BLOCK = 1024


@triton.jit  # type: ignore[untyped-decorator]
def _count_kernel(words, frame, invalid, size, width, height, block: tl.constexpr):  # type: ignore[no-untyped-def]
    at = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)
    inside = at < size
    word = tl.load(words + at, mask=inside, other=0)
    x = (word >> 32) & 0xFFFF
    y = (word >> 48) & 0x7FFF
    polarity = (word >> 63) & 1
    on_sensor = (x < width) & (y < height)
    cell = (polarity * height + y) * width + x
    tl.atomic_add(frame + cell, 1.0, mask=inside & on_sensor)
    outside = tl.sum((inside & (on_sensor == 0)).to(tl.int32), axis=0)
    tl.atomic_add(invalid, outside, mask=outside > 0)


def count_triton(words: torch.Tensor, frame: torch.Tensor, invalid: torch.Tensor) -> None:
    """Add 1 to frame[polarity, y, x] for every event.

    Args:
        words: (N,) int64 event records, any N from 0, on the device of `frame`.
        frame: (2, H, W) float32, contiguous; added to in place.
        invalid: (1,) int32; the number of events outside the frame is added to it.
    """
    size = words.numel()
    if size == 0:
        return
    _, height, width = frame.shape
    _count_kernel[(triton.cdiv(size, BLOCK),)](words, frame, invalid, size, width, height, block=BLOCK)
