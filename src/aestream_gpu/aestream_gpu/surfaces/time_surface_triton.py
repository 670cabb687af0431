"""The time surface on a GPU: one kernel that notes times, one that turns them into values."""

import torch
import triton
import triton.language as tl

from aestream_gpu.surfaces.records_triton import BLOCK, count_outside, load_events
from aestream_gpu.surfaces.stamps import NEVER


@triton.jit  # type: ignore[untyped-decorator]
def stamps_of(t, offset):  # type: ignore[no-untyped-def]
    """Give times as stamps, held within what 32 bits reach."""
    return tl.minimum(tl.maximum(t + offset, -2147483647), 2147483647).to(tl.int32)


@triton.jit  # type: ignore[untyped-decorator]
def _stamp_kernel(words, stamps, invalid, size, width, height, offset, block: tl.constexpr):  # type: ignore[no-untyped-def]
    _, t, pixel, on, there, inside = load_events(words, size, width, height, block)
    tl.atomic_max(stamps + on * height * width + pixel, stamps_of(t, offset), mask=inside, sem="relaxed")
    count_outside(invalid, there, inside)


@triton.jit  # type: ignore[untyped-decorator]
def _decay_kernel(stamps, out, size, now, rate, never: tl.constexpr, linear: tl.constexpr, block: tl.constexpr):  # type: ignore[no-untyped-def]
    at = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)
    stamp = tl.load(stamps + at, mask=at < size, other=never)
    age = tl.maximum(now - stamp.to(tl.int64), 0).to(tl.float32) * rate
    value = tl.maximum(1.0 - age, 0.0) if linear else tl.exp(-age)
    tl.store(out + at, tl.where(stamp == never, 0.0, value), mask=at < size)


def stamp_triton(words: torch.Tensor, stamps: torch.Tensor, invalid: torch.Tensor, *, offset: int) -> None:
    """Keep the largest of a cell's stamp and `offset` + t, for every event.

    Args:
        words: (N,) int64 event records, N of 1 or more, on the device of `stamps`.
        stamps: (2, H, W) int32, contiguous; changed in place.
        invalid: (1,) int32; the number of events outside the sensor is added to it.
        offset: how far the packet's t0_us lies behind the stamps' base, in µs.
    """
    _, height, width = stamps.shape
    grid = (triton.cdiv(words.numel(), BLOCK),)
    _stamp_kernel[grid](words, stamps, invalid, words.numel(), width, height, offset, block=BLOCK)


def decay_triton(stamps: torch.Tensor, *, now: int, tau_us: float, linear: bool) -> torch.Tensor:
    """Turn stamps into float32 values of the same shape: exp(-age / tau), or max(0, 1 - age / tau)."""
    out = torch.empty(stamps.shape, device=stamps.device)
    size = stamps.numel()
    _decay_kernel[(triton.cdiv(size, BLOCK),)](
        stamps, out, size, now, 1.0 / tau_us, never=NEVER, linear=linear, block=BLOCK
    )
    return out
