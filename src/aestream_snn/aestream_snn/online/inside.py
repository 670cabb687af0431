"""What happens inside a spiking network while it runs live."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from aestream_snn.models.layers import Conv, Layer
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.monitoring.monitor import Monitor
from aestream_snn.monitoring.reading import LayerReading
from aestream_snn.stepping.base import Stepper

STEPS = 16
"""Counted steps of one reading: fewer say little about silent and saturated neurons, more come late."""


@dataclass(frozen=True)
class Inside:
    """What a network did over some of its last steps.

    Attributes:
        names: what the layers are: "conv 8", "dense 12".
        layers: the numbers of each.
        steps: steps that were counted.
        every: one of how many steps was counted.
        step_us: sensor time of a step in µs.
    """

    names: tuple[str, ...]
    layers: tuple[LayerReading, ...]
    steps: int
    every: int
    step_us: int

    @property
    def per_s(self) -> float:
        """Steps in a second of sensor time."""
        return 1e6 / self.step_us

    def shown(self) -> Mapping[str, object]:
        """Give what diagnostics say."""
        said: dict[str, object] = {}
        for number, layer in enumerate(self.layers):
            said |= {f"layer {number} {what}": value for what, value in _shown(layer, self.per_s).items()}
        return said


class Watch:
    """Looks inside a network that runs: a reading whenever enough steps were counted, then it begins anew.

    One thread steps; any thread may look at the last reading.

    Attributes:
        latest: the last reading; None before the first.
    """

    def __init__(self, network: SpikingNetwork, *, every: int, step_us: int) -> None:
        """Count one of `every` steps, each of so many µs of sensor time."""
        self.latest: Inside | None = None
        self._monitor, self._every, self._step_us, self._passed = Monitor(network), every, step_us, 0
        self._names = tuple(map(_name, network.layers))

    def look(self, frame: Tensor, stepper: Stepper) -> None:
        """Count the step that was just done, where it is its turn."""
        self._passed += 1
        if self._passed % self._every:
            return
        self._monitor.observe(frame, list(stepper.handed_on()), tuple(stepper.membranes()))
        if self._monitor.steps >= STEPS:
            self.latest = Inside(self._names, self._monitor.layers(), STEPS, self._every, self._step_us)
            self._monitor.reset()

    def reset(self) -> None:
        """Forget all that was counted."""
        self._monitor.reset()
        self.latest, self._passed = None, 0


def _name(layer: Layer) -> str:
    return f"conv {layer.channels}" if isinstance(layer, Conv) else f"dense {layer.units}"


def _shown(layer: LayerReading, per_s: float) -> dict[str, str]:
    return {
        "firing rate [Hz]": f"{layer.rate * per_s:.3g}",
        "synaptic operations [1/s]": f"{layer.synops * per_s:.3g}",
        "steps with a spike [%]": f"{100 * layer.density:.1f}",
        "dead, saturated [%]": f"{100 * layer.dead:.1f}, {100 * layer.saturated:.1f}",
        "membranes [thresholds]": f"{layer.lowest:.3g} to {layer.highest:.3g}",
        "of 16 bits [%]": f"{100 * layer.int16:.1f}",
    }
