"""The count surface on a GPU: one Triton kernel that reads the 8-byte records as they are."""

import torch
import triton
import triton.language as tl

from aestream_gpu.surfaces.records_triton import BLOCK, count_outside, load_events


@triton.jit  # type: ignore[untyped-decorator]
def _count_kernel(words, frame, invalid, size, width, height, block: tl.constexpr):  # type: ignore[no-untyped-def]
    _, _, pixel, on, there, inside = load_events(words, size, width, height, block)
    tl.atomic_add(frame + on * height * width + pixel, 1.0, mask=inside, sem="relaxed")
    count_outside(invalid, there, inside)


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
