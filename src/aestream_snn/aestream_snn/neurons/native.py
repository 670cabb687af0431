"""Neurons over some steps, or one, on a CPU: one function of autograd around the C++ of single steps."""

from typing import Any

import torch
from torch import Tensor

from aestream_snn import _kernels
from aestream_snn.neurons.config import NeuronConfig, native_neuron


def sequence_native(current: Tensor, v: Tensor | None, config: NeuronConfig, pool: int) -> tuple[Tensor, Tensor]:
    """Do what `neuron_sequence` does, for float32 on the CPU."""
    if torch.is_grad_enabled() and (current.requires_grad or (v is not None and v.requires_grad)):
        sums, after = _NativeSequence.apply(current, v, config, pool)  # type: ignore[no-untyped-call]
        return sums, after
    sums, after, _ = _forward(current, v, config, pool, keep=False)
    return sums, after


def _forward(
    current: Tensor, v: Tensor | None, config: NeuronConfig, pool: int, *, keep: bool
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Step natively; the third are the membranes before the spikes, where they are to be kept."""
    current = _merged(current.detach())
    sums, after = _unmerged(_empty_sums(current.flatten(0, 1), pool), current), torch.empty_like(current[0])
    v_pre = torch.empty_like(current) if keep else None
    before = torch.zeros_like(current[0]) if v is None else _dense(v.detach())
    neuron, maps, start = native_neuron(config), _maps(current[0], pool), before.data_ptr()
    for now, kept, out in zip(_addresses(current), _addresses(v_pre, len(current)), _addresses(sums), strict=True):
        _kernels.forward(neuron, maps, now, start, kept, after.data_ptr(), out)
        start = after.data_ptr()
    return sums, after, v_pre


class _NativeSequence(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, current: Tensor, v: Tensor | None, config: NeuronConfig, pool: int) -> tuple[Tensor, Tensor]:
        sums, after, v_pre = _forward(current, v, config, pool, keep=True)
        ctx.save_for_backward(v_pre)
        ctx.config, ctx.pool = config, pool
        ctx.set_materialize_grads(False)
        return sums, after

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        (v_pre,) = ctx.saved_tensors
        config, of_sums, of_after = ctx.config, *grads
        of_sums = None if of_sums is None else _merged(of_sums)
        later = None if of_after is None else _dense(of_after)
        of_pre, neuron, maps = torch.empty_like(v_pre), native_neuron(config), _maps(v_pre[0], ctx.pool)
        given = zip(
            _addresses(v_pre), _addresses(of_sums, len(v_pre)), _addresses(of_pre), of_pre.unbind(0), strict=True
        )
        for kept, of_spikes, out, grad in reversed(list(given)):
            _kernels.backward(neuron, maps, kept, of_spikes, 0 if later is None else later.data_ptr(), out)
            later = grad if config.decay == 1 else grad * config.decay
        of_current = of_pre if config.gain == 1 else of_pre * config.gain
        return of_current, later if ctx.needs_input_grad[1] else None, None, None


def _merged(steps: Tensor) -> Tensor:
    """Give (T, B, ...) whose steps lie one behind the other, each in the order that the kernels read."""
    return _unmerged(_dense(steps.flatten(0, 1)), steps)


def _unmerged(merged: Tensor, like: Tensor) -> Tensor:
    return torch.unflatten(merged, 0, like.shape[:2])


def _addresses(steps: Tensor | None, count: int = 0) -> list[int]:
    """Give where each step begins; 0 for each of `count` where there are none."""
    if steps is None:
        return [0] * count
    size = steps[0].numel() * steps.element_size()
    return [steps.data_ptr() + size * step for step in range(len(steps))]


def _dense(tensor: Tensor) -> Tensor:
    """Give a tensor whose memory is in the order that the kernels read: channels last where there are maps."""
    if tensor.dim() == 4:
        return tensor.contiguous(memory_format=torch.channels_last)
    return tensor.contiguous()


def _maps(current: Tensor, pool: int) -> "_kernels.Maps":
    if pool == 1:
        return _kernels.Maps(1, 1, current.numel(), 1, 1)
    batch, channels, height, width = current.shape
    return _kernels.Maps(batch, height, width, channels, pool)


def _empty_sums(current: Tensor, pool: int) -> Tensor:
    if pool == 1:
        return torch.empty_like(current)
    batch, channels, height, width = current.shape
    shape = (batch, channels, height // pool, width // pool)
    return torch.empty(shape, memory_format=torch.channels_last)
