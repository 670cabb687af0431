"""Norse (LGPL-3, so never a requirement): to a chain of its modules and back, with equal outputs.

Norse's integrate-and-fire cell gives one spike a step, where the membrane is above the threshold rather than at it, and
resets to a value. What Speck's neurons do beyond that, several spikes a step and a lower bound, it has no word for.
"""

from typing import Any

import torch
from torch import nn

from aestream_core.errors import InvalidArgumentError
from aestream_snn.conversion.libraries import Part, chain, layer_of, need_library, network_of
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.neurons.config import NeuronConfig

COMMAND = "pip install --no-deps norse nir nirtorch"


def to_norse(network: SpikingNetwork) -> nn.Module:
    """Make a SequentialState of Conv2d, IAFCell, pooling, Flatten and Linear.

    Raises:
        MissingDependencyError: Norse is not installed.
        InvalidArgumentError: Norse has no such neuron.
    """
    library = need_library("norse.torch", COMMAND)
    made: nn.Module = library.SequentialState(*chain(network.parts(), _neuron, SumPool))
    return made


def from_norse(modules: nn.Sequential, input_shape: tuple[int, int, int]) -> SpikingNetwork:
    """Make a network of a chain of modules.

    Raises:
        MissingDependencyError: Norse is not installed.
        InvalidArgumentError: a module is of a kind that a layer here cannot be.
    """
    library = need_library("norse.torch", COMMAND)
    parts: list[Part] = []
    waiting = [module for module in modules if not isinstance(module, nn.Flatten)]
    while waiting:
        weights, neuron = waiting.pop(0), waiting.pop(0) if waiting else None
        pool = _side(waiting.pop(0)) if waiting and isinstance(waiting[0], SumPool) else 1
        if not isinstance(neuron, library.IAFCell):
            raise InvalidArgumentError(f"{neuron} cannot be neurons here; they must be IAFCell of Norse")
        parts.append((layer_of(weights, pool), weights, _config(neuron)))  # type: ignore[arg-type]
    return network_of(input_shape, parts)


class SumPool(nn.Module):
    """Sums over windows."""

    def __init__(self, side: int) -> None:
        """Take the side of the windows in cells."""
        super().__init__()
        self.side = side

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Give (B, C, H // side, W // side)."""
        return nn.functional.avg_pool2d(x, self.side, divisor_override=1)


def _neuron(config: NeuronConfig) -> nn.Module:
    leaky = config.decay != 1 or config.gain != 1
    if leaky or config.spikes != "single" or config.reset != "zero" or config.min_v is not None:
        raise InvalidArgumentError(
            f"Norse has no neuron like {config}; its IAF gives single spikes, resets to zero and has no lower bound"
        )
    library = need_library("norse.torch", COMMAND)
    functional = need_library("norse.torch.functional.iaf", COMMAND)
    parameters = functional.IAFParameters(v_th=torch.as_tensor(config.threshold), v_reset=torch.as_tensor(0.0))
    made: nn.Module = library.IAFCell(p=parameters)
    return made


def _config(neuron: Any) -> NeuronConfig:
    if float(neuron.p.v_reset) != 0:
        raise InvalidArgumentError(f"v_reset is {float(neuron.p.v_reset)}; it must be 0")
    return NeuronConfig(threshold=float(neuron.p.v_th), min_v=None, spikes="single", reset="zero")


def _side(pool: nn.Module) -> int:
    assert isinstance(pool, SumPool)
    return pool.side
