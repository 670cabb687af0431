"""Neurons over the steps of a sequence, forward and backward: on a GPU in one kernel, on a CPU in C++."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Literal, get_args

import torch
from torch import Tensor

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_snn.neurons.config import SURROGATES, NeuronConfig
from aestream_snn.neurons.native import neurons_native
from aestream_snn.neurons.step import neuron_step, neuron_step_ref

Kernels = Literal["auto", "triton", "native", "steps"]

HAS_TRITON = find_spec("triton") is not None
"""Whether the kernel can be had: torch brings Triton along for most GPUs, not for all boards."""


def neuron_sequence(
    current: Tensor, v: Tensor | None, config: NeuronConfig, *, pool: int = 1, kernels: Kernels = "auto"
) -> tuple[Tensor, Tensor]:
    """Step a population of neurons through a sequence, and sum its spikes over windows.

    The result, and its gradients, are those of `neuron_step` called step after step. On a GPU the membranes stay in
    registers from the first step to the last; the backward goes over the steps once, in one kernel too. torch.compile
    takes both as they are.

    Args:
        current: (T, B, C, H, W) or (T, B, N) float, input of every step; maps are fastest with channels last.
        v: membrane before the first step, of the shape of `current[0]`; None is 0 everywhere. Not changed.
        config: what the neurons are.
        pool: side of the windows over which spikes are summed; incomplete windows give no output.
        kernels: "triton" is the kernel over time (on a CPU only through Triton's interpreter), "native" is C++ for
            float32 on the CPU, "steps" calls `neuron_step`; "auto" takes the first that can run here.

    Returns:
        Sums of spikes, (T, B, C, H // pool, W // pool) or (T, B, N), and the membrane after the last step.

    Raises:
        InvalidArgumentError: shapes do not fit.
        UnknownNameError: there are no such kernels.
    """
    _check(current, v, pool)
    if kernels not in get_args(Kernels):
        raise UnknownNameError("kernels", kernels, get_args(Kernels))
    kernels = _chosen(current) if kernels == "auto" else kernels
    if kernels == "native":
        if current.device.type != "cpu" or current.dtype != torch.float32:
            refused = f"{current.dtype} on {current.device.type}"
            raise InvalidArgumentError(f"native kernels take float32 on a cpu, not {refused}")
        sums, after = neurons_native(current.flatten(0, 1), v, config, pool, steps=len(current))
        return torch.unflatten(sums, 0, current.shape[:2]), after
    if kernels == "steps":
        return _loop(neuron_step, current, v, config, pool)
    given = _channels_last(current)
    before = torch.zeros_like(given[0]) if v is None else _channels_last(v)
    keep = torch.is_grad_enabled() and (current.requires_grad or before.requires_grad)
    sums, after, _ = _sequence(given, before, _kinds(config), _sizes(config), pool, keep)
    return _channels_first(sums, current), _channels_first(after, current)


def _chosen(current: Tensor) -> Kernels:
    if current.is_cuda and HAS_TRITON:
        return "triton"
    native = current.device.type == "cpu" and current.dtype == torch.float32
    return "native" if native and not torch.compiler.is_compiling() else "steps"


def neuron_sequence_ref(
    current: Tensor, v: Tensor | None, config: NeuronConfig, *, pool: int = 1
) -> tuple[Tensor, Tensor]:
    """Do what `neuron_sequence` does in torch, step after step: the slow twin."""
    return _loop(neuron_step_ref, current, v, config, pool)


def _loop(step: Any, current: Tensor, v: Tensor | None, config: NeuronConfig, pool: int) -> tuple[Tensor, Tensor]:
    outputs = []
    for now in current.unbind(0):
        sums, v = step(now, v, config, pool=pool)
        outputs.append(sums)
    assert v is not None
    return torch.stack(outputs), v


def _check(current: Tensor, v: Tensor | None, pool: int) -> None:
    if current.dim() not in (3, 5) or current.shape[0] == 0:
        raise InvalidArgumentError(
            f"a current is {tuple(current.shape)}; it must be (T, B, C, H, W) or (T, B, N), T > 0"
        )
    if pool != 1 and current.dim() != 5:
        raise InvalidArgumentError(f"pool is {pool}; a current of shape {tuple(current.shape)} has no windows")
    if v is not None and v.shape != current.shape[1:]:
        raise InvalidArgumentError(f"the membrane is {tuple(v.shape)}; a step's current {tuple(current.shape[1:])}")


def _channels_last(tensor: Tensor) -> Tensor:
    """Give (..., H, W, C) without gaps; (..., N) becomes (..., 1, 1, N)."""
    if tensor.dim() < 4:
        return tensor[..., None, None, :].contiguous()
    return tensor.movedim(-3, -1).contiguous()


def _channels_first(tensor: Tensor, like: Tensor) -> Tensor:
    return tensor[..., 0, 0, :] if like.dim() == 3 else tensor.movedim(-1, -3)


def _kinds(config: NeuronConfig) -> list[int]:
    multi, subtract, bounded = config.spikes == "multi", config.reset == "subtract", config.min_v is not None
    return [int(multi), int(subtract), int(bounded), SURROGATES.index(config.surrogate)]


def _sizes(config: NeuronConfig) -> list[float]:
    return [config.threshold, config.min_v or 0.0, config.decay, config.gain, config.width, config.scale]


def _rules(kinds: Sequence[int], sizes: Sequence[float]) -> dict[str, Any]:
    flags = dict(zip(("multi", "subtract", "bounded"), map(bool, kinds), strict=False))
    names = ("threshold", "min_v", "decay", "gain", "reach", "scale")
    return flags | {"surrogate": kinds[3]} | dict(zip(names, sizes, strict=True))


# The two launches are operators that torch.compile does not look into.


@torch.library.custom_op("aestream_snn::neuron_sequence", mutates_args=())
def _sequence(
    current: Tensor, v: Tensor, kinds: Sequence[int], sizes: Sequence[float], pool: int, keep: bool
) -> tuple[Tensor, Tensor, Tensor]:
    from aestream_snn.neurons.sequence_triton import forward_triton

    return forward_triton(current, v, _rules(kinds, sizes), pool=pool, keep=keep)


@_sequence.register_fake
def _(
    current: Tensor, v: Tensor, kinds: Sequence[int], sizes: Sequence[float], pool: int, keep: bool
) -> tuple[Tensor, Tensor, Tensor]:
    steps, batch, height, width, channels = current.shape
    sums = current.new_empty(steps, batch, height // pool, width // pool, channels)
    return sums, torch.empty_like(v), torch.empty_like(current) if keep else current.new_empty(0)


@torch.library.custom_op("aestream_snn::neuron_sequence_backward", mutates_args=())
def _sequence_backward(
    v_pre: Tensor, sums_grad: Tensor, after_grad: Tensor, kinds: Sequence[int], sizes: Sequence[float], pool: int
) -> tuple[Tensor, Tensor]:
    from aestream_snn.neurons.sequence_triton import backward_triton

    return backward_triton(v_pre, sums_grad, after_grad, _rules(kinds, sizes), pool=pool)


@_sequence_backward.register_fake
def _(
    v_pre: Tensor, sums_grad: Tensor, after_grad: Tensor, kinds: Sequence[int], sizes: Sequence[float], pool: int
) -> tuple[Tensor, Tensor]:
    return torch.empty_like(v_pre), torch.empty_like(after_grad)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor, Tensor]) -> None:
    _, _, ctx.kinds, ctx.sizes, ctx.pool, _ = inputs
    ctx.save_for_backward(output[2])
    ctx.set_materialize_grads(False)


def _backward(ctx: Any, of_sums: Tensor | None, of_after: Tensor | None, _: Tensor | None) -> tuple[Tensor | None, ...]:
    (v_pre,) = ctx.saved_tensors
    steps, batch, height, width, channels = v_pre.shape
    if of_sums is None:
        of_sums = v_pre.new_zeros(steps, batch, height // ctx.pool, width // ctx.pool, channels)
    if of_after is None:
        of_after = torch.zeros_like(v_pre[0])
    grads = _sequence_backward(v_pre, of_sums.contiguous(), of_after.contiguous(), ctx.kinds, ctx.sizes, ctx.pool)
    return *grads, None, None, None, None


_sequence.register_autograd(_backward, setup_context=_keep)
