"""Convolution of frames that are mostly zero: work follows the events, not the pixels."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.grad import conv2d_input

from aestream_snn import _kernels

DENSE_ABOVE = 0.15
"""Share of values that are not zero from which torch's convolution is quicker."""


def event_conv2d(x: Tensor, conv: nn.Conv2d) -> Tensor:
    """Convolve, with the effort that the events in `x` ask for.

    Equal to `conv(x)` up to rounding, and in its gradients. On the CPU in float32, where few values are not zero, each
    of them is added to the outputs that it reaches; the gradient of the weights goes the same way. Elsewhere, and
    inside torch.compile, torch's own convolution runs.

    Args:
        x: (B, C, H, W) float, channels last in memory.
        conv: square kernel, no bias, no groups, no dilation.

    Returns:
        (B, features, H', W'), channels last.
    """
    on_cpu = x.device.type == "cpu" and x.dtype == torch.float32 and x.is_contiguous(memory_format=torch.channels_last)
    if torch.compiler.is_compiling() or not on_cpu or _share(x) > DENSE_ABOVE:
        return functional.conv2d(x, conv.weight, None, conv.stride, conv.padding)
    stride, padding = int(conv.stride[0]), int(conv.padding[0])
    if torch.is_grad_enabled() and (x.requires_grad or conv.weight.requires_grad):
        output: Tensor = _EventConv.apply(x, conv.weight, stride, padding)  # type: ignore[no-untyped-call]
        return output
    return _forward(x, conv.weight, stride, padding)


def _share(x: Tensor) -> float:
    return _kernels.count_nonzero(x.data_ptr(), x.numel()) / max(x.numel(), 1)


def _shape(x: Tensor, weight: Tensor, stride: int, padding: int) -> "_kernels.Conv":
    batch, channels, height, width = x.shape
    return _kernels.Conv(batch, height, width, channels, weight.shape[0], weight.shape[2], stride, padding)


def _forward(x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    height, width = ((side + 2 * padding - weight.shape[2]) // stride + 1 for side in x.shape[2:])
    output = torch.empty((x.shape[0], weight.shape[0], height, width), memory_format=torch.channels_last)
    weight = weight.detach().contiguous(memory_format=torch.channels_last)
    shape = _shape(x, weight, stride, padding)
    _kernels.conv_forward(shape, x.data_ptr(), weight.data_ptr(), output.data_ptr())
    return output


class _EventConv(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.stride, ctx.padding = stride, padding
        return _forward(x, weight, stride, padding)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        grad = grads[0].contiguous(memory_format=torch.channels_last)
        of_x = of_weight = None
        if ctx.needs_input_grad[0]:
            of_x = conv2d_input(x.shape, weight, grad, ctx.stride, ctx.padding)  # type: ignore[no-untyped-call]
        if ctx.needs_input_grad[1]:
            of_weight = torch.empty_like(weight, memory_format=torch.channels_last)
            shape = _shape(x, weight, ctx.stride, ctx.padding)
            _kernels.conv_weight_grad(shape, x.data_ptr(), grad.data_ptr(), of_weight.data_ptr())
        return of_x, of_weight, None, None
