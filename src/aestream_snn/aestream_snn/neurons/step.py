"""One step of a population of neurons, fast and slow.

The derivative of the spikes is replaced by a surrogate around the next threshold (Neftci, Mostafa and Zenke 2019,
doi:10.1109/MSP.2019.2931595); where a step may hold several spikes it repeats at every multiple of the threshold, as
for the chip's neurons in Sinabs.
"""

from typing import Any

import torch
from torch import Tensor

from aestream_core.errors import InvalidArgumentError
from aestream_snn import _kernels
from aestream_snn.neurons.config import NeuronConfig, native_neuron


def neuron_step(current: Tensor, v: Tensor | None, config: NeuronConfig, *, pool: int = 1) -> tuple[Tensor, Tensor]:
    """Step a population of neurons, and sum its spikes over windows.

    Runs in C++ for float32 on the CPU, forward and backward; elsewhere, and inside torch.compile, as `neuron_step_ref`.

    Args:
        current: (B, C, H, W) or (B, N) float, input of this step; channels last is fastest.
        v: membrane after the last step, of the shape of `current`; None is 0 everywhere. Not changed.
        config: what the neurons are.
        pool: side of the windows over which spikes are summed; incomplete windows give no output.

    Returns:
        Sums of spikes, (B, C, H // pool, W // pool) or (B, N), and the membrane after this step.

    Raises:
        InvalidArgumentError: the membrane is of another shape, or windows are asked for without height and width.
    """
    if pool != 1 and current.dim() != 4:
        raise InvalidArgumentError(f"pool is {pool}; a current of shape {tuple(current.shape)} has no windows")
    if v is not None and v.shape != current.shape:
        raise InvalidArgumentError(f"the membrane is {tuple(v.shape)}; the current is {tuple(current.shape)}")
    native = current.device.type == "cpu" and current.dtype == torch.float32
    if torch.compiler.is_compiling() or not native:
        return neuron_step_ref(current, v, config, pool=pool)
    if torch.is_grad_enabled() and (current.requires_grad or (v is not None and v.requires_grad)):
        spikes, after = _NativeStep.apply(current, v, config, pool)  # type: ignore[no-untyped-call]
        return spikes, after
    spikes, after, _ = _forward(current, v, config, pool, keep=False)
    return spikes, after


def neuron_step_ref(current: Tensor, v: Tensor | None, config: NeuronConfig, *, pool: int = 1) -> tuple[Tensor, Tensor]:
    """Do in torch what `neuron_step` does natively: the slow twin, and the description of the model."""
    before = config.gain * current if v is None else config.decay * v + config.gain * current
    fired = _fired(before.detach(), config)
    rate = _slope(before.detach(), config) / config.threshold * config.scale
    soft = (before - before.detach()) * rate
    spikes = fired + soft
    if config.reset == "subtract":
        after = before - spikes * config.threshold
    else:
        after = torch.where(fired > 0, 0.0, before) - before.detach() * soft
    if config.min_v is not None:
        after = after.clamp(min=config.min_v)
    return _pooled(spikes, pool), after


def _fired(v: Tensor, config: NeuronConfig) -> Tensor:
    if config.spikes == "multi":
        return torch.floor(v.clamp(min=0) * (1 / config.threshold))
    return (v >= config.threshold).to(v.dtype)


def _slope(v: Tensor, config: NeuronConfig) -> Tensor:
    if config.spikes == "multi":
        nearest = torch.floor(v.clamp(min=0) * (1 / config.threshold) + 0.5).clamp(min=1)
        reach = (v - nearest * config.threshold).abs() / config.width
    else:
        reach = (v - config.threshold).abs() / config.width
    if config.surrogate == "exponential":
        return torch.exp(-reach)
    if config.surrogate == "triangle":
        return (1 - reach).clamp(min=0)
    return 1 / (1 + reach).square()


def _pooled(spikes: Tensor, pool: int) -> Tensor:
    if pool == 1:
        return spikes
    return torch.nn.functional.avg_pool2d(spikes, pool, divisor_override=1)


def dense(tensor: Tensor) -> Tensor:
    """Give a tensor whose memory is in the order that the kernels read: channels last where there are maps."""
    if tensor.dim() == 4:
        return tensor.contiguous(memory_format=torch.channels_last)
    return tensor.contiguous()


def maps_of(current: Tensor, pool: int) -> "_kernels.Maps":
    """Give the shape of one step's currents as the kernels take it."""
    if pool == 1:
        return _kernels.Maps(1, 1, current.numel(), 1, 1)
    batch, channels, height, width = current.shape
    return _kernels.Maps(batch, height, width, channels, pool)


def empty_sums(current: Tensor, pool: int) -> Tensor:
    """Give memory for the spikes of one step, summed over windows."""
    if pool == 1:
        return torch.empty_like(current)
    batch, channels, height, width = current.shape
    shape = (batch, channels, height // pool, width // pool)
    return torch.empty(shape, memory_format=torch.channels_last)


def _forward(
    current: Tensor, v: Tensor | None, config: NeuronConfig, pool: int, *, keep: bool
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Step natively; the third is the membrane before the spikes, where it is to be kept."""
    current = dense(current.detach())
    before = torch.zeros_like(current) if v is None else dense(v.detach())
    after, spikes = torch.empty_like(current), empty_sums(current, pool)
    v_pre = torch.empty_like(current) if keep else None
    kept = 0 if v_pre is None else v_pre.data_ptr()
    addresses = (current.data_ptr(), before.data_ptr(), kept, after.data_ptr(), spikes.data_ptr())
    _kernels.forward(native_neuron(config), maps_of(current, pool), *addresses)
    return spikes, after, v_pre


class _NativeStep(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, current: Tensor, v: Tensor | None, config: NeuronConfig, pool: int) -> tuple[Tensor, Tensor]:
        spikes, after, v_pre = _forward(current, v, config, pool, keep=True)
        ctx.save_for_backward(v_pre)
        ctx.config, ctx.pool = config, pool
        ctx.set_materialize_grads(False)
        return spikes, after

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        (v_pre,) = ctx.saved_tensors
        given = [None if grad is None else dense(grad) for grad in grads]
        of_spikes, of_after = (0 if grad is None else grad.data_ptr() for grad in given)
        grad = torch.empty_like(v_pre)
        maps = maps_of(v_pre, ctx.pool)
        _kernels.backward(native_neuron(ctx.config), maps, v_pre.data_ptr(), of_spikes, of_after, grad.data_ptr())
        gain, decay = ctx.config.gain, ctx.config.decay
        of_current = grad if gain == 1 else grad * gain
        of_v = None if not ctx.needs_input_grad[1] else grad if decay == 1 else grad * decay
        return of_current, of_v, None, None
