"""Records as Triton kernels read them: 8 bytes an event, from one 64-bit word."""

import triton
import triton.language as tl

BLOCK = 1024
"""Events that one program handles."""


@triton.jit  # type: ignore[untyped-decorator]
def load_events(words, size, width, height, block: tl.constexpr):  # type: ignore[no-untyped-def]
    """Load one program's events: time, pixel, polarity, whether it is there, whether it lies on the sensor."""
    at = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)
    there = at < size
    word = tl.load(words + at, mask=there, other=0)
    t = word & 0xFFFFFFFF
    x = (word >> 32) & 0xFFFF
    y = (word >> 48) & 0x7FFF
    on = (word >> 63) & 1
    return at, t, y * width + x, on, there, there & (x < width) & (y < height)


@triton.jit  # type: ignore[untyped-decorator]
def count_outside(invalid, there, inside):  # type: ignore[no-untyped-def]
    """Add this program's events outside the sensor to a counter."""
    outside = tl.sum((there & (inside == 0)).to(tl.int32), axis=0)
    tl.atomic_add(invalid, outside, mask=outside > 0)
