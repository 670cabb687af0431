"""Stacked frames on a GPU: one Triton kernel."""

import torch
import triton
import triton.language as tl

from aestream_gpu.surfaces.records_triton import BLOCK, count_outside, load_events


@triton.jit  # type: ignore[untyped-decorator]
def _stack_kernel(  # type: ignore[no-untyped-def]
    words, frame, invalid, size, width, height, start, length, frames, by_count: tl.constexpr, block: tl.constexpr
):
    at, t, pixel, on, there, inside = load_events(words, size, width, height, block)
    value = at if by_count else t
    since = tl.minimum(tl.maximum(value - start, 0), length - 1)
    plane = on * frames + since * frames // length
    tl.atomic_add(frame + plane * height * width + pixel, 1.0, mask=inside, sem="relaxed")
    count_outside(invalid, there, inside)


def stack_triton(
    words: torch.Tensor, frame: torch.Tensor, invalid: torch.Tensor, *, start: int, length: int, by_count: bool
) -> None:
    """Add 1 to frame[polarity, k, y, x] for every event of the k-th part.

    Args:
        words: (N,) int64 event records, N of 1 or more, on the device of `frame`.
        frame: (2 * frames, H, W) float32, contiguous; added to in place.
        invalid: (1,) int32; the number of events outside the sensor is added to it.
        start: first time or rank of the first part, from the packet's t0_us or first event.
        length: of all parts together, in µs or events.
        by_count: whether parts are cut by rank.
    """
    planes, height, width = frame.shape
    size = words.numel()
    _stack_kernel[(triton.cdiv(size, BLOCK),)](
        words, frame, invalid, size, width, height, start, length, planes // 2, by_count=by_count, block=BLOCK
    )
