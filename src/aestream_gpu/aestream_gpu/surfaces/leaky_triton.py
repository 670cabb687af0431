"""Leaky accumulation on a GPU: one Triton kernel that decays and adds at once."""

import torch
import triton
import triton.language as tl

from aestream_gpu.surfaces.records_triton import BLOCK, count_outside, load_events


@triton.jit  # type: ignore[untyped-decorator]
def _leak_kernel(words, frame, invalid, size, width, height, end, rate, block: tl.constexpr):  # type: ignore[no-untyped-def]
    _, t, pixel, on, there, inside = load_events(words, size, width, height, block)
    age = tl.maximum(end - t, 0).to(tl.float32)
    tl.atomic_add(frame + on * height * width + pixel, tl.exp(-age * rate), mask=inside, sem="relaxed")
    count_outside(invalid, there, inside)


def leak_triton(words: torch.Tensor, frame: torch.Tensor, invalid: torch.Tensor, *, end: int, tau_us: float) -> None:
    """Add exp(-(end - t) / tau) to frame[polarity, y, x] for every event.

    Args:
        words: (N,) int64 event records, N of 1 or more, on the device of `frame`.
        frame: (2, H, W) float32, contiguous; added to in place.
        invalid: (1,) int32; the number of events outside the sensor is added to it.
        end: the window's end in µs from the packet's t0_us.
        tau_us: time in which a pixel leaks to 1/e.
    """
    _, height, width = frame.shape
    size = words.numel()
    _leak_kernel[(triton.cdiv(size, BLOCK),)](
        words, frame, invalid, size, width, height, end, 1.0 / tau_us, block=BLOCK
    )
