"""Neurons on a CPU over one step or some: one function of autograd around the C++ of a single step."""

from typing import Any

import torch
from torch import Tensor

from aestream_core.errors import InvalidArgumentError
from aestream_snn import _kernels
from aestream_snn.neurons.config import NeuronConfig, native_neuron


def neurons_native(
    current: Tensor, v: Tensor | None, config: NeuronConfig, pool: int, *, steps: int
) -> tuple[Tensor, Tensor]:
    """Step neurons in C++, float32.

    Args:
        current: (T B, C, H, W) or (T B, N), the steps one behind the other.
        v: membrane before the first step, (B, ...); None is 0 everywhere. Not changed.
        config: what the neurons are.
        pool: side of the windows over which spikes are summed.
        steps: T.

    Returns:
        Sums of spikes, (T B, ...), and the membrane after the last step, (B, ...).

    Raises:
        InvalidArgumentError: the membrane is not float32 on the CPU, as the currents are.
    """
    if v is not None and (v.dtype != torch.float32 or v.device.type != "cpu"):
        raise InvalidArgumentError(f"the membrane is {v.dtype} on {v.device}; the current is torch.float32 on cpu")
    if torch.is_grad_enabled() and (current.requires_grad or (v is not None and v.requires_grad)):
        sums, after = _Neurons.apply(current, v, config, pool, steps)  # type: ignore[no-untyped-call]
        return sums, after
    sums, after, _ = _forward(current, v, config, pool, steps, keep=False)
    return sums, after


def _forward(
    current: Tensor, v: Tensor | None, config: NeuronConfig, pool: int, steps: int, *, keep: bool
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Step natively; the third are the membranes before the spikes, where they are to be kept."""
    current = _dense(current.detach())
    sums, after = _empty_sums(current, pool), torch.empty_like(_first(current, steps))
    v_pre = torch.empty_like(current) if keep else None
    before = torch.zeros_like(after) if v is None else _dense(v.detach())
    neuron, maps, start, end = native_neuron(config), _maps(after, pool), before.data_ptr(), after.data_ptr()
    places = (_addresses(tensor, steps) for tensor in (current, v_pre, sums))
    for now, kept, out in zip(*places, strict=True):
        _kernels.forward(neuron, maps, now, start, kept, end, out)
        start = end
    return sums, after, v_pre


class _Neurons(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, current: Tensor, v: Tensor | None, config: NeuronConfig, pool: int, steps: int
    ) -> tuple[Tensor, Tensor]:
        sums, after, v_pre = _forward(current, v, config, pool, steps, keep=True)
        ctx.save_for_backward(v_pre)
        ctx.config, ctx.pool, ctx.steps = config, pool, steps
        ctx.set_materialize_grads(False)
        return sums, after

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        (v_pre,), config, steps = ctx.saved_tensors, ctx.config, ctx.steps
        of_sums, later = (None if grad is None else _dense(grad) for grad in grads)
        of_pre = torch.empty_like(v_pre)
        neuron, maps = native_neuron(config), _maps(_first(v_pre, steps), ctx.pool)
        places = [_addresses(tensor, steps) for tensor in (v_pre, of_sums, of_pre)]
        of_steps = [of_pre] if steps == 1 else of_pre.chunk(steps)
        for kept, of_spikes, out, grad in reversed(list(zip(*places, of_steps, strict=True))):
            _kernels.backward(neuron, maps, kept, of_spikes, 0 if later is None else later.data_ptr(), out)
            later = grad if config.decay == 1 else grad * config.decay
        of_current = of_pre if config.gain == 1 else of_pre * config.gain
        return of_current, later if ctx.needs_input_grad[1] else None, None, None, None


def _dense(tensor: Tensor) -> Tensor:
    """Give a tensor whose memory is in the order that the kernels read: channels last where there are maps."""
    if tensor.dim() == 4:
        return tensor.contiguous(memory_format=torch.channels_last)
    return tensor.contiguous()


def _first(tensor: Tensor, steps: int) -> Tensor:
    return tensor if steps == 1 else tensor[: len(tensor) // steps]


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


def _addresses(tensor: Tensor | None, steps: int) -> list[int]:
    """Give where each step begins; 0 for each where there is no tensor."""
    if tensor is None:
        return [0] * steps
    start, size = tensor.data_ptr(), tensor.numel() * tensor.element_size() // steps
    return [start + size * step for step in range(steps)]
