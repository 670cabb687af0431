"""Time-ordered recent events on a GPU: a chain of atomic maxima keeps each cell's newest times in order."""

import math

import torch
import triton
import triton.language as tl

from aestream_gpu.surfaces.records_triton import BLOCK, count_outside, load_events
from aestream_gpu.surfaces.stamps import NEVER
from aestream_gpu.surfaces.time_surface_triton import stamps_of


# Each slot keeps the largest time that ever came to it and passes the smaller of the two on. Nothing is lost on the
# way, in whatever order programs run: the first slot ends with the newest of all, the second with the newest of the
# rest.
@triton.jit  # type: ignore[untyped-decorator]
def _remember_kernel(  # type: ignore[no-untyped-def]
    words, stamps, invalid, size, width, height, offset, depth: tl.constexpr, block: tl.constexpr
):
    _, t, pixel, on, there, inside = load_events(words, size, width, height, block)
    slots = stamps + (on * height * width + pixel) * depth
    passed = stamps_of(t, offset)
    for k in tl.static_range(depth):
        before = tl.atomic_max(slots + k, passed, mask=inside, sem="relaxed")
        passed = tl.minimum(before, passed)
    count_outside(invalid, there, inside)


@triton.jit  # type: ignore[untyped-decorator]
def _recency_kernel(  # type: ignore[no-untyped-def]
    stamps, out, size, plane, now, low, high, top, scale, never: tl.constexpr, depth: tl.constexpr, block: tl.constexpr
):
    at = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)
    there = at < size
    stamp = tl.load(stamps + at, mask=there, other=never)
    age = tl.minimum(tl.maximum(now - stamp.to(tl.int64), low), high).to(tl.float32)
    value = tl.where(stamp == never, 0.0, (top - tl.log(age + 1.0)) * scale)
    cell = at // depth
    on = cell // plane
    tl.store(out + (on * depth + at % depth) * plane + cell % plane, value, mask=there)


def remember_triton(words: torch.Tensor, stamps: torch.Tensor, invalid: torch.Tensor, *, offset: int) -> None:
    """Keep the largest stamps of each cell, newest first.

    Args:
        words: (N,) int64 event records, N of 1 or more, on the device of `stamps`.
        stamps: (2, H, W, depth) int32, contiguous; changed in place.
        invalid: (1,) int32; the number of events outside the sensor is added to it.
        offset: how far the packet's t0_us lies behind the stamps' base, in µs.
    """
    _, height, width, depth = stamps.shape
    size = words.numel()
    _remember_kernel[(triton.cdiv(size, BLOCK),)](
        words, stamps, invalid, size, width, height, offset, depth=depth, block=BLOCK
    )


def recency_triton(stamps: torch.Tensor, out: torch.Tensor, *, now: int, low_us: int, high_us: int) -> None:
    """Turn stamps (2, H, W, depth) into values (2 * depth, H, W)."""
    _, height, width, depth = stamps.shape
    top = math.log1p(high_us)
    scale = 1.0 / (top - math.log1p(low_us))
    size = stamps.numel()
    _recency_kernel[(triton.cdiv(size, BLOCK),)](
        stamps, out, size, height * width, now, low_us, high_us, top, scale, never=NEVER, depth=depth, block=BLOCK
    )
