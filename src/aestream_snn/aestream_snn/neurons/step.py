"""One step of a population of neurons, fast and slow.

The derivative of the spikes is replaced by a surrogate around the next threshold (Neftci, Mostafa and Zenke 2019,
doi:10.1109/MSP.2019.2931595); where a step may hold several spikes it repeats at every multiple of the threshold, as
for the chip's neurons in Sinabs.
"""

import torch
from torch import Tensor

from aestream_core.errors import InvalidArgumentError
from aestream_snn.neurons.config import NeuronConfig
from aestream_snn.neurons.native import neurons_native


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
        InvalidArgumentError: the membrane is of another shape, or of another type or device than a current for which
            there is C++; or windows are asked for without height and width.
    """
    if pool != 1 and current.dim() != 4:
        raise InvalidArgumentError(f"pool is {pool}; a current of shape {tuple(current.shape)} has no windows")
    if v is not None and v.shape != current.shape:
        raise InvalidArgumentError(f"the membrane is {tuple(v.shape)}; the current is {tuple(current.shape)}")
    native = current.device.type == "cpu" and current.dtype == torch.float32
    if torch.compiler.is_compiling() or not native:
        return neuron_step_ref(current, v, config, pool=pool)
    return neurons_native(current, v, config, pool, steps=1)


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
