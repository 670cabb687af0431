"""Sinabs (Apache-2.0): to a chain of its modules and back, with equal outputs. Needs no samna."""

import math
from typing import Any

from torch import nn

from aestream_core.errors import InvalidArgumentError
from aestream_snn.conversion.libraries import Part, chain, layer_of, need_library, network_of
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.neurons.config import NeuronConfig

COMMAND = "pip install --no-deps sinabs pbr nir nirtorch"


def to_sinabs(network: SpikingNetwork, *, batch: int = 1) -> nn.Sequential:
    """Make a chain of Conv2d, IAFSqueeze or LIFSqueeze, SumPool2d, Flatten and Linear.

    Args:
        network: what is to be said in Sinabs' words; its weights are copied.
        batch: batch size of the inputs, which are (batch * T, C, H, W), the steps of one recording side by side.

    Raises:
        MissingDependencyError: Sinabs is not installed.
        InvalidArgumentError: Sinabs has no such neuron.
    """
    layers = need_library("sinabs.layers", COMMAND)
    pool = layers.SumPool2d
    return nn.Sequential(*chain(network.parts(), lambda config: _neuron(config, batch), pool))


def from_sinabs(modules: nn.Sequential, input_shape: tuple[int, int, int]) -> SpikingNetwork:
    """Make a network of a chain of modules.

    Raises:
        MissingDependencyError: Sinabs is not installed.
        InvalidArgumentError: a module is of a kind that a layer here cannot be.
    """
    layers = need_library("sinabs.layers", COMMAND)
    parts: list[Part] = []
    waiting = [module for module in modules if not isinstance(module, nn.Flatten)]
    while waiting:
        weights, neuron = waiting.pop(0), waiting.pop(0) if waiting else None
        pool, factor = 1, 1.0
        if waiting and isinstance(waiting[0], (layers.SumPool2d, nn.AvgPool2d)):
            pool, factor = _pool(waiting.pop(0))
        if factor != 1:
            raise InvalidArgumentError("AvgPool2d has no layer here; scale the weights behind it and use SumPool2d")
        config = _config(neuron, layers)
        parts.append((layer_of(weights, pool), weights, config))  # type: ignore[arg-type]
    return network_of(input_shape, parts)


def _neuron(config: NeuronConfig, batch: int) -> nn.Module:
    layers = need_library("sinabs.layers", COMMAND)
    activation = need_library("sinabs.activation", COMMAND)
    shared = {
        "spike_threshold": config.threshold,
        "min_v_mem": config.min_v,
        "spike_fn": activation.MultiSpike if config.spikes == "multi" else activation.SingleSpike,
        "reset_fn": activation.MembraneSubtract() if config.reset == "subtract" else activation.MembraneReset(),
        "batch_size": batch,
    }
    if config.decay == 1 and config.gain == 1:
        made: nn.Module = layers.IAFSqueeze(**shared)
        return made
    normalised = math.isclose(config.gain, 1 - config.decay, rel_tol=1e-6)
    if not 0 < config.decay < 1 or not (normalised or config.gain == 1):
        raise InvalidArgumentError(f"Sinabs has no neuron of decay {config.decay} and gain {config.gain}")
    leaky: nn.Module = layers.LIFSqueeze(tau_mem=-1 / math.log(config.decay), norm_input=normalised, **shared)
    return leaky


def _config(neuron: Any, layers: Any) -> NeuronConfig:
    if not isinstance(neuron, (layers.IAF, layers.LIF)):
        raise InvalidArgumentError(f"{neuron} cannot be neurons here; they must be IAF or LIF of Sinabs")
    leaky = not isinstance(neuron, layers.IAF)
    decay = float(neuron.alpha_mem_calculated) if leaky else 1.0
    lowest = None if neuron.min_v_mem is None else float(neuron.min_v_mem)
    multi = "MultiSpike" in _name(neuron.spike_fn)
    subtract = "MembraneSubtract" in _name(neuron.reset_fn)
    return NeuronConfig(
        threshold=float(neuron.spike_threshold),
        min_v=lowest,
        decay=decay,
        gain=1 - decay if leaky and neuron.norm_input else 1.0,
        spikes="multi" if multi else "single",
        reset="subtract" if subtract else "zero",
    )


def _name(function: Any) -> str:
    return function.__name__ if isinstance(function, type) else type(function).__name__


def _pool(module: nn.Module) -> tuple[int, float]:
    """Give the side of the windows, and the factor by which their sums are multiplied."""
    if isinstance(module, nn.AvgPool2d):
        side = module.kernel_size if isinstance(module.kernel_size, int) else module.kernel_size[0]
        return side, 1 / side**2
    size: Any = module.kernel_size
    return (size if isinstance(size, int) else int(size[0])), 1.0
