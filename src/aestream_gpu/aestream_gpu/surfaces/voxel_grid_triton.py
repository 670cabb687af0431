"""Voxel grids on a GPU: one Triton kernel, two additions an event."""

import torch
import triton
import triton.language as tl

from aestream_gpu.surfaces.records_triton import BLOCK, count_outside, load_events


@triton.jit  # type: ignore[untyped-decorator]
def _voxel_kernel(  # type: ignore[no-untyped-def]
    words,
    frame,
    invalid,
    size,
    width,
    height,
    start,
    length,
    per_us,
    bins,
    signed: tl.constexpr,
    timed: tl.constexpr,
    block: tl.constexpr,
):
    _, t, pixel, on, there, inside = load_events(words, size, width, height, block)
    since = tl.minimum(tl.maximum(t - start, 0), length).to(tl.float32)
    time = tl.minimum(since * per_us, 1.0)
    place = time * (bins - 1)
    b = place.to(tl.int64)
    behind = place - b.to(tl.float32)
    weight = time if timed else tl.full([block], 1.0, tl.float32)
    if signed:
        weight = tl.where(on == 1, weight, -weight)
        plane = b
    else:
        plane = on * bins + b
    at = frame + plane * height * width + pixel
    tl.atomic_add(at, weight * (1.0 - behind), mask=inside, sem="relaxed")
    tl.atomic_add(at + height * width, weight * behind, mask=inside & (b < bins - 1), sem="relaxed")
    count_outside(invalid, there, inside)


def voxels_triton(
    words: torch.Tensor,
    frame: torch.Tensor,
    invalid: torch.Tensor,
    *,
    start: int,
    length: int,
    signed: bool,
    timed: bool,
) -> None:
    """Share every event between two bins.

    Args:
        words: (N,) int64 event records, N of 1 or more, on the device of `frame`.
        frame: (2 * bins, H, W) float32, or (bins, H, W) where `signed`; contiguous, added to in place.
        invalid: (1,) int32; the number of events outside the sensor is added to it.
        start: the window's start in µs from the packet's t0_us.
        length: the window's length in µs.
        signed: whether off events subtract.
        timed: whether an event adds its time within the window, 0 to 1, instead of 1.
    """
    planes, height, width = frame.shape
    size = words.numel()
    _voxel_kernel[(triton.cdiv(size, BLOCK),)](
        words,
        frame,
        invalid,
        size,
        width,
        height,
        start,
        length,
        1.0 / length,
        planes if signed else planes // 2,
        signed=signed,
        timed=timed,
        block=BLOCK,
    )
