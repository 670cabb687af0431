"""What a population of neurons is, as data."""

from dataclasses import dataclass, replace
from functools import cache

from aestream_core.config import setting, validate
from aestream_snn import _kernels

SURROGATES: tuple[str, ...] = ("exponential", "triangle", "fast_sigmoid")
"""Shapes that the derivative of the spikes may be given."""


@dataclass(frozen=True)
class NeuronConfig:
    """A population of integrate-and-fire neurons; the defaults are those of a core of Speck, in its simulation.

    In one step: v = decay v + gain I; spikes = floor(v / threshold) where v > 0; v = v - spikes threshold (or 0 where
    it spiked); v = max(v, min_v).
    """

    threshold: float = setting(1.0, "Membrane at which a neuron spikes.", bounds=(1e-6, 1e6))
    min_v: float | None = setting(-1.0, "Lower bound of the membrane; none if absent.", bounds=(-1e9, 0))
    decay: float = setting(1.0, "Share of the membrane that one step keeps; 1 does not leak.", bounds=(0, 1))
    gain: float = setting(1.0, "Factor on the input current.", bounds=(0, 1e6))
    spikes: str = setting("multi", "Spikes in one step: any number, or one.", choices=("multi", "single"))
    reset: str = setting(
        "subtract", "Spikes times the threshold off the membrane, or to zero.", choices=("subtract", "zero")
    )
    surrogate: str = setting("exponential", "Shape of the derivative of the spikes.", choices=SURROGATES)
    width: float = setting(0.5, "Width of the surrogate, in units of the membrane.", bounds=(1e-3, 1e3))
    scale: float = setting(1.0, "Factor on the surrogate.", bounds=(0, 1e3))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


@cache
def native_neuron(config: NeuronConfig) -> "_kernels.Neuron":
    """Give a population as the native code takes it."""
    lowest = float("-inf") if config.min_v is None else config.min_v
    multi, subtract = config.spikes == "multi", config.reset == "subtract"
    surrogate = SURROGATES.index(config.surrogate)
    shape = (surrogate, config.width, config.scale / config.threshold)
    return _kernels.Neuron(config.threshold, config.decay, config.gain, lowest, multi, subtract, *shape)


IAF = NeuronConfig()
"""Integrate and fire without leak, as Speck's cores compute."""

LIF = replace(IAF, decay=0.9, gain=0.1)
"""Leaky integrate and fire whose input is normalised: at a constant current the membrane tends to that current."""
