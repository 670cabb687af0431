"""What a monitor reads off a network: plain numbers, and the distributions behind them."""

from dataclasses import asdict, dataclass

from torch import Tensor

SATURATED = 0.9
"""Share of the steps from which a neuron that spikes in them says nothing by spiking."""


@dataclass(frozen=True)
class LayerReading:
    """One layer. A place is one output: a neuron, or the neurons of one window where spikes are pooled.

    Attributes:
        rate: spikes of a neuron in a step.
        density: share of the steps in which a place spikes, the mean over places (temporal density).
        most: most spikes of a place in one step; a chip gives one an input event.
        dead: share of the places that never spiked.
        saturated: share of the places that spiked in 9 of 10 steps or more.
        synops: synaptic operations of a step and recording, exact at borders.
        lowest: smallest membrane after a step, in thresholds.
        highest: largest one, in thresholds.
        at_bound: share of membranes, over steps, that lie at the lower bound.
        int16: largest distance of a membrane from 0 as a share of what 16 bits hold, were the layer in 8-bit weights.
        cancelled: share of the currents that cancel in one receptive field and step; 0 where it was not followed.
    """

    rate: float
    density: float
    most: float
    dead: float
    saturated: float
    synops: float
    lowest: float
    highest: float
    at_bound: float
    int16: float
    cancelled: float = 0.0


@dataclass(frozen=True)
class Reading:
    """A network over some steps.

    Attributes:
        layers: one each.
        steps: frames seen.
        recordings: of the last batch.
        rates: for each layer spikes of a neuron in a step, by place.
        densities: for each layer the share of steps with a spike, by place.
        weights: for each layer its weights in thresholds.
    """

    layers: tuple[LayerReading, ...]
    steps: int
    recordings: int
    rates: tuple[Tensor, ...] = ()
    densities: tuple[Tensor, ...] = ()
    weights: tuple[Tensor, ...] = ()

    @property
    def synops(self) -> float:
        """Synaptic operations of a step and recording, of all layers."""
        return sum(layer.synops for layer in self.layers)

    def scalars(self) -> dict[str, float]:
        """Give all numbers by name, `layer0/rate`: for curves, or the values of a diagnostic message."""
        named = {
            f"layer{number}/{name}": float(value)
            for number, layer in enumerate(self.layers)
            for name, value in asdict(layer).items()
        }
        return named | {"synops": self.synops}

    def distributions(self) -> dict[str, Tensor]:
        """Give what histograms are drawn of, by name, `layer0/rates`."""
        kinds = {"rates": self.rates, "densities": self.densities, "weights": self.weights}
        return {f"layer{n}/{kind}": part.flatten() for kind, parts in kinds.items() for n, part in enumerate(parts)}
