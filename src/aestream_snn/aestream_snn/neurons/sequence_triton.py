"""Neurons over all steps on a GPU: the membranes stay in registers, forward and backward, and windows are summed.

One program holds the neurons of a block of pooled cells. The backward goes over the steps once, from the end, with what
the forward kept: the membranes before spikes, from which spikes, surrogate and clamp follow. A kernel for each pass in
place of one for each step is the idea of EXODUS (Bauer, Lenz, Haghighatshoar and Sheik 2023,
doi:10.3389/fnins.2023.1110444).
"""

from typing import Any

import torch
import triton
import triton.language as tl

TILE = 1024
"""Neurons of one program."""

LAUNCH = {"enable_fp_fusion": False}
"""Spikes are decided by the same rounding as on the CPU."""


@triton.jit  # type: ignore[untyped-decorator]
def _places(batch, height, width, channels, pool: tl.constexpr, block: tl.constexpr, window: tl.constexpr):  # type: ignore[no-untyped-def] # fmt: skip
    """Give where neurons and cells of a program lie in a step, and which of them there are.

    Incomplete windows at the border have neurons too, and no cell.
    """
    columns, rows = (width + pool - 1) // pool, (height + pool - 1) // pool
    cell = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)
    channel, x, y = cell % channels, cell // channels % columns, cell // channels // columns % rows
    sample = cell // channels // columns // rows
    inside = tl.arange(0, window)
    row, column = (y * pool)[:, None] + (inside // pool)[None, :], (x * pool)[:, None] + (inside % pool)[None, :]
    neuron = ((sample[:, None] * height + row) * width + column) * channels + channel[:, None]
    there = (sample < batch)[:, None] & (inside < pool * pool)[None, :] & (row < height) & (column < width)
    pooled_width, pooled_height = width // pool, height // pool
    pooled = ((sample * pooled_height + y) * pooled_width + x) * channels + channel
    return neuron, there, pooled, (sample < batch) & (y < pooled_height) & (x < pooled_width)


@triton.jit  # type: ignore[untyped-decorator]
def _fired(v, threshold: tl.constexpr, multi: tl.constexpr):  # type: ignore[no-untyped-def]
    if multi:
        return tl.floor(tl.maximum(v, 0.0) * (1 / threshold))
    return tl.where(v >= threshold, v * 0 + 1, v * 0)


@triton.jit  # type: ignore[untyped-decorator]
def _reset(v, fired, threshold: tl.constexpr, subtract: tl.constexpr):  # type: ignore[no-untyped-def]
    if subtract:
        return v - fired * threshold
    return tl.where(fired > 0, v * 0, v)


@triton.jit  # type: ignore[untyped-decorator]
def _slope(v, threshold: tl.constexpr, multi: tl.constexpr, surrogate: tl.constexpr, width: tl.constexpr):  # type: ignore[no-untyped-def] # fmt: skip
    """Give the surrogate: 1 at the nearest spike, less beside it."""
    if multi:
        nearest = tl.maximum(tl.floor(tl.maximum(v, 0.0) * (1 / threshold) + 0.5), 1.0)
        reach = tl.abs(v - nearest * threshold) * (1 / width)
    else:
        reach = tl.abs(v - threshold) * (1 / width)
    if surrogate == 0:
        return tl.exp(-reach)
    if surrogate == 1:
        return tl.maximum(1 - reach, 0.0)
    return 1 / ((1 + reach) * (1 + reach))


@triton.jit  # type: ignore[untyped-decorator]
def _forward_kernel(current, v_start, v_pre, v_end, sums, steps, batch, height, width, channels, size, pooled_size, threshold: tl.constexpr, min_v: tl.constexpr, decay: tl.constexpr, gain: tl.constexpr, multi: tl.constexpr, subtract: tl.constexpr, bounded: tl.constexpr, keep: tl.constexpr, pool: tl.constexpr, block: tl.constexpr, window: tl.constexpr):  # type: ignore[no-untyped-def] # fmt: skip # noqa: E501
    neuron, there, pooled, whole = _places(batch, height, width, channels, pool, block, window)
    v = tl.load(v_start + neuron, mask=there, other=0.0)
    for _ in range(steps):
        v = decay * v + gain * tl.load(current + neuron, mask=there, other=0.0)
        fired = _fired(v, threshold, multi)
        if keep:
            tl.store(v_pre + neuron, v, mask=there)
        v = _reset(v, fired, threshold, subtract)
        if bounded:
            v = tl.maximum(v, min_v)
        tl.store(sums + pooled, tl.sum(fired, axis=1), mask=whole)
        current += size
        v_pre += size
        sums += pooled_size
    tl.store(v_end + neuron, v, mask=there)


@triton.jit  # type: ignore[untyped-decorator]
def _backward_kernel(v_pre, sums_grad, end_grad, current_grad, start_grad, last, last_pooled, steps, batch, height, width, channels, size, pooled_size, threshold: tl.constexpr, min_v: tl.constexpr, decay: tl.constexpr, gain: tl.constexpr, multi: tl.constexpr, subtract: tl.constexpr, bounded: tl.constexpr, surrogate: tl.constexpr, reach: tl.constexpr, scale: tl.constexpr, pool: tl.constexpr, block: tl.constexpr, window: tl.constexpr):  # type: ignore[no-untyped-def] # fmt: skip # noqa: E501
    neuron, there, pooled, whole = _places(batch, height, width, channels, pool, block, window)
    grad = tl.load(end_grad + neuron, mask=there, other=0.0)
    v_pre += last
    current_grad += last
    sums_grad += last_pooled
    for _ in range(steps):
        v = tl.load(v_pre + neuron, mask=there, other=0.0)
        of_sums = tl.load(sums_grad + pooled, mask=whole, other=0.0)[:, None]
        fired = _fired(v, threshold, multi)
        rate = _slope(v, threshold, multi, surrogate, reach) * (scale / threshold)
        if bounded:
            grad = tl.where(_reset(v, fired, threshold, subtract) >= min_v, grad, grad * 0)
        if subtract:
            grad = grad * (1 - threshold * rate) + of_sums * rate
        else:
            grad = tl.where(fired > 0, grad * 0, grad) - grad * v * rate + of_sums * rate
        tl.store(current_grad + neuron, gain * grad, mask=there)
        grad = decay * grad
        v_pre -= size
        current_grad -= size
        sums_grad -= pooled_size
    tl.store(start_grad + neuron, grad, mask=there)


Rules = dict[str, Any]
"""Constants of neurons, by the kernels' names."""


def forward_triton(
    current: torch.Tensor, v: torch.Tensor, rules: Rules, *, pool: int, keep: bool
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Step neurons through all steps in one launch.

    Args:
        current: (T, B, H, W, C) float, contiguous.
        v: (B, H, W, C) membranes before, contiguous.
        rules: of the neurons.
        pool: side of the windows over which spikes are summed.
        keep: whether the backward will be asked for.

    Returns:
        (T, B, H // pool, W // pool, C) sums, (B, H, W, C) membranes after, and those before the spikes of every step,
        which are empty without `keep`.
    """
    steps, batch, height, width, channels = current.shape
    sums = current.new_empty(steps, batch, height // pool, width // pool, channels)
    v_pre = torch.empty_like(current) if keep else current.new_empty(0)
    after = torch.empty_like(v)
    if current.numel():
        grid, tile = _tiles(current.shape, pool)
        sizes = (steps, batch, height, width, channels, v.numel(), sums[0].numel())
        _forward_kernel[grid](
            current, v, v_pre, after, sums, *sizes, **_taken(rules, forward=True), keep=keep, **tile, **LAUNCH
        )
    return sums, after, v_pre


def backward_triton(
    v_pre: torch.Tensor, sums_grad: torch.Tensor, after_grad: torch.Tensor, rules: Rules, *, pool: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Give the gradients of currents and of the membranes before, in one launch that goes over the steps once.

    Args:
        v_pre: (T, B, H, W, C), what `forward_triton` kept.
        sums_grad: (T, B, H // pool, W // pool, C) gradient of the sums, contiguous.
        after_grad: (B, H, W, C) gradient of the membranes after, contiguous.
        rules: of the neurons.
        pool: side of the windows.
    """
    current_grad, start_grad = torch.empty_like(v_pre), torch.empty_like(after_grad)
    if v_pre.numel():
        grid, tile = _tiles(v_pre.shape, pool)
        size, pooled_size, last = after_grad.numel(), sums_grad[0].numel(), v_pre.shape[0] - 1
        sizes = (last * size, last * pooled_size, *v_pre.shape, size, pooled_size)
        given = (v_pre, sums_grad, after_grad, current_grad, start_grad)
        _backward_kernel[grid](*given, *sizes, **_taken(rules, forward=False), **tile, **LAUNCH)
    return current_grad, start_grad


def _taken(rules: Rules, *, forward: bool) -> Rules:
    of_slope = ("surrogate", "reach", "scale")
    return {name: value for name, value in rules.items() if not (forward and name in of_slope)}


def _tiles(shape: torch.Size, pool: int) -> tuple[tuple[int], dict[str, int]]:
    """Give the grid, and the constants that say what is in one program."""
    _, batch, height, width, channels = shape
    window = triton.next_power_of_2(pool * pool)
    block = max(TILE // window, 1)
    cells = batch * triton.cdiv(height, pool) * triton.cdiv(width, pool) * channels
    return (triton.cdiv(cells, block),), {"pool": pool, "block": block, "window": window}
